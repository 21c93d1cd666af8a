import { afterAll, describe, expect, it } from 'vitest';

import { Gpu } from '#ts/gpu/index.js';
import { simulatePortfolio } from '#ts/quant/portfolio-simulation.js';
import { portfolioOf } from '../../support/portfolios.js';

const gpu = await Gpu.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = gpu !== null;

/** Paths differ where multiplications and additions are fused, which a software adapter never does. */
const PATH_TOLERANCE = gpu?.adapter.isSoftware === true ? 0 : 2e-4;
const RELATIVE = 1e-6;
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 240_000;

describe.skipIf(!hasAdapter)('portfolio paths on a graphics adapter', () => {
  afterAll(() => gpu?.close());

  it.each([
    // Scenarios that fill no whole workgroup, and assets that fill no whole block of normals.
    { assets: 1, steps: 3, scenarios: 1000, payoff: 'geometric' },
    { assets: 5, steps: 2, scenarios: 4099, payoff: 'linear' },
    { assets: 16, steps: 1, scenarios: 16_384, payoff: 'linear' },
    { assets: 16, steps: 10, scenarios: 4_096, payoff: 'geometric' },
    { assets: 32, steps: 1, scenarios: 9_001, payoff: 'geometric' },
    // Too wide for registers.
    { assets: 33, steps: 3, scenarios: 2_049, payoff: 'geometric' },
    { assets: 130, steps: 2, scenarios: 1_500, payoff: 'linear' },
    { assets: 512, steps: 1, scenarios: 300, payoff: 'geometric' },
  ] as const)(
    'PRISK-07: $assets assets, $steps steps, $scenarios scenarios, $payoff: those of the processor',
    async ({ assets, ...rest }) => {
      const options = { ...portfolioOf(assets), ...rest, outcomes: true };
      const found = await gpu?.simulatePortfolio(options);
      const expected = await simulatePortfolio(options);
      const deviation = expected.standardDeviation;
      let worst = 0;
      expected.outcomes?.forEach((outcome, scenario) => {
        worst = Math.max(worst, Math.abs(outcome - (found?.outcomes?.[scenario] ?? Number.NaN)));
      });
      expect(worst / deviation).toBeLessThanOrEqual(PATH_TOLERANCE);
      expect(found?.outcomes).toHaveLength(rest.scenarios);
      expect(Math.abs((found?.mean ?? 0) - expected.mean) / deviation).toBeLessThan(RELATIVE);
      expect((found?.standardDeviation ?? 0) / deviation - 1).toBeCloseTo(0, 6);
      expect(found?.tails).toHaveLength(expected.tails.length);
      expected.tails.forEach((tail, place) => {
        const same = found?.tails[place];
        expect(same?.level).toBe(tail.level);
        expect((same?.var ?? 0) / tail.var - 1).toBeCloseTo(0, 6);
        expect((same?.cvar ?? 0) / tail.cvar - 1).toBeCloseTo(0, 6);
        expect((same?.varStandardError ?? 0) / tail.varStandardError - 1).toBeCloseTo(0, 5);
        expect((same?.cvarStandardError ?? 0) / tail.cvarStandardError - 1).toBeCloseTo(0, 5);
      });
    },
    TIMEOUT_MS,
  );

  it('PRISK-06: a result says where it ran and how long it took, and keeps no outcomes unasked', async () => {
    const risk = await gpu?.simulatePortfolio({ ...portfolioOf(4), scenarios: 4096 });
    expect(risk).toMatchObject({ method: 'monte_carlo', device: gpu?.adapter.name, steps: 1 });
    expect(risk?.adapter).toEqual(gpu?.adapter);
    expect(risk?.elapsedMs).toBeGreaterThan(0);
    expect(risk).not.toHaveProperty('outcomes');
  });

  it('requests are answered each with its own, in whatever order they were made', async () => {
    const seeds = [1, 2, 3, 4];
    const answers = await Promise.all(
      seeds.map(async (seed) =>
        gpu?.simulatePortfolio({ ...portfolioOf(3), seed, scenarios: 2048 }),
      ),
    );
    for (const [place, answer] of answers.entries()) {
      const expected = await simulatePortfolio({
        ...portfolioOf(3),
        seed: seeds[place] ?? 0,
        scenarios: 2048,
      });
      expect(answer?.seed).toBe(String(seeds[place]));
      expect((answer?.tails[0]?.var ?? 0) / (expected.tails[0]?.var ?? 1) - 1).toBeCloseTo(0, 6);
    }
  });
});
