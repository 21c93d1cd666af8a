import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cornishFisherMultipliers,
  cornishFisherValid,
  normalMultipliers,
  profitDistribution,
  RISK_METHODS,
  studentDegrees,
  studentMultipliers,
  weightedTail,
} from '#ts/quant/index.js';
import { normalQuantile } from '#ts/quant/distribution/normal.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { sp500Returns } from '../../../support/sp500-returns.js';

const returns = sp500Returns().slice(-1_000);
const codeOf = (act: () => unknown) => thrownBy(act).code;
const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 40,
  maxLength: 120,
});

describe('weightedTail', () => {
  it('follows the definition on samples made by hand', () => {
    const outcomes = Array.from({ length: 100 }, (_, index) => index - 50);
    expect(weightedTail(outcomes, 0.95)).toMatchObject({ var: 45, cvar: expect.closeTo(48, 12) });
    const ten = weightedTail([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0.75);
    expect(ten.var).toBe(-2);
    expect(ten.cvar).toBeCloseTo(-(0 + 1 + 0.5 * 2) / 2.5, 14);
  });

  it('gives an old outcome the weight it has', () => {
    const outcomes = [-9, ...Array.from({ length: 19 }, () => 1), -5];
    const weights = outcomes.map((_, index) => (index === 0 ? 0.01 : 0.99 / 20));
    const tail = weightedTail(outcomes, 0.95, weights);
    expect(tail.var).toBe(5);
    expect(tail.cvar).toBeCloseTo((0.01 * 9 + 0.04 * 5) / 0.05, 12);
    expect(tail.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('takes the last outcome when weights do not fill the tail', () => {
    expect(weightedTail([-1, -2], 0.4, [0.1, 0.1]).var).toBe(1);
  });

  it('refuses what has no tail', () => {
    for (const level of [0, 1, -1, Number.NaN]) {
      expect(codeOf(() => weightedTail([1, 2, 3], level))).toBe('ARGUMENT_INVALID');
    }
    expect(codeOf(() => weightedTail(returns.slice(0, 99), 0.99))).toBe('SAMPLE_TOO_SMALL');
    expect(weightedTail(returns.slice(0, 100), 0.99).var).toBeGreaterThan(0);
    expect(codeOf(() => weightedTail([1, Number.NaN, 2], 0.5))).toBe('RETURNS_INVALID');
  });

  it('PRISK-02: moves, scales and rises as a coherent measure must', () => {
    fc.assert(
      fc.property(
        sample,
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0.5, max: 0.97, noNaN: true }),
        (outcomes, shift, scale, level) => {
          const plain = weightedTail(outcomes, level);
          const moved = weightedTail(
            outcomes.map((x) => x * scale + shift),
            level,
          );
          const higher = weightedTail(outcomes, level + (0.975 - level) / 2);
          const close = (a: number, b: number) => Math.abs(a - b) <= 1e-6;
          return (
            plain.cvar >= plain.var - 1e-6 &&
            close(moved.var, plain.var * scale - shift) &&
            close(moved.cvar, plain.cvar * scale - shift) &&
            higher.var >= plain.var &&
            higher.cvar >= plain.cvar - 1e-6
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('PRISK-02: the CVaR of a sum is at most the sum of the CVaRs', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: -1e3, max: 1e3, noNaN: true }),
            fc.double({ min: -1e3, max: 1e3, noNaN: true }),
          ),
          { minLength: 40, maxLength: 120 },
        ),
        fc.double({ min: 0.5, max: 0.97, noNaN: true }),
        (pairs, level) => {
          const cvar = (outcomes: readonly number[]) => weightedTail(outcomes, level).cvar;
          const both = cvar(pairs.map(([a, b]) => a + b));
          return both <= cvar(pairs.map(([a]) => a)) + cvar(pairs.map(([, b]) => b)) + 1e-9;
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('multipliers', () => {
  it.each([
    [0.95, 1.644_853_626_951_472_2, 2.062_712_807_507_425_7],
    [0.975, 1.959_963_984_540_054, 2.337_802_792_201_413_3],
    [0.99, 2.326_347_874_040_840_8, 2.665_214_220_345_806],
  ])('normal, %d: the published ones', (level, atRisk, cvar) => {
    expect(normalMultipliers(level).var).toBeCloseTo(atRisk, 12);
    expect(normalMultipliers(level).cvar).toBeCloseTo(cvar, 12);
  });

  it('Student t: the published ones, scaled to deviation 1', () => {
    const { var: atRisk, cvar } = studentMultipliers(0.99, 4);
    expect(atRisk).toBeCloseTo(3.746_947_388 / Math.SQRT2, 9);
    expect(cvar).toBeCloseTo(5.220_584_194_5 / Math.SQRT2, 9);
    expect(codeOf(() => studentMultipliers(0.99, 2))).toBe('ARGUMENT_INVALID');
    expect([studentDegrees(3), studentDegrees(-1)]).toEqual([6, Infinity]);
  });

  it('Cornish–Fisher is the normal distribution without skewness and kurtosis', () => {
    const plain = cornishFisherMultipliers(0.99, { skewness: 0, excessKurtosis: 0 });
    expect(plain.var).toBeCloseTo(normalMultipliers(0.99).var, 12);
    expect(plain.cvar).toBeCloseTo(normalMultipliers(0.99).cvar, 12);
  });

  it('the CVaR of Cornish–Fisher is the mean of its quantiles', () => {
    const shape = { skewness: -0.4, excessKurtosis: 2 };
    const { cvar } = cornishFisherMultipliers(0.95, shape);
    const steps = 20_000;
    let sum = 0;
    for (let step = 0; step < steps; step += 1) {
      sum += cornishFisherMultipliers(1 - (0.05 * (step + 0.5)) / steps, shape).var;
    }
    expect(cvar).toBeCloseTo(sum / steps, 3);
  });

  it('Cornish–Fisher refuses what lies outside its domain', () => {
    expect(cornishFisherValid({ skewness: 0, excessKurtosis: 8 })).toBe(true);
    expect(cornishFisherValid({ skewness: 0, excessKurtosis: 8.001 })).toBe(false);
    expect(cornishFisherValid({ skewness: 0, excessKurtosis: -0.1 })).toBe(false);
    expect(cornishFisherValid({ skewness: 1, excessKurtosis: 0 })).toBe(false);
    expect(codeOf(() => cornishFisherMultipliers(0.99, { skewness: 0, excessKurtosis: 20 }))).toBe(
      'EXPANSION_INVALID',
    );
  });
});

describe('profitDistribution', () => {
  it.each(RISK_METHODS)('%s: states what it is and agrees with its own quantile', (method) => {
    const found = profitDistribution(returns.slice(0, 700), method);
    const { var: atRisk, cvar } = found.figures(0.99);
    expect(found).toMatchObject({ method, horizon: 1 });
    expect(found.basis).toMatch(/700/);
    expect(atRisk).toBeGreaterThan(0.005);
    expect(cvar).toBeGreaterThan(atRisk);
    expect(found.quantile(0.01)).toBeCloseTo(-atRisk, 10);
    expect(found.figures(0.95).var).toBeLessThan(atRisk);
  });

  it.each(['normal', 'student_t', 'historical'] as const)('%s: a longer horizon', (method) => {
    const one = profitDistribution(returns, method).figures(0.99).var;
    const ten = profitDistribution(returns, method, { horizon: 10 }).figures(0.99).var;
    expect(ten / one).toBeGreaterThan(2.4);
    expect(ten / one).toBeLessThan(3.5);
  });

  it('takes overlapping windows when asked, paths of the volatility when filtered', () => {
    const windows = profitDistribution([1, 2, 3, 4, -20, 6], 'historical', {
      horizon: 2,
      scaling: 'overlapping',
    });
    expect(windows.figures(0.8).var).toBe(14);
    const paths = profitDistribution(returns, 'filtered_garch', { horizon: 10, seed: 3 });
    const again = profitDistribution(returns, 'filtered_garch', { horizon: 10, seed: 3 });
    expect(paths.figures(0.99)).toEqual(again.figures(0.99));
    const other = profitDistribution(returns, 'filtered_garch', { horizon: 10, seed: 4 });
    expect(other.figures(0.99).var).not.toBe(paths.figures(0.99).var);
    expect(other.figures(0.99).var / paths.figures(0.99).var).toBeCloseTo(1, 0);
  });

  it('of a normal sample all methods agree', () => {
    const normal = Array.from({ length: 999 }, (_, index) => normalQuantile((index + 0.5) / 999));
    for (const method of ['historical', 'normal', 'student_t'] as const) {
      expect(profitDistribution(normal, method).figures(0.95).var).toBeCloseTo(1.645, 1);
    }
    expect(profitDistribution(normal, 'student_t').basis).toMatch(/no fat tail/);
  });

  it('refuses samples without deviation, with holes, or too small', () => {
    expect(codeOf(() => profitDistribution([0, 0, 0], 'normal'))).toBe('VOLATILITY_ZERO');
    expect(codeOf(() => profitDistribution([1, Number.NaN], 'normal'))).toBe('RETURNS_INVALID');
    expect(codeOf(() => profitDistribution([1], 'normal'))).toBe('OBSERVATIONS_TOO_FEW');
    expect(codeOf(() => profitDistribution(returns.slice(0, 99), 'filtered_garch'))).toBe(
      'OBSERVATIONS_TOO_FEW',
    );
    expect(codeOf(() => profitDistribution(returns, 'normal').figures(1))).toBe('ARGUMENT_INVALID');
  });
});
