import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  DECIMAL_LENGTH_MAX,
  decimalOf,
  decimalOfNumber,
  formatDecimal,
  parseDecimal,
  stepsOf,
} from '#ts/core/decimal.js';
import { thrownBy } from '../../support/thrown-error.js';

const scale = fc.nat({ max: 18 });
const mantissa = fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n });
const step = fc.record({ mantissa: fc.bigInt({ min: 1n, max: 10n ** 12n }), scale });

/** Compares exact values of different scales. */
function isSameValue(
  left: ReturnType<typeof parseDecimal>,
  right: ReturnType<typeof parseDecimal>,
): boolean {
  return left.mantissa * 10n ** BigInt(right.scale) === right.mantissa * 10n ** BigInt(left.scale);
}

describe('parseDecimal', () => {
  it.each([
    ['0', 0n, 0],
    ['-12.50', -1_250n, 2],
    ['+.5', 5n, 1],
    ['7.', 7n, 0],
    ['-0', 0n, 0],
    ['007', 7n, 0],
    ['0.000000000000000001', 1n, 18],
  ])('reads %s', (text, expected, digits) => {
    expect(parseDecimal(text)).toEqual({ mantissa: expected, scale: digits });
  });

  it.each([
    ...[
      '',
      '-',
      '+',
      '.',
      '-.',
      '1e5',
      '1E5',
      'NaN',
      'Infinity',
      '-Infinity',
      '1.2.3',
      '--1',
      '+-1',
    ],
    ...[
      ' 1',
      '1 ',
      '1\n',
      '1_000',
      '1,000',
      '0x10',
      '١',
      '１',
      '1f',
      '½',
      '9'.repeat(DECIMAL_LENGTH_MAX + 1),
    ],
  ])('DECIMAL_INVALID: refuses %j and names it', (text) => {
    const error = thrownBy(() => parseDecimal(text));
    expect(error).toMatchObject({
      code: 'DECIMAL_INVALID',
      category: 'validation',
      retryable: false,
    });
    expect(error.context['value']).toBe(text.slice(0, DECIMAL_LENGTH_MAX));
    expect(error.message).toContain('100.25');
  });

  it('reads as many digits as it allows, and shows no more of what is longer', () => {
    expect(parseDecimal('9'.repeat(DECIMAL_LENGTH_MAX)).mantissa).toBe(10n ** 64n - 1n);
    expect(thrownBy(() => parseDecimal('9'.repeat(10_000))).message.length).toBeLessThan(200);
  });

  it('never throws anything but DECIMAL_INVALID, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        try {
          parseDecimal(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DECIMAL_INVALID' });
        }
      }),
    );
  });
});

describe('formatDecimal', () => {
  it.each([
    [0n, 0, '0'],
    [0n, 5, '0'],
    [5n, 3, '0.005'],
    [-5n, 3, '-0.005'],
    [1_250n, 2, '12.5'],
    [-1_000n, 2, '-10'],
    [100n, 0, '100'],
    [10n, 1, '1'],
  ])('prints %s at scale %s as %s', (value, digits, text) => {
    expect(formatDecimal(value, digits)).toBe(text);
  });

  it('NAT-10: parse of print is the identity, for every mantissa and scale', () => {
    fc.assert(
      fc.property(mantissa, scale, (value, digits) => {
        const text = formatDecimal(value, digits);
        expect(isSameValue(parseDecimal(text), { mantissa: value, scale: digits })).toBe(true);
        expect(formatDecimal(parseDecimal(text).mantissa, parseDecimal(text).scale)).toBe(text);
      }),
    );
  });

  it('prints one text for one value, whatever its scale', () => {
    fc.assert(
      fc.property(mantissa, scale, fc.nat({ max: 10 }), (value, digits, more) => {
        expect(formatDecimal(value * 10n ** BigInt(more), digits + more)).toBe(
          formatDecimal(value, digits),
        );
      }),
    );
  });
});

describe('decimalOf', () => {
  it('reads a number through its shortest decimal form', () => {
    expect(decimalOf(0.1)).toEqual({ mantissa: 1n, scale: 1 });
    expect(decimalOf(-100.25)).toEqual({ mantissa: -10_025n, scale: 2 });
    expect(decimalOf(0.1 + 0.2)).toEqual({ mantissa: 30_000_000_000_000_004n, scale: 17 });
    expect(decimalOf(1e21)).toEqual({ mantissa: 10n ** 21n, scale: 0 });
    expect(decimalOf(1.5e-7)).toEqual({ mantissa: 15n, scale: 8 });
    expect(decimalOf(5e-324)).toEqual({ mantissa: 5n, scale: 324 });
    expect(decimalOf(-0)).toEqual({ mantissa: 0n, scale: 0 });
    expect(decimalOf(Number.MAX_VALUE).mantissa).toBe(BigInt('17976931348623157') * 10n ** 292n);
  });

  it('loses nothing of any finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const read = decimalOfNumber(value);
        expect(Number(formatDecimal(read.mantissa, read.scale))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('reads text as parseDecimal does', () => {
    expect(decimalOf('12.50')).toEqual(parseDecimal('12.50'));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'DECIMAL_INVALID: refuses %s',
    (value) => {
      const error = thrownBy(() => decimalOf(value));
      expect(error.code).toBe('DECIMAL_INVALID');
      expect(error.context['value']).toBe(String(value));
    },
  );

  it('TST-08: DECIMAL_INVALID: refuses what JavaScript passes that is neither text nor number', () => {
    const call = decimalOf as (value: unknown) => unknown;
    for (const value of [undefined, null, 10n, true, {}, ['1'], Symbol('1'), () => 1]) {
      expect(thrownBy(() => call(value)).code).toBe('DECIMAL_INVALID');
    }
  });
});

describe('stepsOf', () => {
  it('NAT-10: counts whole steps downwards and says whether that is exact', () => {
    fc.assert(
      fc.property(mantissa, scale, step, (value, digits, size) => {
        const { steps, exact } = stepsOf({ mantissa: value, scale: digits }, size);
        const common = Math.max(digits, size.scale);
        const left = value * 10n ** BigInt(common - digits);
        const width = size.mantissa * 10n ** BigInt(common - size.scale);
        expect(steps * width <= left && left < (steps + 1n) * width).toBe(true);
        expect(exact).toBe(steps * width === left);
      }),
    );
  });

  it('rounds a negative value towards minus infinity', () => {
    const cent = parseDecimal('0.01');
    expect(stepsOf(parseDecimal('-0.005'), cent)).toEqual({ steps: -1n, exact: false });
    expect(stepsOf(parseDecimal('-0.01'), cent)).toEqual({ steps: -1n, exact: true });
  });
});
