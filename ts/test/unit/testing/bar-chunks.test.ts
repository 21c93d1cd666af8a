import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { barChunks, type BarRow } from '#ts/testing/bar-chunks.js';
import { thrownBy } from '../../support/thrown-error.js';

const STOCK = Instrument.create({ symbol: 'STOCK', tickSize: '0.01', lotSize: '1' });
const COIN = Instrument.create({ symbol: 'COIN', tickSize: '0.5', lotSize: '0.001' });
const ROW: BarRow = {
  time: '2020-01-02',
  open: '10.5',
  high: 11,
  low: '10',
  close: 10.25,
  volume: 7,
};
const OPTIONS = { instruments: [STOCK, COIN], intervalMs: 86_400_000 };

describe('barChunks', () => {
  it('reads decimals into ticks and lots, and a bar closes a nanosecond before the next opens', () => {
    const [chunk] = barChunks([ROW], OPTIONS);
    expect(chunk).toEqual({
      instrument: 0,
      tsOpenNs: BigInt64Array.of(1_577_923_200_000_000_000n),
      tsCloseNs: BigInt64Array.of(1_578_009_599_999_999_999n),
      openTicks: BigInt64Array.of(1_050n),
      highTicks: BigInt64Array.of(1_100n),
      lowTicks: BigInt64Array.of(1_000n),
      closeTicks: BigInt64Array.of(1_025n),
      volumeLots: BigInt64Array.of(7n),
    });
  });

  it('keeps the order of rows: neighbours of one instrument share a chunk of at most 512 bars', () => {
    const coin = { ...ROW, instrument: 1, close: '10.5', volume: '0.002' };
    const chunks = barChunks([ROW, ROW, coin, coin, coin, ROW], OPTIONS);
    expect(chunks.map((chunk) => [chunk.instrument, chunk.tsOpenNs.length])).toEqual([
      [0, 2],
      [1, 3],
      [0, 1],
    ]);
    expect(chunks[1]?.openTicks[0]).toBe(21n);
    expect(chunks[1]?.volumeLots[0]).toBe(2n);
    const many = barChunks(
      Array.from({ length: 1_025 }, () => ROW),
      OPTIONS,
    );
    expect(many.map((chunk) => chunk.tsOpenNs.length)).toEqual([512, 512, 1]);
    expect(barChunks([], OPTIONS)).toEqual([]);
  });

  it('takes milliseconds as well as ISO times', () => {
    const [chunk] = barChunks(
      [
        { ...ROW, time: 5 },
        { ...ROW, time: '1970-01-01T00:00:01Z' },
      ],
      OPTIONS,
    );
    expect([...(chunk?.tsOpenNs ?? [])]).toEqual([5_000_000n, 1_000_000_000n]);
  });

  it.each([
    ['PRICE_OFF_TICK', { ...ROW, open: '10.001' }, OPTIONS],
    ['QTY_OFF_LOT', { ...ROW, volume: 0.5 }, OPTIONS],
    ['DECIMAL_INVALID', { ...ROW, close: 'ten' }, OPTIONS],
    ['TIMESTAMP_INVALID', { ...ROW, time: 'yesterday' }, OPTIONS],
    ['TIMESTAMP_INVALID', { ...ROW, time: 0.5 }, OPTIONS],
    ['INSTRUMENT_UNKNOWN', { ...ROW, instrument: 2 }, OPTIONS],
    ['ARGUMENT_INVALID', ROW, { ...OPTIONS, intervalMs: 0 }],
    ['ARGUMENT_INVALID', ROW, { ...OPTIONS, intervalMs: 0.5 }],
  ] as const)('%s: refuses %o', (code, row, options) => {
    expect(thrownBy(() => barChunks([row], options)).code).toBe(code);
  });
});
