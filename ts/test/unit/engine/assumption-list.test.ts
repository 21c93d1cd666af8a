import { describe, expect, it } from 'vitest';

import { assumptionList } from '#ts/engine/assumption-list.js';
import { type AssumptionsOptions, assumptionsSchema } from '#ts/engine/backtest-options.js';
import type { ImportReport } from '#ts/market/import/bar-sink.js';

const REPORT: ImportReport = {
  file: 'folder/a.csv',
  rows: 5,
  bars: 5,
  skippedCount: 0,
  roundedCount: 0,
  roundedMax: '0',
  volumeRoundedCount: 0,
  volumeRoundedMax: '0',
  warnings: [],
} as unknown as ImportReport;

const listOf = (options: AssumptionsOptions, imports: readonly ImportReport[] = []) =>
  Object.fromEntries(
    assumptionList(assumptionsSchema.parse(options), imports).map(({ name, value, note }) => [
      name,
      { value, note },
    ]),
  );

describe('assumptionList', () => {
  it('states each rule with the value that was in force', () => {
    const list = listOf({});
    expect(Object.entries(list).map(([name, { value }]) => [name, value])).toEqual([
      ['decisions', 'at the close of a bar'],
      ['market orders', 'next open'],
      ['stops', 'pessimistic'],
      ['limit orders', 'through'],
      ['participation', '10 % of volume'],
      ['latency', '0 ms'],
      ['market impact', 'none'],
      ['slippage', '1 bps'],
      ['fees', 'taker 1 bps, maker 1 bps'],
      ['cash', 'no interest'],
    ]);
    for (const { note } of Object.values(list)) expect(note).toMatch(/\.$/);
  });

  it('states other values', () => {
    const list = listOf({
      slippageBps: '2.5',
      takerFeeBps: 3,
      makerFeeBps: '-0.5',
      feePerUnit: '0.005',
      participationFracMax: 'unlimited',
      limitFill: 'touch',
      latencyMs: 250,
      fundingBps: '1',
      fundingIntervalH: 4,
    });
    expect(list).toMatchObject({
      slippage: { value: '2.5 bps' },
      fees: {
        value: 'taker 3 bps, maker -0.5 bps',
        note: expect.stringContaining('0.005 per unit'),
      },
      participation: { value: 'unlimited' },
      'limit orders': { value: 'touch', note: expect.stringContaining('reaches') },
      latency: { value: '250 ms' },
      funding: { value: '1 bps', note: expect.stringContaining('every 4 hours') },
    });
    expect(listOf({ participationFracMax: '0.333' })['participation']?.value).toBe(
      '33.3 % of volume',
    );
  });

  it('tells what was done to the data: rounded, skipped, warned of; by the name of the file only', () => {
    const clean = Object.keys(listOf({}));
    expect(Object.keys(listOf({}, [REPORT]))).toEqual(clean);
    const list = listOf({}, [
      {
        ...REPORT,
        roundedCount: 7,
        roundedMax: '0.004',
        volumeRoundedCount: 2,
        volumeRoundedMax: '0.5',
        skippedCount: 3,
        warnings: ['the interval was guessed'],
      },
    ]);
    expect(list).toMatchObject({
      'prices rounded': { value: '7 values in a.csv', note: expect.stringContaining('0.004') },
      'volumes rounded': { value: '2 values in a.csv', note: expect.stringContaining('0.5') },
      'rows skipped': { value: '3 in a.csv' },
      data: { value: 'a.csv', note: 'the interval was guessed' },
    });
  });
});
