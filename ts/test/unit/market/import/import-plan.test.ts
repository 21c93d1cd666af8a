import { describe, expect, it } from 'vitest';

import { HEADER, failureOf, importFile, importRows, writeFile } from './import-fixture.js';

const bar = (time: string): string => `${time},10,11,9,10,1`;

describe('import plan', () => {
  it('takes the smallest distance of the first rows for the interval, and says so', async () => {
    const times = ['2020-01-03T10:00:00', '2020-01-03T10:15:00', '2020-01-06T09:00:00'];
    const { report, bars } = await importRows(times.map(bar));
    expect(report.intervalNs).toBe('900000000000');
    expect(report.warnings).toEqual(['interval 15m is the least distance of the first 3 rows']);
    expect((bars[0]?.tsCloseNs ?? 0n) - (bars[0]?.tsOpenNs ?? 0n)).toBe(899_999_999_999n);
  });

  it('needs to be told an interval that the rows do not show', async () => {
    const single = await failureOf(importRows([bar('2020-01-02')]));
    expect([single.code, single.context['field']]).toEqual([
      'DATA_DESCRIPTION_INVALID',
      'interval',
    ]);
    const monthly = await failureOf(
      importRows(['2020-01-01', '2020-02-01', '2020-03-01'].map(bar)),
    );
    expect(monthly.message).toContain('over a week apart');
    expect((await importRows([bar('2020-01-02')], { interval: '1d' })).bars).toHaveLength(1);
  });

  it('settles the time format on the first row that shows one', async () => {
    const rows = ['not yet', '1577934240', '1577934300'].map(bar);
    const { report, bars } = await importRows(rows, {}, { onBadRow: 'skip' });
    expect(report.skippedCount).toBe(1);
    expect(bars[0]?.tsOpenNs).toBe(1_577_934_240_000_000_000n);
    const mixed = await failureOf(importRows(['1577934240', '2020-01-02T03:05:00'].map(bar)));
    expect(mixed.code).toBe('DATA_DESCRIPTION_INVALID');
    const later = ['1577934240', '1577934300', '2020-01-02T03:06:00'].map(bar);
    expect((await failureOf(importRows(later))).context).toMatchObject({
      line: 4,
      reason: 'not a time',
    });
  });

  it('asks which of two readings a slashed date has', async () => {
    const rows = ['03/04/2020', '03/05/2020'].map(bar);
    const error = await failureOf(importRows(rows));
    expect([error.code, error.context['field']]).toEqual([
      'DATA_DESCRIPTION_INVALID',
      'timeFormat',
    ]);
    const american = await importRows(rows, { timeFormat: 'mm/dd/yyyy' });
    expect(american.bars[0]?.tsOpenNs).toBe(BigInt(Date.UTC(2020, 2, 4)) * 1_000_000n);
  });

  it('TST-08: refuses a file whose first rows hold no time at all', async () => {
    const error = await failureOf(importRows(['a', 'b'].map(bar)));
    expect(error.code).toBe('DATA_ROW_INVALID');
    expect(error.context).toMatchObject({
      line: 2,
      column: 'time',
      reason: 'not a time',
      value: 'a',
    });
  });

  it('TST-08: tells a header without rows from an empty file', async () => {
    const error = await failureOf(importFile(writeFile('a.csv', `${HEADER}\n`)));
    expect(error.code).toBe('DATA_EMPTY');
    expect(error.message).toContain('a header and no row');
  });
});
