import { HoldfastError } from '../core/holdfast-error.js';
import { BAR_CHUNK_MAX, type BarChunk, emptyBarChunk } from '../engine/bar-chunk.js';
import { SeededRandom } from '../engine/seeded-random.js';

/** Bars of a random walk; what is left out has the value named with it. */
export interface RandomWalkOptions {
  /** A whole number from 0; the same seed gives the same bars everywhere. */
  readonly seed: number;
  readonly bars: number;
  /** Index of the instrument in the session. Default 0. */
  readonly instrument?: number;
  /** Time from one open to the next. Default one minute. */
  readonly intervalNs?: bigint;
  /** Open of the first bar. Default 2020-01-01T00:00:00Z. */
  readonly startNs?: bigint;
  /** Price before the first bar. Default 10,000. */
  readonly startTicks?: number;
  /** Largest distance between two neighbouring prices of the walk, of which a bar has four. Default 20. */
  readonly stepTicksMax?: number;
  /** Largest volume of a bar; the smallest is 1. Default 10,000. */
  readonly volumeLotsMax?: number;
}

const MINUTE_NS = 60_000_000_000n;
/** 2020-01-01T00:00:00Z. */
const START_NS = 1_577_836_800_000_000_000n;
/** Prices stay far below what a double counts exactly, however long the walk is. */
const TICKS_MAX = 1_000_000_000;
/** Prices of a bar: open, two inside, close. */
const STEPS_PER_BAR = 4;

type Walk = Required<RandomWalkOptions>;

/**
 * Returns the bars of a seeded random walk, a chunk at a time: memory does not grow with their number. It may be
 * iterated again and gives the same bars again. The price turns at one tick and at a thousand million.
 *
 * @example
 * const result = await runBacktest({
 *   strategy,
 *   data: { instruments: [instrument], chunks: randomWalkBars({ seed: 1, bars: 1_000_000 }) },
 *   limits: presetLimits('lightning'),
 * });
 *
 * @throws HoldfastError `ARGUMENT_INVALID` naming the option
 */
export function randomWalkBars(options: RandomWalkOptions): Iterable<BarChunk> {
  const walk: Walk = {
    seed: whole('seed', options.seed, 0),
    bars: whole('bars', options.bars, 1),
    instrument: whole('instrument', options.instrument ?? 0, 0),
    intervalNs: positive('intervalNs', options.intervalNs ?? MINUTE_NS),
    startNs: options.startNs ?? START_NS,
    startTicks: whole('startTicks', options.startTicks ?? 10_000, 1, TICKS_MAX),
    stepTicksMax: whole('stepTicksMax', options.stepTicksMax ?? 20, 1, TICKS_MAX),
    volumeLotsMax: whole('volumeLotsMax', options.volumeLotsMax ?? 10_000, 1),
  };
  return { [Symbol.iterator]: () => chunksOf(walk) };
}

function* chunksOf(walk: Walk): Generator<BarChunk> {
  const random = new SeededRandom(walk.seed);
  let ticks = walk.startTicks;
  let openNs = walk.startNs;
  for (let done = 0; done < walk.bars; done += BAR_CHUNK_MAX) {
    const chunk = emptyBarChunk(Math.min(BAR_CHUNK_MAX, walk.bars - done), walk.instrument);
    for (let bar = 0; bar < chunk.tsOpenNs.length; bar += 1) {
      ticks = writeBar({ chunk, bar, walk, random, ticks });
      chunk.tsOpenNs[bar] = openNs;
      openNs += walk.intervalNs;
      chunk.tsCloseNs[bar] = openNs - 1n;
    }
    yield chunk;
  }
}

interface NextBar {
  readonly chunk: BarChunk;
  readonly bar: number;
  readonly walk: Walk;
  readonly random: SeededRandom;
  /** The price before the bar. */
  readonly ticks: number;
}

/** Writes prices and volume of one bar; returns its close. */
function writeBar({ chunk, bar, walk, random, ticks }: NextBar): number {
  let [open, high, low, close] = [0, 0, Number.POSITIVE_INFINITY, ticks];
  for (let step = 0; step < STEPS_PER_BAR; step += 1) {
    close = turned(
      close + Math.floor(random.next() * (2 * walk.stepTicksMax + 1)) - walk.stepTicksMax,
    );
    if (step === 0) open = close;
    high = Math.max(high, close);
    low = Math.min(low, close);
  }
  chunk.openTicks[bar] = BigInt(open);
  chunk.highTicks[bar] = BigInt(high);
  chunk.lowTicks[bar] = BigInt(low);
  chunk.closeTicks[bar] = BigInt(close);
  chunk.volumeLots[bar] = BigInt(1 + Math.floor(random.next() * walk.volumeLotsMax));
  return close;
}

/** Turns a price back that left the range. */
function turned(ticks: number): number {
  const inside = ticks < 1 ? 2 - ticks : ticks > TICKS_MAX ? 2 * TICKS_MAX - ticks : ticks;
  return Math.min(TICKS_MAX, Math.max(1, inside));
}

function whole(
  option: string,
  value: number,
  smallest: number,
  largest = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= smallest && value <= largest) return value;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `${option} must be a whole number from ${smallest} to ${largest}, was ${value}`,
    { context: { option, value } },
  );
}

function positive(option: string, value: bigint): bigint {
  if (value > 0n) return value;
  throw new HoldfastError('ARGUMENT_INVALID', `${option} must be positive, was ${value}`, {
    context: { option, value: String(value) },
  });
}
