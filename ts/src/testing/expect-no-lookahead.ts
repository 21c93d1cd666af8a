import { AssertionError } from 'node:assert';

import { HoldfastError } from '../core/holdfast-error.js';
import { runBacktest } from '../engine/backtest.js';
import type { BacktestOptions, DataChunks, DataTicks } from '../engine/backtest-options.js';
import type { Strategy } from '../strategies/strategy.js';
import { type Decision, loggingDecisions } from './decision-log.js';
import { dataOf, eventTimesMs, firstEvents, type Recording, recordingOf } from './recording.js';

/** A session as in `runBacktest`, over events in memory; all of them are kept while it is checked. */
export interface LookaheadOptions extends Pick<
  BacktestOptions,
  'limits' | 'assumptions' | 'cash' | 'seed' | 'maxOpenOrders'
> {
  readonly data: DataChunks | DataTicks;
  /** How many events the shortened runs see. Default: twenty counts, evenly spread over the data. */
  readonly cuts?: readonly number[];
}

/** A strategy, or how to make it from the data when it reads any by itself. */
export type StrategySource = Strategy | ((data: DataChunks & DataTicks) => Strategy);

/** A decision about the next bar may come out the same by chance, one time in two: not twenty times in a row. */
const CUTS_DEFAULT = 20;

/**
 * Runs a strategy on all bars (or ticks) and on the first ones only, and compares every decision up to the cut: what a
 * strategy does must not depend on events that it has not seen.
 *
 * A session shows a strategy nothing of the future. One that reads data by itself can, and is checked when it is
 * given as a function of the data, because then the shortened run gives it shortened data. Decisions that depend on
 * anything else, such as `Math.random()` or a variable that outlives a run, differ between two equal runs and are
 * refused as well. A strategy that decides nothing before the last cut has not been checked, and fails.
 *
 * @example
 * const data = { instruments: [spy], chunks: randomWalkBars({ seed: 1, bars: 2_000 }) };
 * await expectNoLookahead(trendFollowing, { data });
 * await expectNoLookahead((seen) => rankedBy(closesOf(seen.chunks)), { data, limits, cuts: [500, 1_000] });
 *
 * @throws AssertionError when a decision differs; `actual` and `expected` hold the decisions from there on.
 * HoldfastError `ARGUMENT_INVALID` for a cut outside the data, and what `runBacktest` throws.
 */
export async function expectNoLookahead(
  strategy: StrategySource,
  options: LookaheadOptions,
): Promise<void> {
  const recording = recordingOf(options.data);
  const full = await decisionsOf(strategy, options, recording, false);
  const times = eventTimesMs(recording);
  const cuts = cutsOf(times, options.cuts);
  const again = await decisionsOf(strategy, options, recording);
  compare(again, full, 'strategy must decide the same in two equal runs: it');
  if (!full.some((decision) => decision.tsMs <= lastMs(times, cuts.at(-1) ?? 0))) {
    throw new AssertionError({
      message:
        'strategy must decide something before the last cut, or nothing is checked; it never did',
      operator: 'expectNoLookahead',
    });
  }
  for (const cut of cuts) {
    const seen = full.filter((decision) => decision.tsMs <= lastMs(times, cut));
    const shortened = await decisionsOf(strategy, options, firstEvents(recording, cut));
    compare(
      shortened,
      seen,
      `strategy must not look ahead: with ${cut} of ${times.length} events it`,
    );
  }
}

/** Checks the cuts; each is moved on to the last event of its millisecond, so that time tells the sides apart. */
function cutsOf(times: readonly number[], asked: readonly number[] | undefined): readonly number[] {
  const even = Array.from({ length: CUTS_DEFAULT }, (_, index) =>
    Math.max(1, Math.floor(((index + 1) * times.length) / (CUTS_DEFAULT + 1))),
  );
  return [...new Set(asked ?? even)]
    .sort((a, b) => a - b)
    .map((cut) => {
      if (!Number.isSafeInteger(cut) || cut < 1 || cut > times.length) {
        throw new HoldfastError(
          'ARGUMENT_INVALID',
          `a cut must leave 1 to ${times.length} events, was ${cut}`,
          { context: { cut, events: times.length } },
        );
      }
      let end = cut;
      while (end < times.length && times[end] === times[cut - 1]) end += 1;
      return end;
    });
}

/** When the last of the first `count` events is seen. */
function lastMs(times: readonly number[], count: number): number {
  return times[count - 1] ?? 0;
}

/** Plays the events. An exception in a hook is a decision as well; the first run must do without. */
async function decisionsOf(
  source: StrategySource,
  options: LookaheadOptions,
  recording: Recording,
  mayThrow = true,
): Promise<readonly Decision[]> {
  const { cuts: _, ...session } = options;
  const strategy = typeof source === 'function' ? source(recording) : source;
  const decisions: Decision[] = [];
  try {
    await runBacktest({
      ...session,
      strategy: loggingDecisions(strategy, decisions),
      data: dataOf(recording),
    });
  } catch (error) {
    if (!mayThrow || decisions.at(-1)?.call !== 'throw') throw error;
  }
  return decisions;
}

function compare(actual: readonly Decision[], expected: readonly Decision[], rule: string): void {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [textOf(actual[index]), textOf(expected[index])];
    if (one === other) continue;
    const when = new Date(actual[index]?.tsMs ?? expected[index]?.tsMs ?? 0).toISOString();
    throw new AssertionError({
      message: `${rule} decided ${one} where it had decided ${other}, at ${when}`,
      actual: actual.slice(index),
      expected: expected.slice(index),
      operator: 'expectNoLookahead',
    });
  }
}

function textOf(decision: Decision | undefined): string {
  if (decision === undefined) return 'nothing';
  return `${decision.call} ${decision.asked} in ${decision.hook} at ${decision.tsMs}`;
}
