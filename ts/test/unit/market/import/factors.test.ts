import { describe, expect, it } from 'vitest';

import { formatDecimal, type Decimal } from '#ts/core/decimal.js';
import { AdjustmentFactors, productOf } from '#ts/market/import/factors.js';

import {
  failureOf,
  hasSharedData,
  importFile,
  importRows,
  sharedFile,
  writeFile,
} from './import-fixture.js';

const FACTORS = '20200102,0.98,0.25,100\n20200110,0.99,0.5,60\n20501231,1,1,0\n';
const print = ({ mantissa, scale }: Decimal): string => formatDecimal(mantissa, scale);
const day = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;

describe('adjustment factors', () => {
  it('hold up to and including their own day', async () => {
    const factors = await AdjustmentFactors.read(
      writeFile('f.csv', FACTORS),
      'splits-and-dividends',
    );
    const at = (text: string): string[] => {
      const { price, volume } = factors.at(day(text));
      return [print(price), print(volume)];
    };
    expect(at('2020-01-02T15:00:00Z')).toEqual(['0.245', '4']);
    expect(at('2020-01-03T00:00:00Z')).toEqual(['0.495', '2']);
    expect(at('2020-01-10T00:00:00Z')).toEqual(['0.495', '2']);
    expect(at('2020-01-11T00:00:00Z')).toEqual(['1', '1']);
    expect(at('2051-01-01T00:00:00Z')).toEqual(['1', '1']);
    expect(at('1999-01-01T00:00:00Z')).toEqual(['0.245', '4']);
  });

  it('leave dividends out where only splits are asked for', async () => {
    const factors = await AdjustmentFactors.read(writeFile('f.csv', FACTORS), 'splits');
    expect(print(factors.at(day('2020-01-01')).price)).toBe('0.25');
  });

  it('NAT-10: multiply exactly', () => {
    const left = { mantissa: 645_570_000n, scale: 6 };
    expect(print(productOf(left, { mantissa: 357_143n, scale: 7 }))).toBe('23.056080651');
  });

  it.each([
    ['20200102,1,1', 'wrong number of fields'],
    ['2020-13-01,1,1,1', 'not a time'],
    ['20200102,x,1,1', 'not a number'],
    ['20200102,1,0,1', 'factor not above zero'],
    ['20200102,1,1,1\n20200102,1,1,1', 'time goes back'],
  ])('TST-08: refuse the row %j', async (text, reason) => {
    const error = await failureOf(AdjustmentFactors.read(writeFile('f.csv', text), 'splits'));
    expect([error.code, error.context['reason']]).toEqual(['DATA_ROW_INVALID', reason]);
    expect(error.message).toContain('mend the factor file');
  });

  it('TST-08: refuse a missing or empty file', async () => {
    const missing = await failureOf(AdjustmentFactors.read('/does/not/exist.csv', 'splits'));
    expect(missing.code).toBe('DATA_FILE_NOT_FOUND');
    const empty = await failureOf(AdjustmentFactors.read(writeFile('f.csv', '\n'), 'splits'));
    expect(empty.code).toBe('DATA_EMPTY');
  });

  it('NAT-10: adjust prices and volumes of an import, and put their hash into the report', async () => {
    const factors = writeFile('f.csv', FACTORS);
    const rows = ['2020-01-02,100,110,90,100,10', '2020-01-13,25,27,24,26,40'];
    const description = { adjust: 'splits', factors, round: 'nearest', interval: '1d' } as const;
    const { report, bars } = await importRows(rows, description);
    expect(bars[0]).toMatchObject({ openTicks: 2500n, highTicks: 2750n, volumeLots: 40n });
    expect(bars[1]).toMatchObject({ openTicks: 2500n, volumeLots: 40n });
    expect(report.factorsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(report.roundedCount).toBe(0);
  });

  it.skipIf(!hasSharedData)('remove the 7:1 split of AAPL on 2014-06-09', async () => {
    const options = { from: '2014-06-06', to: '2014-06-09' };
    const description = {
      format: 'lean-equity-daily',
      round: 'nearest',
      roundVolume: 'nearest',
    } as const;
    const file = sharedFile('us-equity-daily/aapl.zip');
    const raw = await importFile(file, description, options);
    const factors = sharedFile('us-equity-daily/aapl.factors.csv');
    const adjusted = await importFile(file, { ...description, adjust: 'splits', factors }, options);
    const change = ({ bars }: typeof raw): number =>
      Number(bars[1]?.closeTicks) / Number(bars[0]?.closeTicks) - 1;
    expect(change(raw)).toBeLessThan(-0.8);
    expect(Math.abs(change(adjusted))).toBeLessThan(0.05);
    const volumeRatio = Number(adjusted.bars[0]?.volumeLots) / Number(raw.bars[0]?.volumeLots);
    const splitRatio = Number(raw.bars[0]?.closeTicks) / Number(adjusted.bars[0]?.closeTicks);
    expect(volumeRatio / splitRatio).toBeCloseTo(1, 3);
  });
});
