import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decimalOf, formatDecimal, parseDecimal, stepsOf } from '#ts/core/decimal.js';
import { parseShort, powerOfTen, printShort, shortSteps, toFloat } from '#ts/core/short-decimal.js';

const UNITS_MAX = 10 ** 15 - 1;
const units = fc.oneof(
  fc.integer({ min: -UNITS_MAX, max: UNITS_MAX }),
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.constantFrom(0, UNITS_MAX, -UNITS_MAX),
);
const scale = fc.nat({ max: 18 });
const step = fc.record({
  units: fc.oneof(fc.constantFrom(1, 5, 25), fc.integer({ min: 1, max: 10 ** 9 })),
  scale: fc.nat({ max: 8 }),
});

describe('parseShort', () => {
  it('NAT-10: reads what parseDecimal reads, or leaves it to it', () => {
    const digits = fc.stringMatching(/^[0-9]{0,12}$/);
    const text = fc
      .tuple(fc.constantFrom('', '-', '+'), digits, fc.constantFrom('', '.'), digits)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        const short = parseShort(value);
        if (short === null) return;
        const { mantissa, scale: decimals } = parseDecimal(value);
        expect([BigInt(short.units), short.scale]).toEqual([mantissa, decimals]);
        expect(Object.is(short.units, -0)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes fifteen digits and no more', () => {
    expect(parseShort('-9999999999999.99')).toEqual({ units: -UNITS_MAX, scale: 2 });
    expect(parseShort('1000000000000000')).toBeNull();
    expect(parseShort('0.0000000000000001')).toBeNull();
    expect(parseShort('0'.repeat(1_000_000))).toBeNull();
  });

  it.each(['', '-', '.', '-.', '1.2.3', '1e5', '0x1', ' 1', '1 ', '+1', '--1', 'NaN', '1,5'])(
    'leaves "%s" alone',
    (text) => expect(parseShort(text)).toBeNull(),
  );
});

describe('printShort', () => {
  it('NAT-10: prints as formatDecimal does', () => {
    fc.assert(
      fc.property(units, scale, (count, decimals) => {
        expect(printShort(count, decimals)).toBe(formatDecimal(BigInt(count), decimals));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves alone what is not short', () => {
    expect(printShort(UNITS_MAX + 1, 2)).toBeNull();
    expect(printShort(Number.NaN, 2)).toBeNull();
    expect(printShort(1, 23)).toBeNull();
  });
});

describe('toFloat', () => {
  it('is the float nearest to the decimal', () => {
    fc.assert(
      fc.property(units, scale, (count, decimals) => {
        expect(toFloat(count, decimals)).toBe(Number(formatDecimal(BigInt(count), decimals)));
      }),
    );
    expect(toFloat(UNITS_MAX + 1, 0)).toBeNaN();
  });
});

describe('shortSteps', () => {
  const decimal = fc
    .tuple(units, scale)
    .map(([count, decimals]) => formatDecimal(BigInt(count), decimals));
  const multiple = fc
    .tuple(step, fc.integer({ min: -(10 ** 6), max: 10 ** 6 }))
    .map(([size, count]) => formatDecimal(BigInt(size.units) * BigInt(count), size.scale));
  const value = fc.oneof(
    decimal,
    multiple,
    decimal.map(Number),
    multiple.map(Number),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );

  /** What the exact way says: the steps where they are whole, else null. */
  function exactSteps(of: string | number, size: { units: number; scale: number }): bigint | null {
    const exactStep = { mantissa: BigInt(size.units), scale: size.scale };
    const { steps, exact } = stepsOf(decimalOf(of), exactStep);
    return exact ? steps : null;
  }

  it('NAT-10: counts the steps that the exact way counts, or leaves them to it', () => {
    fc.assert(
      fc.property(value, step, (of, size) => {
        const steps = shortSteps(of, size);
        if (Number.isNaN(steps)) return;
        expect(Object.is(steps, -0)).toBe(false);
        expect(BigInt(steps)).toBe(exactSteps(of, size));
      }),
      { numRuns: 5_000 },
    );
  });

  it('counts prices and quantities as they occur', () => {
    expect(shortSteps(430.25, { units: 1, scale: 2 })).toBe(43_025);
    expect(shortSteps('430.25', { units: 25, scale: 2 })).toBe(1_721);
    expect(shortSteps(-0, { units: 1, scale: 2 })).toBe(0);
    expect(shortSteps(1e-7, { units: 1, scale: 7 })).toBe(1);
    expect(shortSteps(0.1 + 0.2, { units: 1, scale: 1 })).toBeNaN();
    expect(shortSteps('1.255', { units: 1, scale: 2 })).toBeNaN();
  });
});

it('powers of ten are the exact ones', () => {
  for (let exponent = 0; exponent <= 22; exponent += 1) {
    expect(BigInt(powerOfTen(exponent))).toBe(10n ** BigInt(exponent));
  }
  expect([powerOfTen(-1), powerOfTen(23), powerOfTen(0.5)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});
