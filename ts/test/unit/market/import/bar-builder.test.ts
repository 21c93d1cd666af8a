import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { failureOf, importRows } from './import-fixture.js';

const GOOD = '2020-01-02,10.00,11.00,9.00,10.50,100';
const DAILY = { interval: '1d' } as const;

describe('bar builder', () => {
  it.each([
    ['2020-01-03,x,11,9,10,1', 'open', 'not a number', 'x'],
    ['2020-01-03,10,,9,10,1', 'high', 'not a number', ''],
    ['2020-01-03,10,11,NaN,10,1', 'low', 'not a number', 'NaN'],
    ['2020-01-03,10,11,9,null,1', 'close', 'not a number', 'null'],
    ['2020-01-03,10,11,9,10,-', 'volume', 'not a number', '-'],
    ['2020-01-03,10,9,11,10,1', 'high', 'high below low', '9 < 11'],
    ['2020-01-03,12,11,9,10,1', 'open', 'open outside low..high', '12'],
    ['2020-01-03,8,11,9,10,1', 'open', 'open outside low..high', '8'],
    ['2020-01-03,10,11,9,11.01,1', 'close', 'close outside low..high', '11.01'],
    ['2020-01-03,10,11,0,10,1', 'low', 'price not above zero', '0'],
    ['2020-01-03,10,11,-9,10,1', 'low', 'price not above zero', '-9'],
    ['2020-01-03,10,11,-9.001,10,1', 'low', 'price not above zero', '-9.001'],
    ['2020-01-03,10,11,9,10,-1', 'volume', 'volume below zero', '-1'],
    ['2020-01-03,10,11,9,10,-0.5', 'volume', 'volume below zero', '-0.5'],
    ['2020-01-03,10,11,9,10', '1', 'wrong number of fields', '5 instead of 6'],
    ['2020-01-03,10,11,9,10,1,2', '1', 'wrong number of fields', '7 instead of 6'],
    ['2020-01-01,10,11,9,10,1', 'time', 'time goes back', '2020-01-01'],
    ['2020-01-02,10,11,9,10,1', 'time', 'duplicate time', '2020-01-02'],
    ['2020-02-30,10,11,9,10,1', 'time', 'not a time', '2020-02-30'],
  ])('TST-08: refuses %s, or skips it', async (row, column, reason, value) => {
    const error = await failureOf(importRows([GOOD, row], DAILY));
    expect(error.code).toBe('DATA_ROW_INVALID');
    expect(error.context).toMatchObject({ line: 3, column, reason, value });
    const next = '2020-01-06,10,11,9,10,1';
    const { report, bars } = await importRows([GOOD, row, next], DAILY, { onBadRow: 'skip' });
    expect(report).toMatchObject({ rows: 3, bars: 2, skippedCount: 1 });
    expect(report.skipped).toEqual([{ line: 3, column, reason, value }]);
    expect(bars).toHaveLength(2);
  });

  it('TST-08: refuses a bar that starts before the one before has closed', async () => {
    const hours = ['2020-01-02T00:00', '2020-01-02T02:00', '2020-01-02T03:00'];
    const rows = hours.map((time) => `${time},10,11,9,10,1`);
    const error = await failureOf(importRows(rows, { interval: '2h' }));
    expect(error.context['reason']).toBe('less than one interval after the row before');
  });

  it('NAT-10: refuses a price off the tick with its neighbours and the remedy', async () => {
    const row = '2020-01-03,10,11,9,10.005,1';
    const error = await failureOf(importRows([GOOD, row], DAILY, { onBadRow: 'skip' }));
    expect(error.code).toBe('PRICE_OFF_TICK');
    expect(error.context).toMatchObject({
      line: 3,
      column: 'close',
      value: '10.005',
      below: '10',
      above: '10.01',
      tick: '0.01',
    });
    expect(error.message).toContain('--tick');
    expect(error.message).toContain('--round nearest');
  });

  it('NAT-10: refuses a volume off the lot, or rounds it as described', async () => {
    const rows = [GOOD, '2020-01-03,10,11,9,10,1.75'];
    const error = await failureOf(importRows(rows, DAILY));
    expect(error.code).toBe('QTY_OFF_LOT');
    expect(error.context).toMatchObject({ column: 'volume', below: '1', above: '2', lot: '1' });
    const nearest = await importRows(rows, { ...DAILY, roundVolume: 'nearest' });
    expect(nearest.bars[1]?.volumeLots).toBe(2n);
    expect(nearest.report).toMatchObject({ volumeRoundedCount: 1, volumeRoundedMax: '0.25' });
    const down = await importRows(rows, { ...DAILY, roundVolume: 'down' });
    expect(down.bars[1]?.volumeLots).toBe(1n);
    expect(down.report).toMatchObject({
      volumeRoundedMax: '0.75',
      roundedCount: 0,
      roundedMax: '0',
    });
    const fine = await importRows(rows, { ...DAILY, lot: '0.01' });
    expect(fine.bars[1]?.volumeLots).toBe(175n);
  });

  it('TST-08: refuses values beyond 64 bits by code', async () => {
    const big = '2020-01-03,1e30,1e30,1e30,1e30,1';
    expect((await failureOf(importRows([big], DAILY))).code).toBe('PRICE_OUT_OF_RANGE');
    const heavy = '2020-01-03,1,1,1,1,1e30';
    expect((await failureOf(importRows([heavy], DAILY))).code).toBe('QTY_OUT_OF_RANGE');
  });

  it('judges high and low after rounding, so float noise does not make a bad row', async () => {
    const noisy = '2020-01-03,11.0000001,10.9999999,9.0000001,8.9999999,1';
    const { bars, report } = await importRows([noisy], { ...DAILY, round: 'nearest' });
    expect(bars[0]).toMatchObject({
      openTicks: 1100n,
      highTicks: 1100n,
      lowTicks: 900n,
      closeTicks: 900n,
    });
    expect(report).toMatchObject({ roundedCount: 4, roundedMax: '0.0000001' });
  });

  it('TST-08: refuses a price that rounds to nothing', async () => {
    const row = '2020-01-03,0.004,0.004,0.004,0.004,1';
    const error = await failureOf(importRows([row], { ...DAILY, round: 'nearest' }));
    expect(error.context['reason']).toBe('price not above zero');
  });

  it('does not count the rounding of a row that is skipped', async () => {
    const rows = ['2020-01-02,10.001,11,9,x,1', '2020-01-03,10.002,11,9,10,1'];
    const { report } = await importRows(rows, { ...DAILY, round: 'nearest' }, { onBadRow: 'skip' });
    expect(report).toMatchObject({ roundedCount: 1, roundedMax: '0.002' });
  });

  it('closes a bar one nanosecond before its end, whichever end the file stamps', async () => {
    const open = await importRows([GOOD], DAILY);
    const close = await importRows([GOOD], { ...DAILY, stamp: 'close' });
    const midnight = BigInt(Date.UTC(2020, 0, 2)) * 1_000_000n;
    const day = 86_400_000_000_000n;
    expect(open.bars[0]).toMatchObject({ tsOpenNs: midnight, tsCloseNs: midnight + day - 1n });
    expect(close.bars[0]).toMatchObject({ tsOpenNs: midnight - day, tsCloseNs: midnight - 1n });
  });

  it('takes the bars of a period, both ends in it', async () => {
    const rows = ['02', '03', '06', '07'].map((day) => `2020-01-${day},10,11,9,10,1`);
    const period = { from: '2020-01-03', to: '2020-01-06' };
    const { report, bars } = await importRows(rows, {}, period);
    expect(report).toMatchObject({ rows: 4, bars: 2 });
    expect(bars[0]?.tsOpenNs).toBe(BigInt(Date.UTC(2020, 0, 3)) * 1_000_000n);
    const none = await failureOf(importRows(rows, {}, { from: '2021-01-01' }));
    expect(none.code).toBe('DATA_EMPTY');
    expect(none.message).toContain('from 2021-01-01 to its end');
  });

  it('NAT-10, TST-08: prints then imports the same bars', async () => {
    const price = fc.integer({ min: 1, max: 10_000_000 });
    const bar = fc.record({ prices: fc.tuple(price, price, price, price), volume: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(bar, { minLength: 1, maxLength: 80 }), async (bars) => {
        const expected = bars.map(({ prices, volume }, index) => {
          const [low = 1, open = 1, close = 1, high = 1] = [...prices].sort((a, b) => a - b);
          return { day: Date.UTC(2020, 0, 1 + index), open, high, low, close, volume };
        });
        const rows = expected.map((row) => {
          const values = [row.open, row.high, row.low, row.close].map((ticks) =>
            (ticks / 100).toFixed(2),
          );
          return [new Date(row.day).toISOString(), ...values, row.volume].join(',');
        });
        const imported = await importRows(rows, DAILY);
        expect(imported.bars.map((row) => [row.openTicks, row.highTicks, row.lowTicks])).toEqual(
          expected.map((row) => [BigInt(row.open), BigInt(row.high), BigInt(row.low)]),
        );
        expect(imported.bars.map((row) => [row.tsOpenNs, row.closeTicks, row.volumeLots])).toEqual(
          expected.map((row) => [
            BigInt(row.day) * 1_000_000n,
            BigInt(row.close),
            BigInt(row.volume),
          ]),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('TST-08: always refuses shuffled or repeated times', async () => {
    const days = fc.array(fc.nat(60), { minLength: 2, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(days, async (offsets) => {
        fc.pre(offsets.some((offset, index) => index > 0 && offset <= (offsets[index - 1] ?? 0)));
        const rows = offsets.map((offset) => {
          const date = new Date(Date.UTC(2020, 0, 1 + offset)).toISOString().slice(0, 10);
          return `${date},10,11,9,10,1`;
        });
        const error = await failureOf(importRows(rows, DAILY));
        expect(error.code).toBe('DATA_ROW_INVALID');
        expect(['time goes back', 'duplicate time']).toContain(error.context['reason']);
      }),
      { numRuns: 40 },
    );
  });
});
