import { describe, expect, it } from 'vitest';

import type { HoldfastError } from '#ts/core/holdfast-error.js';
import { type ScenarioOptions, simulateScenarios } from '#ts/quant/scenarios/index.js';

const DAY = 0.02;
const book: ScenarioOptions = {
  model: { kind: 'brownian', covariance: [[DAY ** 2]] },
  positions: [{ kind: 'linear', asset: 0, exposure: 1_000 }],
  scenarios: 32_768,
};

async function failure(options: object): Promise<HoldfastError> {
  return await simulateScenarios({ ...book, ...options }).then(
    () => expect.unreachable(),
    (error: unknown) => error as HoldfastError,
  );
}

/** Returns of two assets whose second half is calmer. */
const history = Array.from({ length: 400 }, (_, row) => {
  const size = row < 200 ? 0.02 : 0.005;
  return [size * Math.sin(row * 1.7), size * Math.cos(row * 2.3)];
});

describe('simulateScenarios', () => {
  it('PRISK-02: a linear position loses what the normal distribution says', async () => {
    const { tails, mean, standardDeviation } = await simulateScenarios(book);
    expect((tails[1]?.var ?? 0) / (2.326 * DAY * 1_000)).toBeCloseTo(1, 1);
    expect(standardDeviation / (DAY * 1_000)).toBeCloseTo(1, 1);
    expect(mean.low).toBeLessThan(0);
    expect(mean.high).toBeGreaterThan(0);
  });

  it('keeps the mean price under every model whose drifts are left out', async () => {
    const one = [[1]];
    const models: ScenarioOptions['model'][] = [
      { kind: 'brownian', covariance: [[DAY ** 2]] },
      { kind: 'factors', loadings: [[0.01]], deviations: [0.02] },
      {
        kind: 'jumps',
        covariance: [[DAY ** 2]],
        intensities: [0.5],
        means: [-0.05],
        deviations: [0.1],
      },
      {
        kind: 'heston',
        variances: [{ start: 0.09, level: 0.09, speed: 2, volatility: 0.8, correlation: -0.6 }],
        correlation: one,
      },
      { kind: 'regimes', regimes: [{ covariance: [[DAY ** 2]] }], start: [1], transitions: one },
    ];
    for (const model of models) {
      const { mean } = await simulateScenarios({ ...book, model, steps: 5 });
      expect(Math.abs(mean.value), model.kind).toBeLessThan(4 * mean.standardError);
    }
  });

  it('PRISK-06: prices a call as Black and Scholes do, with the smaller error of Sobol points', async () => {
    const option = {
      kind: 'option' as const,
      asset: 0,
      right: 'call' as const,
      spot: 100,
      strike: 100,
      years: 1,
      volatility: 0.2,
      quantity: 10,
    };
    const model = { kind: 'brownian' as const, covariance: [[0.04 / 12]] };
    const year = { ...book, model, positions: [option], steps: 12, stepYears: 1 / 12 };
    const random = await simulateScenarios(year);
    const sobol = await simulateScenarios({ ...year, sampling: 'sobol' });
    const controlled = await simulateScenarios({ ...year, controlVariate: true });
    // A fair option earns nothing on average.
    for (const { mean } of [random, sobol]) {
      expect(Math.abs(mean.value)).toBeLessThan(4 * mean.standardError);
    }
    expect(sobol.mean.standardError).toBeLessThan(random.mean.standardError / 5);
    expect(controlled.controlled?.mean.standardError).toBeLessThan(random.mean.standardError);
    expect(controlled.controlled?.correlation).toBeGreaterThan(0.8);
  });

  it('PRISK-01: follows drawdown, time under water, liquidation and barriers along the path', async () => {
    const risk = await simulateScenarios({
      ...book,
      positions: [
        { kind: 'perpetual', asset: 0, notional: 10_000, margin: 1_000, maintenance: 0.005 },
      ],
      barriers: [{ asset: 0, ratio: 0.9, continuous: true }],
      steps: 20,
      path: true,
    });
    const [liquidation] = risk.liquidations;
    const [barrier] = risk.barriers;
    expect(liquidation?.value).toBeGreaterThan(0.1);
    // A barrier that is watched all the time, at a price below that of the liquidation.
    expect(barrier?.value).toBeGreaterThan(0.1);
    expect(risk.path?.drawdown.value).toBeGreaterThan(300);
    expect(risk.path?.drawdownQuantiles[1]?.value).toBeGreaterThan(risk.path?.drawdown.value ?? 0);
    expect(risk.path?.underWater.value).toBeGreaterThan(0.5);
    expect(risk.tails[1]?.cvar).toBeLessThanOrEqual(1_000);
  });

  it('draws from history: filtered by a volatility that is calm now, or in blocks', async () => {
    const positions = [{ kind: 'linear' as const, asset: 0, exposure: 1_000 }];
    const filtered = await simulateScenarios({
      ...book,
      positions,
      model: { kind: 'filtered-history', returns: history, volatility: 'ewma' },
    });
    const blocks = await simulateScenarios({
      ...book,
      positions,
      model: { kind: 'bootstrap', returns: history, blockMean: 20 },
    });
    expect(blocks.standardDeviation).toBeCloseTo(10.3, 0);
    expect(filtered.standardDeviation).toBeLessThan(6);
  });

  it('joins empirical margins by a Student copula whose joint extremes are worse', async () => {
    const margin = { kind: 'student' as const, mean: 0, scale: 0.01, freedom: 3 };
    const joined = (freedom?: number) =>
      simulateScenarios({
        ...book,
        model: {
          kind: 'copula',
          correlation: [
            [1, 0.3],
            [0.3, 1],
          ],
          margins: [margin, margin],
          ...(freedom === undefined ? {} : { freedom }),
        },
        positions: [0, 1].map((asset) => ({ kind: 'linear', asset, exposure: 1_000 })),
      });
    const [student, gaussian] = await Promise.all([joined(3), joined()]);
    expect(student.tails[1]?.cvar).toBeGreaterThan(gaussian.tails[1]?.cvar ?? 0);
  });

  it('PRISK-07: gives equal outcomes for equal seeds, and others for others', async () => {
    const outcomes = async (seed: number | bigint) =>
      (await simulateScenarios({ ...book, scenarios: 64, levels: [0.5], seed, outcomes: true }))
        .outcomes;
    expect(await outcomes(7)).toEqual(await outcomes(7n));
    expect(await outcomes(7)).not.toEqual(await outcomes(8));
    expect(await outcomes(7)).toHaveLength(64);
  });

  it('warns that full truncation is biased', async () => {
    const variances = [{ start: 0.04, level: 0.04, speed: 1, volatility: 0.5, correlation: -0.5 }];
    const scheme = 'full-truncation' as const;
    const { warning } = await simulateScenarios({
      ...book,
      model: { kind: 'heston', variances, scheme },
    });
    expect(warning).toMatch(/biased/);
  });

  it.each([
    [{ scenarios: 33 }, 'CONFIG_INVALID', /scenarios/],
    [{ step: 1 }, 'CONFIG_UNKNOWN_KEY', /steps/],
    [{ scenarios: 67_108_864, path: true, controlVariate: true }, 'ARGUMENT_INVALID', /bytes/],
    [{ model: { kind: 'brownian', covariance: [[1, 2]] } }, 'MATRIX_INVALID', /1 × 1/],
    [{ model: { kind: 'brownian', covariance: [[-1]] } }, 'MATRIX_NOT_DEFINITE', /row 0/],
    [{ model: { kind: 'brownian', covariance: [[Number.NaN]] } }, 'CONFIG_INVALID', /covariance/],
    [{ positions: [{ kind: 'linear', asset: 3, exposure: 1 }] }, 'ARGUMENT_INVALID', /position 0/],
    [
      {
        positions: [{ kind: 'perpetual', asset: 0, notional: 1_000, margin: 5, maintenance: 0.01 }],
      },
      'ARGUMENT_INVALID',
      /maintenance margin/,
    ],
    [{ model: { kind: 'bootstrap', returns: [[0.1], [0.1, 0.2]] } }, 'RETURNS_INVALID', /row 1/],
    [
      { model: { kind: 'filtered-history', returns: history.slice(0, 20) } },
      'OBSERVATIONS_TOO_FEW',
      /100/,
    ],
    [
      { sampling: 'sobol', model: { kind: 'bootstrap', returns: history } },
      'ARGUMENT_INVALID',
      /sobol/,
    ],
    [
      {
        barriers: [{ asset: 0, ratio: 2, continuous: true }],
        model: { kind: 'bootstrap', returns: history },
      },
      'ARGUMENT_INVALID',
      /Brownian/,
    ],
    [{ levels: [0.999_999] }, 'SAMPLE_TOO_SMALL', /level/],
  ])('refuses %j', async (options, code, words) => {
    const error = await failure(options);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });
});
