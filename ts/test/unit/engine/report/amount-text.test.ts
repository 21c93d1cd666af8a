import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountOfRaw,
  differenceOf,
  displayAmount,
  rawOfAmount,
} from '#ts/engine/report/amount-text.js';

describe('exact amounts', () => {
  it('survive reading and printing at 18 decimals', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (raw) => {
        expect(rawOfAmount(amountOfRaw(raw))).toBe(raw);
      }),
    );
  });

  it('subtract where floats would not', () => {
    expect(differenceOf({ minuend: '0.3', subtrahend: '0.1' })).toBe('0.2');
    expect(differenceOf({ minuend: '100000', subtrahend: '100000.000000000000000001' })).toBe(
      '-0.000000000000000001',
    );
  });

  it('refuse more than 18 decimals', () => {
    expect(() => rawOfAmount('0.0000000000000000001')).toThrow(
      expect.objectContaining({ code: 'AMOUNT_TOO_PRECISE' }),
    );
  });
});

describe('displayAmount', () => {
  it('groups, fills up and rounds half away from zero', () => {
    expect(displayAmount('1234567.5')).toBe('1,234,567.50');
    expect(displayAmount('-0.125')).toBe('−0.13');
    expect(displayAmount('0.124999999999999999')).toBe('0.12');
    expect(displayAmount('999.995')).toBe('1,000.00');
    expect(displayAmount('12', 0)).toBe('12');
    expect(displayAmount('99999999999999999999.99')).toBe('99,999,999,999,999,999,999.99');
  });

  it('shows no minus sign before a zero', () => {
    expect(displayAmount('-0.004')).toBe('0.00');
  });
});
