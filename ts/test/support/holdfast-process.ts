import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The compiled command line; tests run in the root of the repository. */
export const HOLDFAST_PROGRAM = resolve('dist', 'cli', 'main.js');

export interface ProcessOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `holdfast` with arguments in a process of its own. */
export function holdfast(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): ProcessOutcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [HOLDFAST_PROGRAM, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    ...options,
  });
  return { status, stdout, stderr };
}
