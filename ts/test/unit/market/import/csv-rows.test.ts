import { describe, expect, it } from 'vitest';

import { CsvRows, detectDelimiter } from '#ts/market/import/csv-rows.js';

const decode = (text: string): unknown => new CsvRows(',').decode(text, 1);

describe('CSV rows', () => {
  it('splits plain rows and unwraps quoted fields', () => {
    expect(decode('a,b,,d')).toEqual(['a', 'b', '', 'd']);
    expect(decode('"a","b"," ",""')).toEqual(['a', 'b', ' ', '']);
    expect(new CsvRows(';').decode('a;b,c', 1)).toEqual(['a', 'b,c']);
  });

  it('TST-08: reads delimiters, quotes and stray quotes inside fields', () => {
    expect(decode('"a,b",c')).toEqual(['a,b', 'c']);
    expect(decode('"say ""hi""",c')).toEqual(['say "hi"', 'c']);
    expect(decode('5" pipe,c')).toEqual(['5" pipe', 'c']);
  });

  it('TST-08: joins a quoted field that spans lines', () => {
    const rows = new CsvRows(',');
    expect(rows.decode('1,"two', 4)).toBeNull();
    expect(rows.decode('lines, or', 5)).toBeNull();
    expect(rows.decode('three",x', 6)).toEqual(['1', 'two\nlines, or\nthree', 'x']);
    expect(rows.decode('a,b', 7)).toEqual(['a', 'b']);
    expect(rows.finish()).toBeNull();
  });

  it('TST-08: names the line where a quote was opened and never closed', () => {
    const atEnd = new CsvRows(',');
    expect(atEnd.decode('1,"two', 4)).toBeNull();
    expect(atEnd.finish()).toMatchObject({ line: 4, reason: 'quote not closed' });
    const tooLong = new CsvRows(',');
    let row = tooLong.decode('1,"two', 9);
    for (let line = 10; row === null; line += 1) row = tooLong.decode('x'.repeat(100), line);
    expect(row).toMatchObject({ line: 9, reason: 'quote not closed' });
    expect(tooLong.decode('a,b', 200)).toEqual(['a', 'b']);
  });

  it('finds the delimiter, but not inside quotes', () => {
    expect(detectDelimiter('a,b,c')).toBe(',');
    expect(detectDelimiter('a;b;c')).toBe(';');
    expect(detectDelimiter('a\tb\tc')).toBe('\t');
    expect(detectDelimiter('a|b')).toBe('|');
    expect(detectDelimiter('"a,b,c";d')).toBe(';');
    expect(detectDelimiter('abc')).toBeNull();
  });
});
