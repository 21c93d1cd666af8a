import { AssertionError } from 'node:assert';

import { HoldfastError } from '../core/holdfast-error.js';
import { runBacktest } from '../engine/backtest.js';
import type { BacktestOptions, DataChunks } from '../engine/backtest-options.js';
import type { BarChunk } from '../engine/bar-chunk.js';
import type { Strategy } from '../strategies/strategy.js';
import { type Decision, loggingDecisions } from './decision-log.js';

/** A session as in `runBacktest`, over bars in memory; all of them are kept while it is checked. */
export interface LookaheadOptions extends Pick<
  BacktestOptions,
  'limits' | 'assumptions' | 'cash' | 'seed' | 'maxOpenOrders'
> {
  readonly data: DataChunks;
  /** How many bars the shortened runs see. Default: twenty counts, evenly spread over the data. */
  readonly cuts?: readonly number[];
}

/** A strategy, or how to make it from the data when it reads any by itself. */
export type StrategySource = Strategy | ((data: DataChunks) => Strategy);

/** A decision about the next bar may come out the same by chance, one time in two: not twenty times in a row. */
const CUTS_DEFAULT = 20;

/**
 * Runs a strategy on all bars and on the first ones only, and compares every decision up to the cut: what a strategy
 * does must not depend on bars that it has not seen.
 *
 * A session shows a strategy nothing of the future. One that reads data by itself can, and is checked when it is
 * given as a function of the data, because then the shortened run gives it shortened data. Decisions that depend on
 * anything else, such as `Math.random()` or a variable that outlives a run, differ between two equal runs and are
 * refused as well. A strategy that decides nothing before the last cut has not been checked, and fails.
 *
 * @example
 * const data = { instruments: [spy], chunks: randomWalkBars({ seed: 1, bars: 2_000 }) };
 * await expectNoLookahead(trendFollowing, { data });
 * await expectNoLookahead((seen) => rankedBy(closesOf(seen)), { data, limits, cuts: [500, 1_000] });
 *
 * @throws AssertionError when a decision differs; `actual` and `expected` hold the decisions from there on.
 * HoldfastError `ARGUMENT_INVALID` for a cut outside the data, and what `runBacktest` throws.
 */
export async function expectNoLookahead(
  strategy: StrategySource,
  options: LookaheadOptions,
): Promise<void> {
  const bars = [...options.data.chunks];
  const closes = bars.flatMap((chunk) => [...chunk.tsCloseNs]);
  const full = await decisionsOf(strategy, options, bars, false);
  const cuts = cutsOf(closes, options.cuts);
  const again = await decisionsOf(strategy, options, bars);
  compare(again, full, 'strategy must decide the same in two equal runs: it');
  if (!full.some((decision) => decision.tsMs <= closeMs(closes, cuts.at(-1) ?? 0))) {
    throw new AssertionError({
      message:
        'strategy must decide something before the last cut, or nothing is checked; it never did',
      operator: 'expectNoLookahead',
    });
  }
  for (const cut of cuts) {
    const seen = full.filter((decision) => decision.tsMs <= closeMs(closes, cut));
    const rule = `strategy must not look ahead: with ${cut} of ${closes.length} bars it`;
    compare(await decisionsOf(strategy, options, firstBars(bars, cut)), seen, rule);
  }
}

/** Checks the cuts; each is moved on to the last bar that closes at its time, so that time tells the sides apart. */
function cutsOf(
  closes: readonly bigint[],
  asked: readonly number[] | undefined,
): readonly number[] {
  const even = Array.from({ length: CUTS_DEFAULT }, (_, index) =>
    Math.max(1, Math.floor(((index + 1) * closes.length) / (CUTS_DEFAULT + 1))),
  );
  return [...new Set(asked ?? even)]
    .sort((a, b) => a - b)
    .map((cut) => {
      if (!Number.isSafeInteger(cut) || cut < 1 || cut > closes.length) {
        throw new HoldfastError(
          'ARGUMENT_INVALID',
          `a cut must leave 1 to ${closes.length} bars, was ${cut}`,
          { context: { cut, bars: closes.length } },
        );
      }
      let end = cut;
      while (end < closes.length && closeMs(closes, end + 1) === closeMs(closes, cut)) end += 1;
      return end;
    });
}

/** Plays the bars. An exception in a hook is a decision as well; the first run must do without. */
async function decisionsOf(
  source: StrategySource,
  options: LookaheadOptions,
  chunks: readonly BarChunk[],
  mayThrow = true,
): Promise<readonly Decision[]> {
  const { cuts: _, ...session } = options;
  const data = { instruments: options.data.instruments, chunks };
  const strategy = typeof source === 'function' ? source(data) : source;
  const decisions: Decision[] = [];
  try {
    await runBacktest({ ...session, strategy: loggingDecisions(strategy, decisions), data });
  } catch (error) {
    if (!mayThrow || decisions.at(-1)?.call !== 'throw') throw error;
  }
  return decisions;
}

/** Takes the first bars; the columns are views, so nothing is copied. */
function firstBars(chunks: readonly BarChunk[], count: number): readonly BarChunk[] {
  let left = count;
  return chunks.flatMap((chunk) => {
    const bars = Math.min(left, chunk.tsOpenNs.length);
    left -= bars;
    if (bars === 0) return [];
    return [
      {
        instrument: chunk.instrument,
        tsOpenNs: chunk.tsOpenNs.subarray(0, bars),
        tsCloseNs: chunk.tsCloseNs.subarray(0, bars),
        openTicks: chunk.openTicks.subarray(0, bars),
        highTicks: chunk.highTicks.subarray(0, bars),
        lowTicks: chunk.lowTicks.subarray(0, bars),
        closeTicks: chunk.closeTicks.subarray(0, bars),
        volumeLots: chunk.volumeLots.subarray(0, bars),
      },
    ];
  });
}

function compare(actual: readonly Decision[], expected: readonly Decision[], rule: string): void {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [textOf(actual[index]), textOf(expected[index])];
    if (one === other) continue;
    const tsMs = actual[index]?.tsMs ?? expected[index]?.tsMs ?? 0;
    throw new AssertionError({
      message: `${rule} decided ${one} where it had decided ${other}, at ${new Date(tsMs).toISOString()}`,
      actual: actual.slice(index),
      expected: expected.slice(index),
      operator: 'expectNoLookahead',
    });
  }
}

function textOf(decision: Decision | undefined): string {
  return decision === undefined
    ? 'nothing'
    : `${decision.call} ${decision.asked} in ${decision.hook} at ${decision.tsMs}`;
}

/** When the last of the first `count` bars closes. */
function closeMs(closes: readonly bigint[], count: number): number {
  return Number((closes[count - 1] ?? 0n) / 1_000_000n);
}
