import { describe, expect, it } from 'vitest';
import {
  acerbiSzekelyTest,
  baselTrafficLight,
  conditionalCoverageTest,
  independenceTest,
  kupiecTest,
  normalMultipliers,
  transitionsOf,
} from '#ts/quant/index.js';
import { normalQuantile } from '#ts/quant/distribution/normal.js';
import { ScenarioDraws } from '#ts/quant/distribution/philox.js';
import { thrownBy } from '../../../support/thrown-error.js';

describe('kupiecTest', () => {
  it.each([
    [224, 5, 2.544_115, 0.110_706],
    [224, 7, 6.534_991, 0.010_577],
    [250, 0, 5.025_168, null],
    [250, 4, 0.769_138, null],
    [250, 5, 1.956_81, null],
    [250, 9, 10.229_031, null],
    [1_000, 12, 0.379_76, null],
  ])('%d days, %d exceptions: the published ratio', (observations, exceptions, ratio, pValue) => {
    const found = kupiecTest({ observations, exceptions, level: 0.99 });
    expect(found.statistic).toBeCloseTo(ratio, 6);
    if (pValue !== null) expect(found.pValue).toBeCloseTo(pValue, 6);
  });

  // Kupiec 1995: numbers of exceptions that are not rejected at 5 %, both ends exclusive. His first row, N < 7, leaves
  // out that no exception in 255 days is rejected too (ratio 5.13).
  it.each([
    [0.01, 255, 0, 7],
    [0.01, 510, 1, 11],
    [0.01, 1_000, 4, 17],
    [0.025, 255, 2, 12],
    [0.025, 510, 6, 21],
    [0.025, 1_000, 15, 36],
    [0.05, 255, 6, 21],
    [0.05, 510, 16, 36],
    [0.05, 1_000, 37, 65],
    [0.075, 255, 11, 28],
    [0.075, 510, 27, 51],
    [0.075, 1_000, 59, 92],
    [0.1, 255, 16, 36],
    [0.1, 510, 38, 65],
    [0.1, 1_000, 81, 120],
  ])('p %d, %d days: the published region', (probability, observations, above, below) => {
    const kept = (exceptions: number) =>
      kupiecTest({ observations, exceptions, level: 1 - probability }).statistic < 3.841;
    expect(kept(above + 1) && kept(below - 1)).toBe(true);
    expect(kept(below)).toBe(false);
    expect(kept(above)).toBe(false);
  });

  it('refuses impossible counts', () => {
    for (const exceptions of [-1, 251, Number.NaN]) {
      const call = () => kupiecTest({ observations: 250, exceptions, level: 0.99 });
      expect(thrownBy(call).code).toBe('ARGUMENT_INVALID');
    }
  });
});

describe('Christoffersen', () => {
  it.each([
    [{ n00: 232, n01: 12, n10: 4, n11: 2 }, 4.575_878, 0.032_425],
    [{ n00: 233, n01: 8, n10: 8, n11: 1 }, 1.012_179, 0.314_381],
    [{ n00: 930, n01: 45, n10: 45, n11: 23 }, 51.063_645, null],
  ])('%j: the published ratio', (counts, ratio, pValue) => {
    const found = independenceTest(counts);
    expect(found.statistic).toBeCloseTo(ratio, 5);
    if (pValue !== null) expect(found.pValue).toBeCloseTo(pValue, 6);
  });

  it('counts transitions, and adds both tests up', () => {
    const hits = [false, true, true, false, false, true, false, false, false, false];
    expect(transitionsOf(hits)).toEqual({ n00: 4, n01: 2, n10: 2, n11: 1 });
    const joint = conditionalCoverageTest(hits, 0.8);
    const parts =
      kupiecTest({ observations: 10, exceptions: 3, level: 0.8 }).statistic +
      independenceTest(transitionsOf(hits)).statistic;
    expect(joint.statistic).toBeCloseTo(parts, 12);
    expect(joint.degrees).toBe(2);
    expect(joint.pValue).toBeCloseTo(Math.exp(-parts / 2), 12);
  });

  it('without any exception nothing speaks against independence', () => {
    expect(independenceTest(transitionsOf([false, false, false]))).toMatchObject({
      statistic: 0,
      pValue: 1,
    });
  });
});

describe('baselTrafficLight', () => {
  const cumulated = [8.11, 28.58, 54.32, 75.81, 89.22, 95.88, 98.63, 99.6, 99.89, 99.97, 99.99];
  const factors = [0, 0, 0, 0, 0, 0.4, 0.5, 0.65, 0.75, 0.85, 1];

  it.each(cumulated.map((percent, exceptions) => [exceptions, percent] as const))(
    '%d exceptions: the published probability %d %%, zone and factor',
    (exceptions, percent) => {
      const found = baselTrafficLight({ exceptions });
      expect(Math.abs(100 * found.cumulativeProbability - percent)).toBeLessThan(0.006);
      expect(found.plusFactor).toBe(factors[exceptions]);
      const zone = exceptions < 5 ? 'green' : exceptions < 10 ? 'yellow' : 'red';
      expect(found.zone).toBe(zone);
    },
  );

  it('takes other samples, without a factor on capital', () => {
    const found = baselTrafficLight({ exceptions: 500, observations: 500, level: 0.95 });
    expect(found).toEqual({ zone: 'red', cumulativeProbability: 1, plusFactor: null });
    expect(thrownBy(() => baselTrafficLight({ exceptions: -1 })).code).toBe('ARGUMENT_INVALID');
  });
});

describe('acerbiSzekelyTest', () => {
  const level = 0.975;
  const normal = normalMultipliers(level);

  /** Days whose forecast is standard normal while profits are that times `scale`. */
  const days = (count: number, scale: number, seed: number) =>
    Array.from({ length: count }, (_, scenario) => ({
      profit: scale * new ScenarioDraws({ seed, scenario, stream: 4 }).normal(),
      ...normal,
      quantile: normalQuantile,
    }));

  it('rejects a right forecast as often as its p-value says, over 40 seeds', () => {
    const pValues = Array.from({ length: 40 }, (_, seed) =>
      acerbiSzekelyTest(days(500, 1, seed + 1), level, { histories: 400, seed: 99 }),
    );
    for (const name of ['z1PValue', 'z2PValue'] as const) {
      const values = pValues.map((test) => test[name] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      // Uniform p-values have the mean ½ with a standard error of 0.289 ÷ √40.
      expect(Math.abs(mean - 0.5)).toBeLessThan(4 * 0.046);
    }
  });

  it('rejects a forecast that is too small by a third', () => {
    const test = acerbiSzekelyTest(days(1_000, 1.5, 7), level, { histories: 500 });
    expect(test.z2).toBeLessThan(-0.5);
    expect(test.z2PValue).toBeLessThan(0.01);
    expect(test.z1 ?? 0).toBeLessThan(0);
  });

  it('follows the definition on days made by hand', () => {
    const day = (profit: number) => ({ profit, var: 2, cvar: 4, quantile: normalQuantile });
    const test = acerbiSzekelyTest([day(-6), day(1), day(-3), day(-2)], 0.5, { histories: 50 });
    expect(test.z1).toBeCloseTo((-6 / 4 - 3 / 4) / 2 + 1, 12);
    expect(test.z2).toBeCloseTo((-6 / 4 - 3 / 4) / 2 + 1, 12);
    expect(test.histories).toBe(50);
  });

  it('has no first statistic without an exception, and refuses what is no forecast', () => {
    const fine = { profit: 1, var: 2, cvar: 3, quantile: normalQuantile };
    expect(acerbiSzekelyTest([fine], level, { histories: 20 })).toMatchObject({
      z1: null,
      z1PValue: null,
      z2: 1,
    });
    expect(thrownBy(() => acerbiSzekelyTest([], level)).code).toBe('OBSERVATIONS_TOO_FEW');
    expect(thrownBy(() => acerbiSzekelyTest([{ ...fine, cvar: 0 }], level)).code).toBe(
      'ARGUMENT_INVALID',
    );
  });
});
