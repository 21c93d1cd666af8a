import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { decimalText, nearestKey, parseConfig } from '#ts/core/schema.js';
import { thrownBy } from '../../support/thrown-error.js';

const schema = z.strictObject({
  orderQtyMax: decimalText,
  stopLossRequired: z.boolean().default(false),
  nested: z.strictObject({ depth: z.int() }).optional(),
});
const parse = (value: unknown) =>
  parseConfig(schema, value, 'limits', 'LIMITS_INVALID', 'LIMITS_UNKNOWN_KEY');

describe('parseConfig', () => {
  it('fills defaults and normalises decimals', () => {
    expect(parse({ orderQtyMax: '01.50' })).toEqual({
      orderQtyMax: '1.5',
      stopLossRequired: false,
    });
    expect(parse({ orderQtyMax: 0.1, stopLossRequired: true })).toEqual({
      orderQtyMax: '0.1',
      stopLossRequired: true,
    });
  });

  it('names a key that does not exist, and the nearest that does', () => {
    const error = thrownBy(() => parse({ orderQtyMax: '1', orderQtyMx: '2' }));
    expect(error.code).toBe('LIMITS_UNKNOWN_KEY');
    expect(error.message).toContain('did you mean "orderQtyMax"?');
    expect(error.context).toMatchObject({ key: 'orderQtyMx', nearest: 'orderQtyMax' });
    expect(error.context['known']).toEqual(['orderQtyMax', 'stopLossRequired', 'nested']);
  });

  it('CONFIG_UNKNOWN_KEY: is the code when none is named for that', () => {
    const error = thrownBy(() =>
      parseConfig(schema, { x: 1, orderQtyMax: 1 }, 'config', 'CONFIG_INVALID'),
    );
    expect(error.code).toBe('CONFIG_UNKNOWN_KEY');
  });

  it.each([
    [{}, 'limits.orderQtyMax'],
    [{ orderQtyMax: 'much' }, 'limits.orderQtyMax'],
    [{ orderQtyMax: Number.NaN }, 'limits.orderQtyMax'],
    [{ orderQtyMax: null }, 'limits.orderQtyMax'],
    [{ orderQtyMax: 1, stopLossRequired: 'yes' }, 'limits.stopLossRequired'],
    [{ orderQtyMax: 1, nested: { depth: 0.5 } }, 'limits.nested.depth'],
    [null, 'limits'],
    [undefined, 'limits'],
    [7, 'limits'],
    [[], 'limits'],
  ])('names the field of any other fault in %j', (value, field) => {
    const error = thrownBy(() => parse(value));
    expect(error.code).toBe('LIMITS_INVALID');
    expect(error.context['field']).toBe(field);
    expect(error.message.startsWith(`${field} is wrong: `)).toBe(true);
  });
});

describe('nearestKey', () => {
  it('finds the key with the fewest letters to change, the first of equals', () => {
    const known = ['positionFracMax', 'priceBandFracMax', 'dailyTradesMax'];
    expect(nearestKey('positonFracMax', known)).toBe('positionFracMax');
    expect(nearestKey('daily_trades_max', known)).toBe('dailyTradesMax');
    expect(nearestKey('a', ['bb', 'cc'])).toBe('bb');
    expect(nearestKey('anything', [])).toBeUndefined();
  });

  it('finds a known key itself, whatever the others are', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (known, choice) => {
          const key = known[choice % known.length] ?? '';
          expect(nearestKey(key, known)).toBe(key);
        },
      ),
    );
  });
});
