import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BAR_CHUNK_MAX, emptyBarChunk, writeBarChunk } from '#ts/engine/bar-chunk.js';
import { MarketEventBuffer } from '#ts/market/market-event.js';
import { RING_BATCH_MAX } from '#ts/market/ring.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { thrownBy } from '../../support/thrown-error.js';

const RECORD_BYTES = 64;
const batch = () => new Uint8Array(RING_BATCH_MAX * RECORD_BYTES);

describe('writeBarChunk', () => {
  it('writes what MarketEventBuffer reads, for any bars', () => {
    const options = fc.record({
      seed: fc.nat(),
      bars: fc.integer({ min: 1, max: 40 }),
      instrument: fc.integer({ min: 0, max: 0x7fff_ffff }),
    });
    fc.assert(
      fc.property(options, (walk) => {
        const [chunk = emptyBarChunk(1)] = randomWalkBars(walk);
        const records = batch();
        expect(writeBarChunk(chunk, records)).toBe(walk.bars * 2);
        const events = new MarketEventBuffer(records);
        for (let bar = 0; bar < walk.bars; bar += 1) {
          const { stream, tsRecvNs, ...read } = events.readBar(bar * 2);
          expect(read).toEqual({
            instrument: walk.instrument,
            tsOpenNs: chunk.tsOpenNs[bar],
            tsCloseNs: chunk.tsCloseNs[bar],
            openTicks: chunk.openTicks[bar],
            highTicks: chunk.highTicks[bar],
            lowTicks: chunk.lowTicks[bar],
            closeTicks: chunk.closeTicks[bar],
            volumeLots: chunk.volumeLots[bar],
          });
          expect([stream, tsRecvNs]).toEqual([0, chunk.tsCloseNs[bar]]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('writes the bytes that MarketEventBuffer writes', () => {
    const bar = {
      tsOpenNs: -(2n ** 63n),
      tsCloseNs: 2n ** 63n - 1n,
      openTicks: 2n ** 40n,
      highTicks: 2n ** 62n,
      lowTicks: 1n,
      closeTicks: 5n,
      volumeLots: 2n ** 33n + 1n,
    };
    const chunk = emptyBarChunk(1, 9);
    chunk.tsOpenNs[0] = bar.tsOpenNs;
    chunk.tsCloseNs[0] = bar.tsCloseNs;
    chunk.openTicks[0] = bar.openTicks;
    chunk.highTicks[0] = bar.highTicks;
    chunk.lowTicks[0] = bar.lowTicks;
    chunk.closeTicks[0] = bar.closeTicks;
    chunk.volumeLots[0] = bar.volumeLots;
    const [one, two] = [batch().fill(0xee), batch().fill(0xee)];
    writeBarChunk(chunk, one);
    new MarketEventBuffer(two).writeBar(0, { instrument: 9, ...bar });
    expect(one).toEqual(two);
  });

  it('writes a full batch, into records that lie anywhere in their memory', () => {
    const [chunk = emptyBarChunk(1)] = randomWalkBars({ seed: 1, bars: BAR_CHUNK_MAX });
    const memory = new Uint8Array((RING_BATCH_MAX + 1) * RECORD_BYTES);
    const records = memory.subarray(RECORD_BYTES);
    expect(writeBarChunk(chunk, records)).toBe(RING_BATCH_MAX);
    expect(memory.subarray(0, RECORD_BYTES).every((byte) => byte === 0)).toBe(true);
    expect(new MarketEventBuffer(records).readBar(RING_BATCH_MAX - 2).closeTicks).toBe(
      chunk.closeTicks.at(-1),
    );
  });

  it('ARGUMENT_INVALID: refuses columns of different lengths, no bars, too many, and a bad instrument', () => {
    const chunk = emptyBarChunk(3);
    const columns = [
      'tsCloseNs',
      'openTicks',
      'highTicks',
      'lowTicks',
      'closeTicks',
      'volumeLots',
    ] as const;
    for (const column of columns) {
      for (const length of [2, 4]) {
        const broken = { ...chunk, [column]: new BigInt64Array(length) };
        expect(thrownBy(() => writeBarChunk(broken, batch())).code, column).toBe(
          'ARGUMENT_INVALID',
        );
      }
    }
    for (const bars of [0, BAR_CHUNK_MAX + 1]) {
      const columnsOf = Object.fromEntries(
        ['tsOpenNs', ...columns].map((column) => [column, new BigInt64Array(bars)]),
      );
      const broken = { ...chunk, ...columnsOf };
      expect(thrownBy(() => writeBarChunk(broken, batch())).context).toEqual({ bars });
    }
    for (const instrument of [-1, 0.5, 2 ** 31, Number.NaN]) {
      expect(thrownBy(() => writeBarChunk({ ...chunk, instrument }, batch())).code).toBe(
        'ARGUMENT_INVALID',
      );
    }
  });
});

describe('emptyBarChunk', () => {
  it('makes columns of zeros', () => {
    const chunk = emptyBarChunk(2, 4);
    expect(chunk.instrument).toBe(4);
    for (const column of Object.values(chunk)) {
      if (column instanceof BigInt64Array) expect([...column]).toEqual([0n, 0n]);
    }
  });

  it.each([0, -1, 1.5, BAR_CHUNK_MAX + 1, Number.NaN])(
    'ARGUMENT_INVALID: refuses %s bars',
    (bars) => {
      expect(thrownBy(() => emptyBarChunk(bars)).code).toBe('ARGUMENT_INVALID');
    },
  );
});
