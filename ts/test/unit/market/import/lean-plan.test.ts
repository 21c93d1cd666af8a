import { describe, expect, it } from 'vitest';

import {
  failureOf,
  hasSharedData,
  importFile,
  sharedFile,
  writeFile,
  zipOf,
} from './import-fixture.js';

const EQUITY = '19980102 00:00,136300,162500,135000,162500,6315000\n';
const MINUTES = '0,7424.91,7424.91,7422,7422,7.14319709\n120000,7420,7422,7405,7405,13.35069752\n';
const QUOTES = '0,10,12,9,11,1.5,10.01,12.01,9.01,11.01,2.5\n';
const DAY = BigInt(Date.UTC(2018, 3, 4)) * 1_000_000n;

describe('LEAN plans', () => {
  it('read shares: prices × 10,000, a day a bar', async () => {
    const file = writeFile('x.zip', zipOf({ 'aapl.csv': EQUITY }));
    const { report, bars } = await importFile(file, { format: 'lean-equity-daily' });
    expect(report).toMatchObject({ format: 'lean-equity-daily', intervalNs: '86400000000000' });
    expect(bars).toEqual([
      {
        tsOpenNs: BigInt(Date.UTC(1998, 0, 2)) * 1_000_000n,
        tsCloseNs: BigInt(Date.UTC(1998, 0, 3)) * 1_000_000n - 1n,
        openTicks: 1363n,
        highTicks: 1625n,
        lowTicks: 1350n,
        closeTicks: 1625n,
        volumeLots: 6_315_000n,
      },
    ]);
  });

  it('read crypto minutes: the day is in the name of the entry, or of the file', async () => {
    const name = '20180404_btcusd_minute_trade.csv';
    const zipped = await importFile(writeFile('x.zip', zipOf({ [name]: MINUTES })), {
      format: 'lean-crypto',
    });
    expect(zipped.bars.map(({ tsOpenNs }) => tsOpenNs - DAY)).toEqual([0n, 120_000_000_000n]);
    expect(zipped.bars[0]).toMatchObject({ closeTicks: 742_200n, volumeLots: 714_319_709n });
    expect(zipped.report.intervalNs).toBe('60000000000');
    const plain = await importFile(writeFile(name, MINUTES), { format: 'lean-crypto' });
    expect(plain.bars).toEqual(zipped.bars);
    const unnamed = await failureOf(
      importFile(writeFile('x.zip', zipOf({ 'btcusd.csv': MINUTES })), { format: 'lean-crypto' }),
    );
    expect(unnamed.message).toContain('YYYYMMDD_SYMBOL_minute_trade.csv');
  });

  it('ask which side of quotes is meant, and read it', async () => {
    const file = writeFile('q.zip', zipOf({ '20180404_btcusd_minute_quote.csv': QUOTES }));
    const description = { format: 'lean-crypto', lot: '0.1' } as const;
    const error = await failureOf(importFile(file, description));
    expect([error.code, error.context['field']]).toEqual(['DATA_DESCRIPTION_INVALID', 'side']);
    const bid = await importFile(file, { ...description, side: 'bid' });
    expect(bid.bars[0]).toMatchObject({ openTicks: 1000n, closeTicks: 1100n, volumeLots: 15n });
    const ask = await importFile(file, { ...description, side: 'ask' });
    expect(ask.bars[0]).toMatchObject({ openTicks: 1001n, closeTicks: 1101n, volumeLots: 25n });
    const trades = writeFile('t.zip', zipOf({ '20180404_btcusd_minute_trade.csv': MINUTES }));
    const surplus = await failureOf(importFile(trades, { format: 'lean-crypto', side: 'bid' }));
    expect(surplus.message).toContain('it holds trades');
  });

  it('TST-08: refuse an empty side of a quote as a bad row', async () => {
    const row = '0,,,,,,10.01,12.01,9.01,11.01,2.5\n';
    const file = writeFile('q.zip', zipOf({ '20180404_btcusd_minute_quote.csv': row }));
    const error = await failureOf(importFile(file, { format: 'lean-crypto', side: 'bid' }));
    expect(error.context).toMatchObject({ column: '2', reason: 'not a number', value: '' });
  });

  it('TST-08: refuse a file of another shape', async () => {
    const file = writeFile('x.zip', zipOf({ 'x.csv': 'time,open\n1,2\n' }));
    for (const format of ['lean-equity-daily', 'lean-crypto'] as const) {
      const error = await failureOf(importFile(file, { format }));
      expect(error.code).toBe('DATA_FORMAT_UNKNOWN');
    }
  });

  it.skipIf(!hasSharedData)('read every recorded share', async () => {
    const description = { format: 'lean-equity-daily', round: 'nearest' } as const;
    const rowsOf = { aapl: 5849, goog: 4183, qqq: 3964, spy: 5849, uso: 3910, wm: 5399 };
    for (const [symbol, rows] of Object.entries(rowsOf)) {
      const { report } = await importFile(sharedFile(`us-equity-daily/${symbol}.zip`), description);
      expect(report).toMatchObject({ rows, bars: rows, skippedCount: 0 });
      expect(Number(report.roundedMax)).toBeLessThanOrEqual(0.005);
    }
    const aapl = await importFile(sharedFile('us-equity-daily/aapl.zip'), description);
    expect(aapl.bars.at(-1)).toMatchObject({ closeTicks: 12_215n, volumeLots: 109_019_052n });
  });

  it.skipIf(!hasSharedData)(
    'refuse half cents of a recorded share unless told to round',
    async () => {
      const file = sharedFile('us-equity-daily/aapl.zip');
      const error = await failureOf(importFile(file, { format: 'lean-equity-daily' }));
      expect(error.code).toBe('PRICE_OFF_TICK');
      expect(error.message).toContain('1053872 (105.3872)');
    },
  );

  it.skipIf(!hasSharedData)('read recorded crypto by the day and by the minute', async () => {
    const format = 'lean-crypto';
    const daily = sharedFile('crypto/coinbase_daily_btcusd_trade.zip');
    const { report, bars } = await importFile(daily, { format });
    expect(report).toMatchObject({ bars: 1318, intervalNs: '86400000000000', roundedCount: 0 });
    expect(bars.at(-1)).toMatchObject({ closeTicks: 625_367n, volumeLots: 1_017_843_146_644n });
    const minutes = await importFile(
      sharedFile('crypto/coinbase_minute_btcusd_20180404_trade.zip'),
      { format },
    );
    expect(minutes.bars).toHaveLength(1007);
    expect(minutes.bars[0]?.tsOpenNs).toBe(DAY);
    const quotes = await importFile(
      sharedFile('crypto/coinbase_minute_ethusd_20180405_quote.zip'),
      { format, side: 'ask', roundVolume: 'nearest' },
    );
    expect(quotes.bars).toHaveLength(1438);
    expect(Number(quotes.report.volumeRoundedMax)).toBeLessThan(1e-8);
  });
});
