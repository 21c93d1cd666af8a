import { describe, expect, it } from 'vitest';

import { parseDataDescription } from '#ts/market/data-description.js';
import { detectFormat } from '#ts/market/import/data-format.js';
import type { PlanInput } from '#ts/market/import/row-layout.js';

import { thrownBy } from './import-fixture.js';

function input(textName: string, first: string, format: 'auto' | 'csv' = 'auto'): PlanInput {
  const description = parseDataDescription({ symbol: 'X', format });
  return { file: `/data/${textName}`, textName, description, head: [{ text: first, line: 1 }] };
}

describe('data format', () => {
  it('follows the name, then the first line', () => {
    expect(detectFormat(input('a.csv', 'x'))).toBe('csv');
    expect(detectFormat(input('a.TSV', 'x'))).toBe('csv');
    expect(detectFormat(input('a.ndjson', 'x'))).toBe('jsonl');
    expect(detectFormat(input('a.dat', '{"t":1}'))).toBe('jsonl');
    expect(detectFormat(input('a.dat', '2020-01-01;1;2;3;4;5'))).toBe('csv');
    expect(detectFormat(input('a.jsonl', '1,2,3', 'csv'))).toBe('csv');
  });

  it('TST-08: says how to name a format that it cannot tell', () => {
    const error = thrownBy(() => detectFormat(input('a.bin', '\u0001\u0002')));
    expect(error.code).toBe('DATA_FORMAT_UNKNOWN');
    expect(error.message).toContain('--format csv or jsonl');
  });

  it.each([
    ['aapl.csv', '19980102 00:00,136300,162500,135000,162500,6315000'],
    ['20180404_btcusd_minute_trade.csv', '0,7424.91,7424.91,7422,7422,7.14'],
  ])('never guesses between the two LEAN scales of prices (%s)', (name, first) => {
    const error = thrownBy(() => detectFormat(input(name, first)));
    expect(error.code).toBe('DATA_FORMAT_UNKNOWN');
    expect(error.message).toContain('"lean-equity-daily" or "lean-crypto"');
  });
});
