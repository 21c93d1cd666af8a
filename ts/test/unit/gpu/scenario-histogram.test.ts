import { afterAll, describe, expect, it } from 'vitest';

import { Gpu } from '#ts/gpu/index.js';
import { type ScenarioOptions, simulateScenarios } from '#ts/quant/scenarios/index.js';
import { SCENARIO_MODELS } from '../../support/scenario-models.js';

const gpu = await Gpu.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = gpu !== null;
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 120_000;

function question(name: string, scenarios: number): ScenarioOptions {
  const model = SCENARIO_MODELS[name]?.(2);
  if (model === undefined) throw new Error(name);
  return {
    model,
    positions: [
      { kind: 'linear', asset: 0, exposure: 100_000 },
      { kind: 'linear', asset: 1, exposure: -30_000 },
    ],
    barriers: [{ asset: 0, ratio: 0.97 }],
    steps: 2,
    scenarios,
    seed: 5,
  };
}

const total = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);

describe.skipIf(!hasAdapter)('a histogram of scenarios on a graphics adapter', () => {
  afterAll(() => gpu?.close());

  it.each([
    // Neither scenarios nor bins fill whole workgroups.
    { name: 'brownian', scenarios: 4_128, bins: 100 },
    { name: 'bootstrap', scenarios: 2_080, bins: 33 },
    { name: 'jumps', scenarios: 6_016, bins: 2_048 },
  ])(
    'PRISK-07: $scenarios outcomes under $name in $bins bins are those of the column, and of the processor',
    async ({ name, scenarios, bins }) => {
      const options = question(name, scenarios);
      const expected = await simulateScenarios({ ...options, outcomes: true });
      // The worst hundredth lies below the first bin, and gains above the last.
      const low = -1.05 * (expected.tails[1]?.var ?? 0);
      const high = 1.5 * expected.standardDeviation;
      const found = await gpu?.scenarioHistogram(options, { bins, range: [low, high] });
      if (found === undefined) throw new Error('no device');
      const column = await gpu?.simulateScenarios({ ...options, outcomes: true });
      expect(found.width).toBeCloseTo((high - low) / bins, 3);
      const binned = (outcomes: Float64Array | undefined) => {
        const counts = new Uint32Array(bins + 2);
        for (const outcome of outcomes ?? []) {
          const place = Math.floor((outcome - found.low) / found.width);
          const cell = Math.min(Math.max(place, -1), bins) + 1;
          counts[cell] = (counts[cell] ?? 0) + 1;
        }
        return counts;
      };
      const counts = [found.below, ...found.bins, found.above];
      expect(total(counts)).toBe(scenarios);
      expect(found.below).toBeGreaterThan(0);
      expect(found.above).toBeGreaterThan(0);
      for (const outcomes of [column?.outcomes, expected.outcomes]) {
        const other = binned(outcomes);
        const moved = total(counts.map((count, cell) => Math.abs(count - (other[cell] ?? 0))));
        // An outcome at an edge may lie on either side of it by rounding: two cells then differ by one.
        expect(moved).toBeLessThanOrEqual((4 * scenarios) / 1_000);
      }
      expect(found.barriers[0]?.value).toBe(column?.barriers[0]?.value);
      expect(found.tails).toHaveLength(2);
      expected.tails.forEach((tail, place) => {
        const bin = found.tails[place]?.var;
        expect(bin?.low).toBeLessThanOrEqual(tail.var + 1);
        expect(bin?.high).toBeGreaterThanOrEqual(tail.var - 1);
        expect(found.tails[place]?.cvar).toBeNull();
      });
    },
    TIMEOUT_MS,
  );

  it.each([
    { name: 'brownian', scenarios: 4_128, bins: 2_048, sampling: 'random' },
    { name: 'heston', scenarios: 6_016, bins: 100, sampling: 'random' },
    { name: 'student copula', scenarios: 65_536, bins: 256, sampling: 'antithetic' },
  ] as const)(
    'PRISK-02: expected shortfall of $scenarios $sampling outcomes under $name lies between the bounds of $bins bins',
    async ({ name, scenarios, bins, sampling }) => {
      const options = { ...question(name, scenarios), levels: [0.5, 0.9, 0.975], sampling };
      const expected = await simulateScenarios({ ...options, outcomes: true });
      const { outcomes = new Float64Array(), standardDeviation } = expected;
      const [least, most] = [Math.min(...outcomes), Math.max(...outcomes)];
      const range = [least - 0.01 * standardDeviation, most + 0.01 * standardDeviation] as const;
      const found = await gpu?.scenarioHistogram(options, { bins, range });
      expect(found).toMatchObject({ below: 0, above: 0, sampling });
      const width = found?.width ?? 0;
      expected.tails.forEach(({ level, cvar }, place) => {
        const bounds = found?.tails[place]?.cvar;
        // The paths themselves are of single precision: 1e-4 deviations.
        const tolerance = 1e-4 * standardDeviation;
        expect(bounds?.low).toBeLessThanOrEqual(cvar + tolerance);
        expect(bounds?.high).toBeGreaterThanOrEqual(cvar - tolerance);
        // What is not known is the part of the quantile's bin that belongs to the tail.
        const share = (found?.bins.length ?? 0) * 2 ** -21 + 2 ** -19;
        const counts = Math.max(...(found?.bins ?? []));
        const inBin = counts / ((1 - level) * scenarios);
        expect((bounds?.high ?? 9e9) - (bounds?.low ?? 0)).toBeLessThanOrEqual(
          (inBin + share) * width,
        );
      });
    },
    TIMEOUT_MS,
  );

  it(
    'without a range its bins lie about the outcomes, and a quantile outside of them is not told',
    async () => {
      const options = question('brownian', 8_192);
      const found = await gpu?.scenarioHistogram(options);
      expect(found?.bins).toHaveLength(1_024);
      expect((found?.below ?? 9) + (found?.above ?? 9)).toBe(0);
      const { standardDeviation } = await simulateScenarios(options);
      expect((1_024 * (found?.width ?? 0)) / (16 * standardDeviation)).toBeCloseTo(1, 1);
      expect(found).toMatchObject({ device: gpu?.adapter.name, model: 'brownian', steps: 2 });
      const narrow = await gpu?.scenarioHistogram(options, { bins: 4, range: [0, 100] });
      expect(narrow?.tails.map((tail) => tail.var)).toEqual([null, null]);
      expect(narrow?.tails.map((tail) => tail.cvar)).toEqual([null, null]);
    },
    TIMEOUT_MS,
  );

  it(
    'SIMULATION_NOT_FINITE and wrong bins are refused',
    async () => {
      const options = question('brownian', 1_024);
      await expect(
        gpu?.scenarioHistogram(
          { ...options, positions: [{ kind: 'linear', asset: 0, exposure: 3e39 }] },
          { range: [0, 1] },
        ),
      ).rejects.toMatchObject({ code: 'SIMULATION_NOT_FINITE', context: { count: 1_024 } });
      for (const choice of [{ bins: 0 }, { bins: 4_096 }, { range: [1, 1] as const }]) {
        await expect(gpu?.scenarioHistogram(options, choice)).rejects.toMatchObject({
          code: 'CONFIG_INVALID',
        });
      }
      await expect(gpu?.scenarioHistogram({ ...options, path: true })).rejects.toMatchObject({
        code: 'GPU_TASK_UNSUPPORTED',
        context: { field: 'path' },
      });
    },
    TIMEOUT_MS,
  );
});
