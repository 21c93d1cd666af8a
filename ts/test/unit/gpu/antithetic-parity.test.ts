import { afterAll, describe, expect, it } from 'vitest';

import { Gpu } from '#ts/gpu/index.js';
import { type ScenarioOptions, simulateScenarios } from '#ts/quant/scenarios/index.js';
import { SCENARIO_MODELS } from '../../support/scenario-models.js';

const gpu = await Gpu.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = gpu !== null;
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 240_000;
/** Of a path, in standard deviations of the outcomes: what the headers of the kernels say. */
const PATH_TOLERANCE = 1e-4;
const OTHER_PATHS_MAX = 1 / 1_000;

async function bothOf(question: ScenarioOptions) {
  const options = { ...question, sampling: 'antithetic', outcomes: true } as const;
  const found = await gpu?.simulateScenarios(options);
  const expected = await simulateScenarios(options);
  if (found === undefined) throw new Error('no device');
  return { found, expected };
}

function expectNear(found: number | undefined, expected: number, tolerance: number): void {
  expect(Math.abs((found ?? Number.NaN) / expected - 1)).toBeLessThan(tolerance);
}

describe.skipIf(!hasAdapter)('antithetic scenarios on a graphics adapter', () => {
  afterAll(() => gpu?.close());

  // Every kernel that draws normals, and every draw beside them; scenarios that fill no whole workgroup.
  it.each([
    { name: 'brownian', assets: 3, steps: 1, scenarios: 4_128 },
    { name: 'factors', assets: 5, steps: 2, scenarios: 2_080 },
    { name: 'student copula', assets: 2, steps: 2, scenarios: 2_080 },
    { name: 'jumps', assets: 2, steps: 3, scenarios: 2_080 },
    { name: 'jumps together', assets: 2, steps: 3, scenarios: 2_080 },
    { name: 'heston', assets: 2, steps: 4, scenarios: 2_080 },
    { name: 'regimes', assets: 2, steps: 4, scenarios: 2_080 },
  ])(
    'PRISK-07: pairs under $name are those of the processor, and so are their errors',
    async ({ name, assets, steps, scenarios }) => {
      const model = SCENARIO_MODELS[name]?.(assets);
      if (model === undefined) throw new Error(name);
      const { found, expected } = await bothOf({
        model,
        positions: Array.from({ length: assets }, (_, asset) => ({
          kind: 'linear' as const,
          asset,
          exposure: 100_000 - 30_000 * asset,
        })),
        steps,
        scenarios,
        seed: 7,
        levels: [0.9],
        path: true,
      });
      const scale = expected.standardDeviation;
      const distances = [...(expected.outcomes ?? [])]
        .map(
          (outcome, place) => Math.abs(outcome - (found.outcomes?.[place] ?? Number.NaN)) / scale,
        )
        .sort((one, other) => other - one);
      expect(distances).toHaveLength(scenarios);
      expect(distances[Math.floor(scenarios * OTHER_PATHS_MAX)]).toBeLessThan(PATH_TOLERANCE);
      expect(found.sampling).toBe('antithetic');
      expectNear(found.mean.standardError, expected.mean.standardError, 0.02);
      const [tail, same] = [expected.tails[0], found.tails[0]];
      expectNear(same?.var, tail?.var ?? 0, 0.01);
      expectNear(same?.varStandardError, tail?.varStandardError ?? 0, 0.05);
      expectNear(same?.cvarStandardError, tail?.cvarStandardError ?? 0, 0.05);
      const [along, sameAlong] = [expected.path, found.path];
      expectNear(sameAlong?.drawdown.standardError, along?.drawdown.standardError ?? 0, 0.05);
      expectNear(
        sameAlong?.drawdownQuantiles[0]?.standardError,
        along?.drawdownQuantiles[0]?.standardError ?? 0,
        0.05,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'PRISK-07: hits of barriers and liquidations have the errors of their pairs',
    async () => {
      const { found, expected } = await bothOf({
        model: { kind: 'brownian', covariance: [[0.0009]] },
        positions: [
          { kind: 'perpetual', asset: 0, notional: 20_000, margin: 1_500, maintenance: 0.005 },
        ],
        barriers: [{ asset: 0, ratio: 0.93, continuous: true }],
        steps: 6,
        scenarios: 3_104,
        seed: 4,
        levels: [0.9],
      });
      const pairs = [
        [expected.liquidations[0], found.liquidations[0]],
        [expected.barriers[0], found.barriers[0]],
      ];
      for (const [rate, same] of pairs) {
        expect(rate?.value).toBeGreaterThan(0.05);
        expect(Math.abs((same?.value ?? 1) - (rate?.value ?? 0))).toBeLessThanOrEqual(1 / 1_000);
        expectNear(same?.standardError, rate?.standardError ?? 0, 0.1);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'SAMPLE_TOO_SMALL where a replicate, whose answer the errors need, has no tail',
    async () => {
      const options: ScenarioOptions = {
        model: { kind: 'brownian', covariance: [[0.0004]] },
        positions: [{ kind: 'linear', asset: 0, exposure: 1_000 }],
        scenarios: 960,
        levels: [0.99],
        sampling: 'antithetic',
      };
      await expect(simulateScenarios(options)).rejects.toMatchObject({ code: 'SAMPLE_TOO_SMALL' });
      await expect(gpu?.simulateScenarios(options)).rejects.toMatchObject({
        code: 'SAMPLE_TOO_SMALL',
      });
      const { tails } = (await gpu?.simulateScenarios({ ...options, sampling: 'random' })) ?? {};
      expect(tails?.[0]?.var).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
