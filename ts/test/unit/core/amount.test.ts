import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Amount, AMOUNT_SCALE, divide, type Rounding } from '#ts/core/amount.js';
import { thrownBy } from '../../support/thrown-error.js';

const MAX = 2n ** 127n - 1n;
const MIN = -(2n ** 127n);
const usd = (text: string) => Amount.parse(text, 'USD');
const raw = fc.oneof(
  fc.bigInt({ min: MIN, max: MAX }),
  fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
  fc.constantFrom(MAX, MIN, 0n, 1n, -1n),
);
const inRange = (value: bigint) => value <= MAX && value >= MIN;

/** What an operation gives: the exact result where it fits, and nothing but the overflow where not. */
function expectExactOrOverflow(call: () => Amount, exact: bigint): void {
  if (inRange(exact)) expect(call().raw).toBe(exact);
  else expect(thrownBy(call).code).toBe('AMOUNT_OVERFLOW');
}

describe('NAT-10: Amount', () => {
  it('is exact where floats are not', () => {
    expect(usd('0.1').plus(usd('0.2')).toString()).toBe('0.3');
    expect(usd('1.10').times(3n).toString()).toBe('3.3');
    expect(AMOUNT_SCALE).toBe(18);
  });

  it('parse of print is the identity, over the whole range', () => {
    fc.assert(
      fc.property(raw, (value) => {
        const amount = Amount.fromRaw(value, 'EUR');
        expect(Amount.parse(amount.toString(), 'EUR').raw).toBe(value);
        expect(JSON.parse(JSON.stringify({ amount }))).toEqual({ amount: amount.toString() });
      }),
    );
  });

  it('adds, subtracts, multiplies and negates exactly, or says AMOUNT_OVERFLOW', () => {
    fc.assert(
      fc.property(
        raw,
        raw,
        fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
        (left, right, factor) => {
          const [one, two] = [Amount.fromRaw(left, 'USD'), Amount.fromRaw(right, 'USD')];
          expectExactOrOverflow(() => one.plus(two), left + right);
          expectExactOrOverflow(() => one.minus(two), left - right);
          expectExactOrOverflow(() => one.times(factor), left * factor);
          expectExactOrOverflow(() => one.negated(), -left);
        },
      ),
    );
  });

  it('adds in any order to the same sum', () => {
    const small = fc.bigInt({ min: MIN / 4n, max: MAX / 4n });
    fc.assert(
      fc.property(small, small, small, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((value) => Amount.fromRaw(value, 'USD')) as [
          Amount,
          Amount,
          Amount,
        ];
        expect(
          x
            .plus(y)
            .plus(z)
            .equals(x.plus(y.plus(z))),
        ).toBe(true);
        expect(x.plus(y).equals(y.plus(x))).toBe(true);
        expect(x.plus(y).minus(y).equals(x)).toBe(true);
      }),
    );
  });

  it('overflows at the very edge and not before', () => {
    const top = Amount.fromRaw(MAX, 'USD');
    const bottom = Amount.fromRaw(MIN, 'USD');
    const one = Amount.fromRaw(1n, 'USD');
    expect(top.toString()).toBe('170141183460469231731.687303715884105727');
    expect(top.minus(one).plus(one).equals(top)).toBe(true);
    for (const call of [
      () => top.plus(one),
      () => bottom.minus(one),
      () => bottom.negated(),
      () => top.times(2n),
      () => top.timesRatio(5n, 4n, 'floor'),
      () => Amount.fromRaw(MAX + 1n, 'USD'),
      () => Amount.fromRaw(MIN - 1n, 'USD'),
      () => usd('170141183460469231731.687303715884105728'),
    ]) {
      const error = thrownBy(call);
      expect(error.code).toBe('AMOUNT_OVERFLOW');
      expect(error.context['operation']).toEqual(expect.any(String));
    }
    expect(top.timesRatio(3n, 4n, 'floor').raw).toBe((MAX * 3n) / 4n);
  });

  it('AMOUNT_TOO_PRECISE: never rounds digits away that it cannot hold', () => {
    expect(usd('0.000000000000000001').raw).toBe(1n);
    expect(usd('1.0000000000000000000000').raw).toBe(10n ** 18n);
    const error = thrownBy(() => usd('0.0000000000000000005'));
    expect(error.code).toBe('AMOUNT_TOO_PRECISE');
    expect(error.context['value']).toBe('0.0000000000000000005');
  });

  it('CURRENCY_MISMATCH: never combines two currencies', () => {
    const [dollar, euro] = [usd('1'), Amount.parse('1', 'EUR')];
    for (const call of [
      () => dollar.plus(euro),
      () => dollar.minus(euro),
      () => dollar.compare(euro),
    ]) {
      const error = thrownBy(call);
      expect(error.code).toBe('CURRENCY_MISMATCH');
      expect(error.context).toEqual({ left: 'USD', right: 'EUR' });
    }
    expect(dollar.equals(euro)).toBe(false);
  });

  it('compares by value', () => {
    expect(usd('1.0').equals(usd('1'))).toBe(true);
    expect([
      usd('1').compare(usd('2')),
      usd('2').compare(usd('2')),
      usd('3').compare(usd('2')),
    ]).toEqual([-1, 0, 1]);
  });

  it('gives the nearest float for analytics', () => {
    fc.assert(
      fc.property(raw, (value) => {
        const amount = Amount.fromRaw(value, 'USD');
        expect(amount.toNumber()).toBe(Number(amount.toString()));
      }),
    );
  });
});

describe('Amount.fromUnits', () => {
  const units = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.constantFrom(0, 1, -1, 10 ** 14, 10 ** 14 - 1, -(10 ** 14), 2 ** 53 - 1, 1 - 2 ** 53),
  );

  it('NAT-10: is units × 10^-scale, exactly, over the whole range of both', () => {
    fc.assert(
      fc.property(units, fc.nat({ max: 18 }), (count, scale) => {
        const exact = BigInt(count) * 10n ** BigInt(18 - scale);
        expect(Amount.fromUnits({ units: count, scale }, 'USD').raw).toBe(exact);
      }),
      { numRuns: 2_000 },
    );
  });

  it('ARGUMENT_INVALID: refuses what is not counted exactly', () => {
    for (const [count, scale] of [
      [2 ** 53, 2],
      [0.5, 4],
      [0.5, 2],
      [Number.NaN, 0],
      [1, -1],
      [1, 19],
      [1, 1.5],
      [1, Number.NaN],
    ] as const) {
      const error = thrownBy(() => Amount.fromUnits({ units: count, scale }, 'USD'));
      expect(error.code).toBe('ARGUMENT_INVALID');
    }
  });
});

describe('equal amounts', () => {
  it('are deeply equal however they came about, and other ones are not', () => {
    fc.assert(
      fc.property(raw, raw, (left, right) => {
        const amount = Amount.fromRaw(left, 'USD');
        expect(usd(amount.toString())).toStrictEqual(amount);
        if (inRange(left - right)) {
          const difference = amount.minus(Amount.fromRaw(right, 'USD'));
          expect(difference).toStrictEqual(Amount.fromRaw(left - right, 'USD'));
        }
        if (inRange(left * 7n)) {
          expect(amount.times(7n)).toStrictEqual(Amount.fromRaw(left * 7n, 'USD'));
        }
        if (left !== right) expect(amount).not.toEqual(Amount.fromRaw(right, 'USD'));
      }),
    );
    expect(usd('0').times(-1n)).toStrictEqual(usd('-0'));
    expect(usd('-0.5').plus(usd('0.50'))).toStrictEqual(usd('0'));
    expect(usd('1')).not.toEqual(Amount.parse('1', 'EUR'));
  });
});

describe('timesRatio and divide', () => {
  const modes: readonly Rounding[] = ['floor', 'ceil', 'towards_zero', 'half_even'];
  const divisor = fc
    .bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    .filter((value) => value !== 0n);

  it('round every sign as named', () => {
    const cases: [bigint, bigint, Record<Rounding, bigint>][] = [
      [7n, 2n, { floor: 3n, ceil: 4n, towards_zero: 3n, half_even: 4n }],
      [-7n, 2n, { floor: -4n, ceil: -3n, towards_zero: -3n, half_even: -4n }],
      [7n, -2n, { floor: -4n, ceil: -3n, towards_zero: -3n, half_even: -4n }],
      [-7n, -2n, { floor: 3n, ceil: 4n, towards_zero: 3n, half_even: 4n }],
      [5n, 2n, { floor: 2n, ceil: 3n, towards_zero: 2n, half_even: 2n }],
      [-5n, 2n, { floor: -3n, ceil: -2n, towards_zero: -2n, half_even: -2n }],
      [7n, 3n, { floor: 2n, ceil: 3n, towards_zero: 2n, half_even: 2n }],
      [8n, 3n, { floor: 2n, ceil: 3n, towards_zero: 2n, half_even: 3n }],
      [6n, 3n, { floor: 2n, ceil: 2n, towards_zero: 2n, half_even: 2n }],
    ];
    for (const [numerator, denominator, expected] of cases) {
      for (const mode of modes) {
        expect(divide(numerator, denominator, mode), `${numerator}/${denominator} ${mode}`).toBe(
          expected[mode],
        );
      }
    }
  });

  it('stay within one of the exact quotient, and half_even within one half', () => {
    fc.assert(
      fc.property(raw, divisor, (numerator, denominator) => {
        const [floor, ceil, zero, even] = modes.map((mode) =>
          divide(numerator, denominator, mode),
        ) as [bigint, bigint, bigint, bigint];
        expect(ceil - floor).toBe(numerator % denominator === 0n ? 0n : 1n);
        expect(zero).toBe(numerator / denominator);
        expect(even === floor || even === ceil).toBe(true);
        const distance = (even * denominator - numerator) * 2n;
        const bound = denominator < 0n ? -denominator : denominator;
        expect(distance <= bound && -distance <= bound).toBe(true);
      }),
    );
  });

  it('round once, after multiplying', () => {
    expect(usd('1').timesRatio(1n, 3n, 'floor').toString()).toBe('0.333333333333333333');
    expect(usd('1').timesRatio(2n, 3n, 'half_even').toString()).toBe('0.666666666666666667');
    expect(usd('-1').timesRatio(1n, 3n, 'ceil').toString()).toBe('-0.333333333333333333');
    expect(usd('1').timesRatio(1n, 3n, 'ceil').currency).toBe('USD');
  });

  it('DIVISION_BY_ZERO: refuse a zero divisor', () => {
    expect(thrownBy(() => usd('1').timesRatio(1n, 0n, 'floor')).code).toBe('DIVISION_BY_ZERO');
    expect(thrownBy(() => divide(0n, 0n, 'ceil')).code).toBe('DIVISION_BY_ZERO');
  });
});
