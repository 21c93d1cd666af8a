import { describe, expect, it } from 'vitest';

import { parseDataDescription } from '#ts/market/data-description.js';
import { importBars } from '#ts/market/import/import-bars.js';

import { failureOf, gzipOf, HEADER, importFile, SP500_FILE, writeFile } from './import-fixture.js';

const SP500 = { tick: '0.01', round: 'nearest' } as const;
const SP500_HASH = '9409e9342d0657c747324e4cfabce8a8c7f663bc485b95a3378f36b0a160f8c8';

function minuteFile(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, index) => `${1_577_934_240 + 60 * index},10,11,9,10,1`,
  );
  return writeFile('m.csv', [HEADER, ...rows].join('\n'));
}

describe('import of bars', () => {
  it('NAT-10: reads 20 years of the S&P 500 under tick 0.01, round nearest', async () => {
    const { report, bars } = await importFile(SP500_FILE, SP500);
    expect(report).toEqual({
      file: SP500_FILE,
      format: 'csv',
      rows: 5105,
      bars: 5105,
      skippedCount: 0,
      skipped: [],
      roundedCount: 19_575,
      roundedMax: '0.000117',
      volumeRoundedCount: 0,
      volumeRoundedMax: '0',
      contentHash: SP500_HASH,
      factorsHash: null,
      firstNs: (BigInt(Date.UTC(2000, 0, 3)) * 1_000_000n).toString(),
      lastNs: (BigInt(Date.UTC(2020, 3, 18)) * 1_000_000n - 1n).toString(),
      intervalNs: '86400000000000',
      warnings: ['interval 1d is the least distance of the first 64 rows'],
    });
    expect(bars[0]).toMatchObject({
      openTicks: 146_925n,
      lowTicks: 143_836n,
      closeTicks: 145_522n,
    });
    expect(bars.at(-1)).toMatchObject({ closeTicks: 287_456n, volumeLots: 5_792_140_000n });
    for (const { openTicks, highTicks, lowTicks, closeTicks } of bars) {
      expect(openTicks >= lowTicks && openTicks <= highTicks).toBe(true);
      expect(closeTicks >= lowTicks && closeTicks <= highTicks).toBe(true);
    }
  });

  it('ARC-22: gives the same bars and report each time, and from a packed copy', async () => {
    const first = await importFile(SP500_FILE, SP500);
    expect(await importFile(SP500_FILE, SP500)).toEqual(first);
    const { readFileSync } = await import('node:fs');
    const packed = writeFile('sp500.csv.gz', gzipOf(readFileSync(SP500_FILE, 'utf8')));
    expect((await importFile(packed, SP500)).bars).toEqual(first.bars);
  });

  it('NAT-10: refuses the S&P 500 without a rule for its float noise', async () => {
    const error = await failureOf(importFile(SP500_FILE));
    expect(error.code).toBe('PRICE_OFF_TICK');
    expect(error.context).toEqual({
      file: SP500_FILE,
      line: 2,
      column: 'low',
      value: '1438.359985',
      below: '1438.35',
      above: '1438.36',
      tick: '0.01',
    });
  });

  it('ARC-06: waits for a slow sink before the next bar', async () => {
    let open = 0;
    let most = 0;
    let taken = 0;
    const description = parseDataDescription({ symbol: 'X' });
    const options = { file: minuteFile(300), description, instrument: 4 };
    await importBars(options, {
      async bar(instrument) {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        taken += instrument;
      },
    });
    expect([most, taken]).toEqual([1, 1200]);
  });

  it('ends with the error of a sink that throws or rejects', async () => {
    const description = parseDataDescription({ symbol: 'X' });
    const options = { file: minuteFile(10), description, instrument: 0 };
    const throwing = importBars(options, {
      bar() {
        throw new Error('sink is full');
      },
    });
    await expect(throwing).rejects.toThrow('sink is full');
    const rejecting = importBars(options, {
      bar: async () => await Promise.reject(new Error('no')),
    });
    await expect(rejecting).rejects.toThrow('no');
  });

  it('ARC-08: does not hold the file in memory', async () => {
    await importFile(minuteFile(1000));
    const file = minuteFile(400_000);
    const description = parseDataDescription({ symbol: 'X' });
    let heapMax = 0;
    const heapBefore = process.memoryUsage().heapUsed;
    let count = 0;
    await importBars(
      { file, description, instrument: 0 },
      {
        bar() {
          count += 1;
          if (count % 10_000 === 0) heapMax = Math.max(heapMax, process.memoryUsage().heapUsed);
        },
      },
    );
    expect(count).toBe(400_000);
    expect(heapMax - heapBefore).toBeLessThan(96 * 1024 * 1024);
  });
});
