import { resolve } from 'node:path';

import { HoldfastError } from '../core/holdfast-error.js';
import { runBacktest } from '../engine/backtest.js';
import type { BacktestOptions } from '../engine/backtest-options.js';
import { consoleTable } from '../engine/report/console-table.js';
import { buildSummary } from '../engine/report/summary.js';
import { Progress } from './progress.js';

export interface SessionRun {
  readonly options: BacktestOptions & { readonly out: string };
  readonly json: boolean;
  /** Said before the run: where strategy, data and limits come from. */
  readonly heading: readonly string[];
}

function interrupted(): HoldfastError {
  return new HoldfastError('SESSION_ABORTED', 'the session was interrupted from the keyboard');
}

/** Runs a session from the command line: progress on standard error, the outcome on standard output. */
export async function runSession({ options, json, heading }: SessionRun): Promise<void> {
  const { stderr, stdout } = process;
  const nowMs = () => performance.now();
  const startMs = nowMs();
  for (const line of heading) stderr.write(`${line}\n`);
  const progress = new Progress(
    {
      isTerminal: stderr.isTTY,
      columns: stderr.columns ?? 80,
      write: (text) => stderr.write(text),
    },
    nowMs,
  );
  const abort = new AbortController();
  const onInterrupt = () => abort.abort(interrupted());
  process.once('SIGINT', onInterrupt);
  try {
    const result = await runBacktest({
      ...options,
      signal: abort.signal,
      onProgress: (state) => progress.update(state),
    });
    progress.end();
    if (json) {
      stdout.write(`${JSON.stringify(buildSummary(result), null, 2)}\n`);
      return;
    }
    const elapsedS = (nowMs() - startMs) / 1_000;
    stdout.write(`${consoleTable(result)}\n`);
    stdout.write(
      `${result.period.bars} bars in ${elapsedS.toFixed(2)} s, state ${result.stateHash.slice(0, 16)}\n`,
    );
    stdout.write(`report   ${resolve(options.out, 'report.html')}\n`);
    stdout.write(`journal  ${resolve(options.out, 'journal')}\n`);
  } finally {
    progress.end();
    process.removeListener('SIGINT', onInterrupt);
  }
}
