import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  groupContributions,
  normalMultipliers,
  parametricContributions,
  sampleCovarianceMatrix,
  scenarioContributions,
} from '#ts/quant/index.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { returnTable } from '../../../support/sp500-returns.js';

const rows = returnTable(400, 5);
const covariance = sampleCovarianceMatrix(rows);
const level = 0.975;
const multipliers = normalMultipliers(level);
const exposures = [100_000, -40_000, 60_000, 25_000, -10_000];
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

describe('risk contributions', () => {
  it('PRISK-02: components add up to the total to 1e-10, whatever the portfolio', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (random) => {
          const held = random.map((value, index) => value + (index === 0 ? 2e6 : 0));
          const means = [0.001, 0, -0.002, 0.0005, 0];
          const found = [
            parametricContributions({ exposures: held, covariance, means, level, multipliers }),
            scenarioContributions({ exposures: held, rows, level }),
          ];
          return found.every(({ total, positions }) => {
            const value = sum(positions.map(({ componentVar }) => componentVar));
            const beyond = sum(positions.map(({ componentCvar }) => componentCvar));
            return (
              Math.abs(value / total.var - 1) < 1e-10 && Math.abs(beyond / total.cvar - 1) < 1e-10
            );
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('marginal figures are the slope of the total', () => {
    const at = (held: readonly number[]) =>
      parametricContributions({ exposures: held, covariance, level, multipliers });
    const { positions } = at(exposures);
    exposures.forEach((exposure, index) => {
      const moved = (step: number) =>
        at(exposures.map((value, other) => (other === index ? exposure + step : value))).total;
      const slope = (moved(10).var - moved(-10).var) / 20;
      expect(positions[index]?.marginalVar).toBeCloseTo(slope, 7);
      expect(positions[index]?.marginalCvar).toBeCloseTo(
        (moved(10).cvar - moved(-10).cvar) / 20,
        7,
      );
    });
  });

  it('incremental figures are the total less the total without', () => {
    const without = exposures.map((value, index) => (index === 2 ? 0 : value));
    for (const split of [
      (held: readonly number[]) =>
        parametricContributions({ exposures: held, covariance, level, multipliers }),
      (held: readonly number[]) => scenarioContributions({ exposures: held, rows, level }),
    ]) {
      const { total, positions } = split(exposures);
      expect(positions[2]?.incrementalVar).toBeCloseTo(total.var - split(without).total.var, 6);
      expect(positions[2]?.incrementalCvar).toBeCloseTo(total.cvar - split(without).total.cvar, 6);
    }
  });

  it('weights of scenarios carry over to the parts', () => {
    const weights = rows.map((_, index) => (index < 200 ? 0.25 : 0.75) / 200);
    const { total, positions } = scenarioContributions({ exposures, rows, level, weights });
    expect(sum(positions.map(({ componentCvar }) => componentCvar))).toBeCloseTo(total.cvar, 6);
  });

  it('adds up by desk', () => {
    const { total, positions } = scenarioContributions({ exposures, rows, level });
    const groups = groupContributions(positions, ['a', 'b', 'a', 'b', 'c']);
    expect(groups.map(({ group, positions: count }) => [group, count])).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 1],
    ]);
    expect(sum(groups.map(({ componentCvar }) => componentCvar))).toBeCloseTo(total.cvar, 6);
    expect(groups[2]?.componentVar).toBe(positions[4]?.componentVar);
  });

  it('refuses a portfolio without risk', () => {
    const flat = () =>
      parametricContributions({ exposures: [0, 0, 0, 0, 0], covariance, level, multipliers });
    expect(thrownBy(flat).code).toBe('VOLATILITY_ZERO');
  });
});
