import { describe, expect, it } from 'vitest';

import type { Tick } from '#ts/engine/event-source.js';
import { dataOf, eventTimesMs, firstEvents, recordingOf } from '#ts/testing/recording.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { STOCK } from '../../support/scripted-session.js';

const instruments = [STOCK];
const ticks: readonly Tick[] = [1, 2, 3].map((second) => ({
  kind: 'trade',
  instrument: 0,
  tsEventNs: second * 1_000_000_000,
  priceTicks: 10,
  quantityLots: 1,
  tradeId: second,
  side: 'buy',
}));

describe('a recording', () => {
  it('of bars can be shortened to any number of them, across chunks', () => {
    const recording = recordingOf({
      instruments,
      chunks: randomWalkBars({ seed: 1, bars: 1_100 }),
    });
    const times = eventTimesMs(recording);
    expect(times).toHaveLength(1_100);
    for (const count of [0, 1, 511, 512, 513, 1_024, 1_100]) {
      const shortened = firstEvents(recording, count);
      expect(eventTimesMs(shortened)).toEqual(times.slice(0, count));
      const closes = shortened.chunks.flatMap((chunk) => [...chunk.closeTicks]);
      expect(closes).toEqual(
        recording.chunks.flatMap((chunk) => [...chunk.closeTicks]).slice(0, count),
      );
    }
    expect(Object.keys(dataOf(recording))).toEqual(['instruments', 'chunks']);
  });

  it('of ticks likewise, and makes data of ticks again', () => {
    const recording = recordingOf({ instruments, ticks });
    expect(eventTimesMs(recording)).toEqual([1_000, 2_000, 3_000]);
    expect(firstEvents(recording, 2).ticks).toEqual(ticks.slice(0, 2));
    expect(dataOf(recording)).toEqual({ instruments, ticks });
  });
});
