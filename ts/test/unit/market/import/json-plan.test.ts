import { describe, expect, it } from 'vitest';

import { failureOf, importFile, writeFile } from './import-fixture.js';

const lines = (...rows: readonly unknown[]): string =>
  rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');

describe('JSON lines plan', () => {
  it('reads objects with the usual keys, in any order', async () => {
    const text = lines(
      { volume: 5, close: 10.5, low: 9, high: 11, open: 10, time: 1_577_934_240_000 },
      { time: 1_577_934_300_000, open: '10.50', high: 11, low: 9, close: 10.25, volume: 6 },
    );
    const { report, bars } = await importFile(writeFile('a.jsonl', text));
    expect(report).toMatchObject({ format: 'jsonl', rows: 2, intervalNs: '60000000000' });
    expect(bars.map(({ closeTicks }) => closeTicks)).toEqual([1050n, 1025n]);
  });

  it('reads mapped keys, and arrays by number', async () => {
    const mapped = lines({ k: '2020-01-02', o: 1, h: 2, l: 1, Last: 2, q: 9 });
    const columns = { time: 'k', close: 'Last', volume: 'q' };
    const objects = await importFile(writeFile('a.jsonl', mapped), { columns, interval: '1d' });
    expect(objects.bars[0]).toMatchObject({ closeTicks: 200n, volumeLots: 9n });
    const arrays = lines(['2020-01-02', 1, 2, 1, 2, 9], ['2020-01-03', 2, 3, 1, 3, 8]);
    const { bars } = await importFile(writeFile('a.ndjson', arrays));
    expect(bars.map(({ closeTicks }) => closeTicks)).toEqual([200n, 300n]);
  });

  it('names keys that are missing: in all rows, or in one', async () => {
    const noClose = lines({ time: '2020-01-02', open: 1, high: 1, low: 1, volume: 1 });
    const error = await failureOf(importFile(writeFile('a.jsonl', noClose)));
    expect([error.code, error.context['column']]).toEqual(['DATA_COLUMN_MISSING', 'close']);
    const row = { time: '2020-01-02', open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const { volume: _, ...without } = { ...row, time: '2020-01-03' };
    const second = await failureOf(
      importFile(writeFile('a.jsonl', lines(row, without)), { interval: '1d' }),
    );
    expect(second.context).toMatchObject({ line: 2, column: 'volume', reason: 'field missing' });
  });

  it('TST-08: refuses lines that are no JSON, or skips them', async () => {
    const row = { time: '2020-01-02', open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const file = writeFile('a.jsonl', lines('{broken', row, '', '"text"'));
    const error = await failureOf(importFile(file, { interval: '1d' }));
    expect(error.context).toMatchObject({ line: 1, reason: 'not a JSON object or array' });
    const { report } = await importFile(file, { interval: '1d' }, { onBadRow: 'skip' });
    expect([report.rows, report.bars, report.skippedCount]).toEqual([3, 1, 2]);
    const prose = await failureOf(importFile(writeFile('a.jsonl', 'hello\n')));
    expect(prose.code).toBe('DATA_ROW_INVALID');
  });

  it('TST-08: refuses null and nested values by column', async () => {
    const row = { time: '2020-01-02', open: 1, high: 1, low: 1, close: null, volume: 1 };
    const error = await failureOf(importFile(writeFile('a.jsonl', lines(row)), { interval: '1d' }));
    expect(error.context).toMatchObject({ column: 'close', reason: 'not a number', value: 'null' });
  });
});
