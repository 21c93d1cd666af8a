import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calmarRatio } from '#ts/quant/calmar-ratio.js';
import { periodRate, sharpeRatio } from '#ts/quant/sharpe-ratio.js';
import { downsideDeviation, sortinoRatio } from '#ts/quant/sortino-ratio.js';

const RETURNS = [0.02, -0.01, 0.03, 0];
const plain = { returns: RETURNS, periodsPerYear: 252, riskFreeAnn: 0 };

describe('sharpeRatio', () => {
  it('SIM-07: is the mean over the sample deviation, annualised', () => {
    // Mean 0.01; squared distances 1e-4 + 4e-4 + 4e-4 + 1e-4 = 1e-3, ÷ 3.
    const expected = (0.01 / Math.sqrt(1e-3 / 3)) * Math.sqrt(252);
    expect(sharpeRatio(plain)).toBeCloseTo(expected, 12);
  });

  it('subtracts the risk-free rate of a period', () => {
    const rate = periodRate({ rateAnn: 0.05, periodsPerYear: 252 });
    expect((1 + rate) ** 252).toBeCloseTo(1.05, 12);
    const expected = ((0.01 - rate) / Math.sqrt(1e-3 / 3)) * Math.sqrt(252);
    expect(sharpeRatio({ ...plain, riskFreeAnn: 0.05 })).toBeCloseTo(expected, 12);
  });

  it('gives null without deviation and for one return', () => {
    expect(sharpeRatio({ ...plain, returns: [0.01, 0.01, 0.01] })).toBeNull();
    expect(sharpeRatio({ ...plain, returns: [0.01] })).toBeNull();
    expect(sharpeRatio({ ...plain, returns: [] })).toBeNull();
  });

  it('does not change when all returns are scaled', () => {
    const sample = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(sample, (points) => {
        const returns = points.map((point) => point / 10_000);
        const once = sharpeRatio({ ...plain, returns });
        const twice = sharpeRatio({ ...plain, returns: returns.map((value) => value * 2) });
        if (once === null) expect(twice).toBeNull();
        else expect(twice).toBeCloseTo(once, 8);
      }),
    );
  });
});

describe('sortinoRatio', () => {
  it('divides by the downside deviation over all returns', () => {
    // Only −0.01 falls short: √(1e-4 ÷ 4) = 0.005.
    expect(downsideDeviation({ returns: RETURNS, targetFrac: 0 })).toBeCloseTo(0.005, 14);
    expect(sortinoRatio(plain)).toBeCloseTo((0.01 / 0.005) * Math.sqrt(252), 12);
  });

  it('gives null when no return falls short, or too few exist', () => {
    expect(sortinoRatio({ ...plain, returns: [0.01, 0.02] })).toBeNull();
    expect(sortinoRatio({ ...plain, returns: [-0.01] })).toBeNull();
    expect(downsideDeviation({ returns: [], targetFrac: 0 })).toBeNull();
  });
});

describe('calmarRatio', () => {
  it('divides growth by the maximum drawdown', () => {
    expect(calmarRatio({ cagrFrac: 0.1, maxDrawdownFrac: 0.25 })).toBe(0.4);
  });

  it('gives null without a growth rate or without a fall', () => {
    expect(calmarRatio({ cagrFrac: null, maxDrawdownFrac: 0.25 })).toBeNull();
    expect(calmarRatio({ cagrFrac: 0.1, maxDrawdownFrac: 0 })).toBeNull();
  });
});
