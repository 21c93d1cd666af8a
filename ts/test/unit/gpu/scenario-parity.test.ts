import { afterAll, describe, expect, it } from 'vitest';

import { Gpu } from '#ts/gpu/index.js';
import {
  type ScenarioOptions,
  type ScenarioRisk,
  simulateScenarios,
} from '#ts/quant/scenarios/index.js';
import { SCENARIO_MODELS } from '../../support/scenario-models.js';

const gpu = await Gpu.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = gpu !== null;
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 240_000;

/** Of a path, in standard deviations of the outcomes: what the headers of the kernels say. */
const PATH_TOLERANCE = 1e-4;
/** Paths in which a comparison of two numbers of single precision goes the other way, such as a liquidation. */
const OTHER_PATHS_MAX = 1 / 1_000;
const FIGURE_TOLERANCE = 1e-4;

/** Linear positions in all assets, long and short. */
const linear = (assets: number) =>
  Array.from({ length: assets }, (_, asset) => ({
    kind: 'linear' as const,
    asset,
    exposure: asset % 3 === 2 ? -40_000 : 100_000 + 1_000 * asset,
  }));

async function bothOf(options: ScenarioOptions) {
  const found = await gpu?.simulateScenarios({ ...options, outcomes: true });
  const expected = await simulateScenarios({ ...options, outcomes: true });
  if (found === undefined) throw new Error('no device');
  return { found, expected };
}

/** Distances of the paths in deviations, the largest first. */
function distances(found: ScenarioRisk, expected: ScenarioRisk): number[] {
  const pairs = expected.outcomes ?? new Float64Array();
  const all = [...pairs].map(
    (outcome, scenario) =>
      Math.abs(outcome - (found.outcomes?.[scenario] ?? Number.NaN)) / expected.standardDeviation,
  );
  return all.sort((one, other) => other - one);
}

function expectSamePaths(found: ScenarioRisk, expected: ScenarioRisk): void {
  const sorted = distances(found, expected);
  expect(sorted.length).toBeGreaterThan(0);
  expect(sorted.some((distance) => Number.isNaN(distance))).toBe(false);
  const skipped = Math.floor(sorted.length * OTHER_PATHS_MAX);
  expect(sorted[skipped]).toBeLessThan(PATH_TOLERANCE);
}

function expectSameFigures(found: ScenarioRisk, expected: ScenarioRisk): void {
  const scale = expected.standardDeviation;
  expect(Math.abs(found.mean.value - expected.mean.value) / scale).toBeLessThan(FIGURE_TOLERANCE);
  expect(found.mean.standardError / expected.mean.standardError - 1).toBeCloseTo(0, 2);
  expect(found.standardDeviation / scale - 1).toBeCloseTo(0, 3);
  expected.tails.forEach((tail, place) => {
    const same = found.tails[place];
    expect(same?.level).toBe(tail.level);
    expect((same?.var ?? 0) / tail.var - 1).toBeCloseTo(0, 2);
    expect((same?.cvar ?? 0) / tail.cvar - 1).toBeCloseTo(0, 2);
  });
}

describe.skipIf(!hasAdapter)('scenarios on a graphics adapter', () => {
  afterAll(() => gpu?.close());

  // Scenarios that fill no whole workgroup, and assets that fill no whole block of normals.
  const sizes = [
    { assets: 1, steps: 5, scenarios: 1_056 },
    { assets: 3, steps: 2, scenarios: 4_128 },
    { assets: 6, steps: 1, scenarios: 2_048 },
  ];
  const cases = [
    ...Object.keys(SCENARIO_MODELS).flatMap((name) => sizes.map((size) => ({ name, ...size }))),
    // Several submissions, and as many assets as there may be.
    { name: 'brownian', assets: 130, steps: 1, scenarios: 4_128 },
    { name: 'factors', assets: 512, steps: 1, scenarios: 160 },
  ];

  it.each(cases)(
    'PRISK-07: $name, $assets assets, $steps steps, $scenarios scenarios: the paths of the processor',
    async ({ name, assets, steps, scenarios }) => {
      const model = SCENARIO_MODELS[name]?.(assets);
      if (model === undefined) throw new Error(name);
      const { found, expected } = await bothOf({
        model,
        positions: linear(assets),
        steps,
        scenarios,
        seed: 7,
      });
      expectSamePaths(found, expected);
      expectSameFigures(found, expected);
      expect(found.warning).toBe(expected.warning);
      expect(found).toMatchObject({ device: gpu?.adapter.name, model: expected.model, seed: '7' });
    },
    TIMEOUT_MS,
  );

  const option = (asset: number, strike: number, revaluation: 'full' | 'greeks') => ({
    kind: 'option' as const,
    asset,
    right: strike > 100 ? ('call' as const) : ('put' as const),
    spot: 100,
    strike,
    years: 0.25 + asset / 10,
    volatility: 0.3,
    rate: 0.03,
    carry: 0.01,
    quantity: strike > 100 ? -500 : 800,
    revaluation,
  });

  it.each([
    { name: 'brownian', revaluation: 'full', scenarios: 2_080, steps: 1 },
    { name: 'heston', revaluation: 'full', scenarios: 1_056, steps: 5 },
    { name: 'jumps', revaluation: 'greeks', scenarios: 1_056, steps: 3 },
    { name: 'filtered history', revaluation: 'greeks', scenarios: 1_056, steps: 3 },
  ] as const)(
    'PRISK-07: options by $revaluation under $name, $scenarios scenarios: those of the processor',
    async ({ name, revaluation, scenarios, steps }) => {
      const model = SCENARIO_MODELS[name]?.(2);
      if (model === undefined) throw new Error(name);
      const strikes = [80, 95, 100, 105, 125];
      const positions = [0, 1].flatMap((asset) =>
        strikes.map((strike) => option(asset, strike, revaluation)),
      );
      const { found, expected } = await bothOf({ model, positions, scenarios, steps, seed: 3 });
      expectSamePaths(found, expected);
      expectSameFigures(found, expected);
    },
    TIMEOUT_MS,
  );

  it(
    'an option that expires on the way is worth its intrinsic value, as on the processor',
    async () => {
      const expiring = { ...option(0, 105, 'full'), years: 2 / 252 };
      const { found, expected } = await bothOf({
        model: { kind: 'brownian', covariance: [[0.0004]] },
        positions: [expiring, { ...expiring, right: 'put' }],
        scenarios: 1_056,
        steps: 4,
        path: true,
      });
      expectSamePaths(found, expected);
    },
    TIMEOUT_MS,
  );

  it.each([
    { name: 'brownian', continuous: true },
    { name: 'factors', continuous: true },
    { name: 'regimes', continuous: false },
    { name: 'jumps together', continuous: false },
  ])(
    'PRISK-01: drawdown, liquidations and barriers along $name paths are those of the processor',
    async ({ name, continuous }) => {
      const model = SCENARIO_MODELS[name]?.(2);
      if (model === undefined) throw new Error(name);
      const perpetual = { kind: 'perpetual' as const, maintenance: 0.005, funding: 1e-4 };
      const { found, expected } = await bothOf({
        model,
        positions: [
          { ...perpetual, asset: 0, notional: 20_000, margin: 1_500 },
          { ...perpetual, asset: 1, notional: -20_000, margin: 1_800, inverse: true },
          { kind: 'linear', asset: 1, exposure: 10_000 },
        ],
        barriers: [
          { asset: 0, ratio: 0.93, continuous },
          { asset: 1, ratio: 1.05 },
        ],
        steps: 12,
        scenarios: 3_104,
        seed: 11,
        path: true,
      });
      expectSamePaths(found, expected);
      const members = 3_104 / 16;
      const pairs = [
        ...expected.liquidations.map((rate, place) => [rate, found.liquidations[place]] as const),
        ...expected.barriers.map((rate, place) => [rate, found.barriers[place]] as const),
      ];
      expect(pairs).toHaveLength(4);
      for (const [rate, same] of pairs) {
        expect(rate.value).toBeGreaterThan(0.02);
        expect(Math.abs((same?.value ?? 1) - rate.value)).toBeLessThanOrEqual(OTHER_PATHS_MAX);
        expect(Math.abs((same?.standardError ?? 1) - rate.standardError)).toBeLessThan(1 / members);
      }
      const [path, same] = [expected.path, found.path];
      expect((same?.drawdown.value ?? 0) / (path?.drawdown.value ?? 1) - 1).toBeCloseTo(0, 3);
      expect((same?.underWater.value ?? 0) / (path?.underWater.value ?? 1) - 1).toBeCloseTo(0, 3);
      expect(same?.drawdownQuantiles).toHaveLength(2);
      path?.drawdownQuantiles.forEach(({ value, standardError }, place) => {
        const quantile = same?.drawdownQuantiles[place];
        expect((quantile?.value ?? 0) / value - 1).toBeCloseTo(0, 2);
        expect((quantile?.standardError ?? 0) / standardError - 1).toBeCloseTo(0, 1);
      });
    },
    TIMEOUT_MS,
  );

  it(
    'PRISK-07: 300 perpetuals, whose margins lie in the memory of the device, end as on the processor',
    async () => {
      const model = SCENARIO_MODELS['brownian']?.(2);
      if (model === undefined) throw new Error('brownian');
      const perpetuals = Array.from({ length: 300 }, (_, place) => ({
        kind: 'perpetual' as const,
        asset: place % 2,
        notional: place % 3 === 0 ? -1_000 : 1_000,
        margin: 40 + place,
        maintenance: 0.005,
        funding: 1e-4,
        inverse: place % 5 === 0,
      }));
      const options = { model, positions: perpetuals, steps: 6, scenarios: 2_080, seed: 2 };
      const { found, expected } = await bothOf({ ...options, path: true });
      expectSamePaths(found, expected);
      expectSameFigures(found, expected);
      expect(found.liquidations).toHaveLength(300);
      expect(expected.liquidations[0]?.value).toBeGreaterThan(0.05);
      expected.liquidations.forEach(({ value }, place) => {
        const same = found.liquidations[place]?.value ?? Number.NaN;
        expect(Math.abs(same - value)).toBeLessThanOrEqual(OTHER_PATHS_MAX);
      });
      // Invocations that count bins play many paths in the same place.
      const binned = await gpu?.scenarioHistogram(options, { bins: 64 });
      expect(binned?.liquidations).toEqual(found.liquidations);
    },
    TIMEOUT_MS,
  );

  it(
    'PRISK-06: a path is the same in any sample, and under any other question',
    async () => {
      const options: ScenarioOptions = {
        model: { kind: 'brownian', covariance: [[0.0004]] },
        positions: linear(1),
        scenarios: 96,
        outcomes: true,
        levels: [0.9],
      };
      const short = await gpu?.simulateScenarios(options);
      const long = await gpu?.simulateScenarios({ ...options, scenarios: 2_048, path: true });
      expect([...(short?.outcomes ?? [])]).toEqual([...(long?.outcomes?.subarray(0, 96) ?? [1])]);
    },
    TIMEOUT_MS,
  );

  it(
    'SIMULATION_NOT_FINITE counts what single precision cannot hold',
    async () => {
      await expect(
        gpu?.simulateScenarios({
          model: { kind: 'brownian', covariance: [[0.04]] },
          positions: [{ kind: 'linear', asset: 0, exposure: 3e39 }],
          scenarios: 1_024,
        }),
      ).rejects.toMatchObject({ code: 'SIMULATION_NOT_FINITE', context: { count: 1_024 } });
    },
    TIMEOUT_MS,
  );
});
