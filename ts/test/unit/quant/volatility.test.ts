import { describe, expect, it } from 'vitest';
import { annualizedVolatility, rollingVolatility } from '#ts/quant/volatility.js';

describe('annualizedVolatility', () => {
  it('multiplies the sample deviation by the root of the periods', () => {
    // Mean 0, squares 2 × 0.0001, ÷ (2 − 1): deviation 0.01 × √2.
    const volAnn = annualizedVolatility({ returns: [0.01, -0.01], periodsPerYear: 252 });
    expect(volAnn).toBeCloseTo(0.01 * Math.sqrt(2) * Math.sqrt(252), 14);
  });

  it('gives null for one return', () => {
    expect(annualizedVolatility({ returns: [0.01], periodsPerYear: 252 })).toBeNull();
  });
});

describe('rollingVolatility', () => {
  it('is null until the window is full, then looks at the window alone', () => {
    const rolling = rollingVolatility({
      values: [100, 101, 99.99, 99.99, 99.99],
      windowDays: 2,
      periodsPerYear: 1,
    });
    expect(rolling?.slice(0, 2)).toEqual([null, null]);
    expect(rolling?.[2]).toBeCloseTo(0.01 * Math.sqrt(2), 12);
    expect(rolling?.[4]).toBe(0);
  });

  it('gives null as a whole when there are no returns', () => {
    expect(rollingVolatility({ values: [1, 0, 1], windowDays: 2, periodsPerYear: 1 })).toBeNull();
  });
});
