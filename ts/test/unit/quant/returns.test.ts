import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calendarDaysBetween,
  compoundAnnualGrowth,
  extremeReturn,
  simpleReturns,
  totalReturn,
} from '#ts/quant/returns.js';

describe('simpleReturns', () => {
  it('gives one return fewer than values', () => {
    expect(simpleReturns([100, 110, 99])).toEqual([110 / 100 - 1, 99 / 110 - 1]);
    expect(simpleReturns([100])).toEqual([]);
  });

  it('gives null once a value that must divide is not positive', () => {
    expect(simpleReturns([100, 0, 5])).toBeNull();
    expect(simpleReturns([100, -1])).toEqual([-1.01]);
  });

  it('compounds to the total return and does not depend on the unit of money', () => {
    const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(price, { minLength: 2, maxLength: 40 }), (values) => {
        const returns = simpleReturns(values) ?? [];
        const growth = returns.reduce((product, value) => product * (1 + value), 1);
        const total = totalReturn({ first: values[0] ?? 0, last: values[values.length - 1] ?? 0 });
        expect(growth / (1 + (total ?? 0))).toBeCloseTo(1, 6);
        const scaled = simpleReturns(values.map((value) => value * 8)) ?? [];
        expect(scaled).toEqual(returns);
      }),
    );
  });
});

describe('compoundAnnualGrowth', () => {
  it('gives the yearly rate that compounds to the change', () => {
    expect(compoundAnnualGrowth({ first: 100, last: 121, years: 2 })).toBeCloseTo(0.1, 14);
    expect(compoundAnnualGrowth({ first: 100, last: 50, years: 1 })).toBeCloseTo(-0.5, 14);
  });

  it('gives null under 90 days and without positive values', () => {
    expect(compoundAnnualGrowth({ first: 100, last: 110, years: 0.2 })).toBeNull();
    expect(compoundAnnualGrowth({ first: 100, last: 0, years: 5 })).toBeNull();
    expect(compoundAnnualGrowth({ first: 0, last: 5, years: 5 })).toBeNull();
  });
});

describe('extremeReturn', () => {
  const points = [100, 105, 84, 88.2].map((value, index) => ({ tsMs: index, value }));

  it('names the day of the largest and of the smallest return, the first of equals', () => {
    expect(extremeReturn(points, 'best')).toEqual({ tsMs: 1, frac: 105 / 100 - 1 });
    expect(extremeReturn(points, 'worst')).toEqual({ tsMs: 2, frac: 84 / 105 - 1 });
  });

  it('gives null for a single point', () => {
    expect(extremeReturn(points.slice(0, 1), 'best')).toBeNull();
  });
});

it('counts calendar days by UTC date, not by hours', () => {
  const firstTsMs = Date.parse('2020-02-28T23:59:59Z');
  expect(calendarDaysBetween({ firstTsMs, lastTsMs: Date.parse('2020-03-01T00:00:00Z') })).toBe(2);
});
