import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { parseDataDescription } from '#ts/market/data-description.js';

function refusal(input: unknown): HoldfastError {
  try {
    parseDataDescription(input);
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('the description was expected to be refused');
}

describe('data description', () => {
  it('fills in what is not said, and rounds nothing', () => {
    expect(parseDataDescription({ symbol: 'SPX' })).toEqual({
      symbol: 'SPX',
      format: 'auto',
      header: 'auto',
      delimiter: 'auto',
      timeFormat: 'auto',
      stamp: 'open',
      tick: '0.01',
      lot: '1',
      round: 'refuse',
      roundVolume: 'refuse',
      adjust: 'none',
      quoteCurrency: 'USD',
    });
  });

  it('has the lot of its format', () => {
    expect(parseDataDescription({ symbol: 'X', format: 'lean-crypto' }).lot).toBe('0.00000001');
    expect(parseDataDescription({ symbol: 'X', format: 'lean-equity-daily' }).lot).toBe('1');
    expect(parseDataDescription({ symbol: 'X', format: 'lean-crypto', lot: '0.1' }).lot).toBe(
      '0.1',
    );
  });

  it('NAT-10: reads numbers through their shortest decimal form', () => {
    const { tick, lot } = parseDataDescription({ symbol: 'X', tick: 0.01, lot: 1e-8 });
    expect([tick, lot]).toEqual(['0.01', '0.00000001']);
  });

  it('names the nearest key for one that it does not know', () => {
    const error = refusal({ symbol: 'X', tik: '0.01' });
    expect(error.code).toBe('CONFIG_UNKNOWN_KEY');
    expect(error.context).toMatchObject({ key: 'tik', nearest: 'tick' });
    const nested = refusal({ symbol: 'X', columns: { clse: 'Last' } });
    expect(nested.code).toBe('CONFIG_UNKNOWN_KEY');
    expect(nested.message).toContain('"columns.clse"; did you mean "close"?');
    expect(refusal({ symbol: 'X', zzzzzzz: 1 }).message).toContain('known keys: symbol, format');
  });

  it.each([
    [{}, 'symbol'],
    [{ symbol: '' }, 'symbol'],
    [{ symbol: 'X', format: 'xls' }, 'format'],
    [{ symbol: 'X', tick: '0' }, 'tick'],
    [{ symbol: 'X', tick: -1 }, 'tick'],
    [{ symbol: 'X', tick: Number.NaN }, 'tick'],
    [{ symbol: 'X', lot: 'much' }, 'lot'],
    [{ symbol: 'X', interval: '1 day' }, 'interval'],
    [{ symbol: 'X', round: 'up' }, 'round'],
    [{ symbol: 'X', timeFormat: 'rfc' }, 'timeFormat'],
    [{ symbol: 'X', columns: { close: 0 } }, 'columns.close'],
    [{ symbol: 'X', adjust: 'splits', factors: 'f.csv' }, 'round'],
    [{ symbol: 'X', adjust: 'splits', round: 'nearest' }, 'factors'],
    [{ symbol: 'X', factors: 'f.csv' }, 'adjust'],
    [{ symbol: 'X', format: 'csv', side: 'bid' }, 'side'],
    [{ symbol: 'X', format: 'lean-equity-daily', columns: { close: 2 } }, 'columns'],
    [{ symbol: 'X', format: 'lean-equity-daily', timeFormat: 's' }, 'timeFormat'],
    [{ symbol: 'X', format: 'lean-crypto', stamp: 'close' }, 'stamp'],
    [
      { symbol: 'X', format: 'lean-crypto', adjust: 'splits', factors: 'f', round: 'nearest' },
      'adjust',
    ],
    [null, 'data description'],
    ['csv', 'data description'],
  ])('TST-08: refuses %j and names %s', (input, field) => {
    const error = refusal(input);
    expect(error.code).toBe('DATA_DESCRIPTION_INVALID');
    expect(error.context['field']).toBe(field);
    expect(error.message).toContain(field);
  });
});
