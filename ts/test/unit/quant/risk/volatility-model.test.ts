import { describe, expect, it } from 'vitest';
import { ewmaVolatility, filteredSimulation, fitGarch } from '#ts/quant/index.js';
import { ScenarioDraws } from '#ts/quant/distribution/philox.js';
import { path } from '#ts/quant/risk/volatility-model.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { sp500Returns } from '../../../support/sp500-returns.js';

describe('volatility models', () => {
  it("take the steps of Hull's examples", () => {
    const ewma = path([0.02], 0, { omega: 0, alpha: 0.1, beta: 0.9 });
    // The first variance of the path is the mean square itself, so the step is taken by hand too.
    expect(ewma.next).toBeCloseTo(0.1 * 0.02 ** 2 + 0.9 * 0.02 ** 2, 15);
    const garch = { omega: 0.000_002, alpha: 0.13, beta: 0.86 };
    expect(garch.omega + garch.alpha * 0.01 ** 2 + garch.beta * 0.016 ** 2).toBeCloseTo(
      0.000_235_16,
      12,
    );
    const [, second = 0] = path([0.01, 0.03], 0, garch).variances;
    const [first = 0] = path([0.01, 0.03], 0, garch).variances;
    expect(second).toBeCloseTo(garch.omega + garch.alpha * 0.01 ** 2 + garch.beta * first, 15);
  });

  it('EWMA weighs by the decay', () => {
    const { recursion, mean, next } = ewmaVolatility([0.01, -0.02, 0.03], { decay: 0.9 });
    expect(recursion).toEqual({ omega: 0, alpha: expect.closeTo(0.1, 12), beta: 0.9 });
    const start = (0.01 ** 2 + 0.02 ** 2 + 0.03 ** 2) / 3;
    const step = (variance: number, value: number) => 0.9 * variance + 0.1 * value ** 2;
    expect(next).toBeCloseTo(step(step(step(start, 0.01), -0.02), 0.03), 15);
    expect(mean).toBe(0);
  });

  it('GARCH finds what the package arch 8.0.0 finds on twenty years of the S&P 500', () => {
    const { mean, recursion, logLikelihood } = fitGarch(sp500Returns().map((value) => 100 * value));
    expect(mean).toBeCloseTo(0.0631, 3);
    expect(recursion.omega).toBeCloseTo(0.021_754, 4);
    expect(recursion.alpha).toBeCloseTo(0.123_916, 4);
    expect(recursion.beta).toBeCloseTo(0.861_098, 4);
    expect(logLikelihood).toBeCloseTo(-6_982.58, 1);
  });

  it('GARCH stands at a maximum: no small change of a parameter is likelier', () => {
    const returns = sp500Returns().slice(0, 1_000);
    const fit = fitGarch(returns);
    const likelihood = (mean: number, recursion: typeof fit.recursion) =>
      path(returns, mean, recursion).variances.reduce(
        (sum, variance, index) =>
          sum -
          0.5 * (Math.log(2 * Math.PI * variance) + ((returns[index] ?? 0) - mean) ** 2 / variance),
        0,
      );
    expect(likelihood(fit.mean, fit.recursion)).toBeCloseTo(fit.logLikelihood, 6);
    for (const name of ['omega', 'alpha', 'beta'] as const) {
      for (const factor of [0.99, 1.01]) {
        const changed = { ...fit.recursion, [name]: fit.recursion[name] * factor };
        expect(likelihood(fit.mean, changed)).toBeLessThan(fit.logLikelihood + 1e-7);
      }
    }
  });

  it('GARCH finds the parameters that made a series', () => {
    const draws = new ScenarioDraws({ seed: 11, scenario: 0, stream: 3 });
    let variance = 1;
    const returns = Array.from({ length: 12_000 }, () => {
      const shock = draws.normal() * Math.sqrt(variance);
      variance = 0.05 + 0.1 * shock * shock + 0.85 * variance;
      return 0.02 + shock;
    });
    const { recursion } = fitGarch(returns);
    expect(recursion.alpha).toBeCloseTo(0.1, 1);
    expect(Math.abs(recursion.beta - 0.85)).toBeLessThan(0.03);
  });

  it('does not depend on the unit of the returns', () => {
    const returns = sp500Returns().slice(0, 600);
    const one = fitGarch(returns);
    const other = fitGarch(returns.map((value) => value * 1e4));
    expect(other.recursion.alpha).toBeCloseTo(one.recursion.alpha, 6);
    expect(other.recursion.omega / (one.recursion.omega * 1e8)).toBeCloseTo(1, 4);
  });

  it('says when there is nothing to fit', () => {
    const code = (returns: readonly number[]) => thrownBy(() => fitGarch(returns)).code;
    expect(code(Array.from({ length: 200 }, () => 0.5))).toBe('VOLATILITY_ZERO');
    expect(code(sp500Returns().slice(0, 50))).toBe('OBSERVATIONS_TOO_FEW');
    expect(code([...sp500Returns().slice(0, 200), Number.POSITIVE_INFINITY])).toBe(
      'RETURNS_INVALID',
    );
    const huge = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 1e200 : -1e200));
    expect(code(huge)).toBe('FIT_FAILED');
  });

  it('filtering gives today the volatility of today', () => {
    const returns = sp500Returns();
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    const calm = filteredSimulation(returns.slice(3_000, 3_600), { model: 'ewma' });
    const storm = filteredSimulation(returns.slice(-600), { model: 'ewma' });
    expect(spread(storm.outcomes)).toBeGreaterThan(2 * spread(calm.outcomes));
    expect(storm.outcomes).toHaveLength(600);
  });
});
