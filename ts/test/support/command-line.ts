import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';

import { addBacktestCommand } from '#ts/cli/backtest-command.js';
import { addDemoCommand } from '#ts/cli/demo-command.js';
import { addFuseCommand } from '#ts/cli/fuse-command.js';
import { addJournalCommand } from '#ts/cli/journal-command.js';
import { addLimitsCommand } from '#ts/cli/limits-command.js';
import { addRiskCommand } from '#ts/cli/risk/risk-command.js';
import { addReconcileCommand } from '#ts/cli/reconcile-command.js';
import { addSimulateCommand } from '#ts/cli/simulate-command.js';

export interface CommandOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** What the command failed with; null when it succeeded. */
  readonly error: unknown;
}

/** Runs a command of the command line in this process, with what it writes kept. */
export async function runCommand(...args: readonly string[]): Promise<CommandOutcome> {
  const written = { stdout: '', stderr: '' };
  const program = new Command('holdfast').exitOverride().configureOutput({
    writeOut: (text) => void (written.stdout += text),
    writeErr: (text) => void (written.stderr += text),
  });
  addDemoCommand(program);
  addBacktestCommand(program);
  addJournalCommand(program);
  addFuseCommand(program);
  addLimitsCommand(program);
  addRiskCommand(program);
  addReconcileCommand(program);
  addSimulateCommand(program);
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return { ...written, error: null };
  } catch (error) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    return { ...written, error: isHelp ? null : error };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
