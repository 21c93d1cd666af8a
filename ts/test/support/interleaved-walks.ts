import { BAR_CHUNK_MAX, type BarChunk } from '#ts/engine/bar-chunk.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';

/** Random walks of several instruments whose bars close together, in the order of the instruments. */
export function interleavedWalks(options: {
  readonly seed: number;
  readonly bars: number;
  readonly instruments: number;
}): readonly BarChunk[] {
  const bars = Math.min(options.bars, BAR_CHUNK_MAX);
  const walks = Array.from({ length: options.instruments }, (_, instrument) => [
    ...randomWalkBars({ seed: options.seed + instrument, bars, instrument }),
  ]).flat();
  return Array.from({ length: bars }, (_, bar) => walks.map((chunk) => oneBar(chunk, bar))).flat();
}

function oneBar(chunk: BarChunk, bar: number): BarChunk {
  const one = (column: BigInt64Array) => column.subarray(bar, bar + 1);
  return {
    instrument: chunk.instrument,
    tsOpenNs: one(chunk.tsOpenNs),
    tsCloseNs: one(chunk.tsCloseNs),
    openTicks: one(chunk.openTicks),
    highTicks: one(chunk.highTicks),
    lowTicks: one(chunk.lowTicks),
    closeTicks: one(chunk.closeTicks),
    volumeLots: one(chunk.volumeLots),
  };
}
