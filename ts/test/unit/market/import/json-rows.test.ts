import { describe, expect, it } from 'vitest';

import { JsonRows, parseRow } from '#ts/market/import/json-rows.js';

describe('JSON rows', () => {
  it('picks the keys of an object in the order asked for', () => {
    const rows = new JsonRows(['t', 'c']);
    expect(rows.decode('{"c":1.50,"x":null,"t":"2020-01-01"}', 1)).toEqual(['2020-01-01', '1.5']);
    expect(rows.decode('{"c":1}', 3)).toMatchObject({
      line: 3,
      column: 't',
      reason: 'field missing',
    });
    expect(rows.finish()).toBeNull();
  });

  it('takes arrays as they are', () => {
    expect(new JsonRows(null).decode('[1577934245000, "1.5", 1e-7]', 1)).toEqual([
      '1577934245000',
      '1.5',
      '1e-7',
    ]);
  });

  it('NAT-10: keeps every digit of a number that a double would round', () => {
    const rows = new JsonRows(['t', 'p', 'note']);
    const line =
      '{"t":1577934245000000001,"p":12345678901.123456789,"note":"x 12345678901234567890"}';
    expect(rows.decode(line, 1)).toEqual([
      '1577934245000000001',
      '12345678901.123456789',
      'x 12345678901234567890',
    ]);
  });

  it.each(['', 'x', '"text"', '1', 'null', '{"a":1', '[1,2'])(
    'TST-08: takes %s for no row',
    (text) => {
      expect(parseRow(text)).toBeNull();
      expect(new JsonRows(['a']).decode(text, 2)).toMatchObject({
        line: 2,
        reason: 'not a JSON object or array',
      });
    },
  );

  it('TST-08: refuses an array among objects', () => {
    expect(new JsonRows(['a']).decode('[1]', 1)).toMatchObject({
      reason: 'not a JSON object or array',
    });
  });
});
