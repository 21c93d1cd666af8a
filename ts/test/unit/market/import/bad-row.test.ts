import { describe, expect, it } from 'vitest';

import { BadRowLog, badRow, rowError, SKIPPED_ROWS_MAX } from '#ts/market/import/bad-row.js';

import { thrownBy } from './import-fixture.js';

const ROW = badRow({ line: 7, column: 'close', reason: 'not a number', value: 'null' });

describe('bad rows', () => {
  it('are refused with file, line, column, reason and value', () => {
    const log = new BadRowLog({ file: 'a.csv', skips: false });
    const error = thrownBy(() => log.add(ROW));
    expect(error.code).toBe('DATA_ROW_INVALID');
    expect(error.context).toEqual({ file: 'a.csv', ...ROW });
    expect(error.message).toContain('a.csv:7: column close: not a number, was "null"');
    expect(error.message).toContain('--on-bad-row skip');
  });

  it('are counted exactly and listed up to a bound when they are skipped', () => {
    const log = new BadRowLog({ file: 'a.csv', skips: true });
    for (let line = 1; line <= SKIPPED_ROWS_MAX + 5; line += 1) log.add({ ...ROW, line });
    expect(log.count).toBe(SKIPPED_ROWS_MAX + 5);
    expect(log.rows).toHaveLength(SKIPPED_ROWS_MAX);
    expect(log.rows[0]).toEqual({ ...ROW, line: 1 });
  });

  it('TST-08: cut a hostile value to a readable length', () => {
    expect(badRow({ ...ROW, value: 'x'.repeat(100_000) }).value).toHaveLength(80);
  });

  it('may say a remedy of their own', () => {
    expect(rowError('f.csv', ROW, 'mend the factor file').message).toContain(
      'mend the factor file',
    );
  });
});
