import { describe, expect, it } from 'vitest';

import { simulatePortfolio } from '#ts/quant/portfolio-simulation.js';
import type { HoldfastError } from '#ts/core/holdfast-error.js';

const ASSETS = 16;
const volatility = (asset: number) => (0.15 + 0.02 * asset) / Math.sqrt(252);
const correlation = (one: number, other: number) =>
  one === other ? 1 : 0.3 + 0.6 * 0.5 ** Math.abs(one - other);
const index = Array.from({ length: ASSETS }, (_, asset) => asset);

/** The portfolio of reference/figures.md, section 17. */
const portfolio = {
  exposures: index.map((asset) => (asset % 4 === 3 ? -0.5 : 1) * (1 + 0.1 * asset) * 1e5),
  covariance: index.map((row) =>
    index.map((column) => volatility(row) * volatility(column) * correlation(row, column)),
  ),
  seed: (7n << 32n) | 42n,
};

async function failure(options: object): Promise<HoldfastError> {
  return await simulatePortfolio({ ...portfolio, scenarios: 1024, ...options }).then(
    () => expect.unreachable(),
    (error: unknown) => error as HoldfastError,
  );
}

describe('simulatePortfolio', () => {
  it.each([
    ['linear', 1, 52_169.137_486, 59_730.832_888],
    ['linear', 10, 164_237.148_023, 187_893.562_735],
    ['geometric', 1, 51_399.144_393, 58_661.321_014],
    ['geometric', 10, 156_861.393_132, 177_600.099_164],
  ] as const)(
    'PRISK-07: %s, %d steps: the published risk',
    async (payoff, steps, var99, cvar99) => {
      const risk = await simulatePortfolio({ ...portfolio, payoff, steps });
      const tail = risk.tails.find(({ level }) => level === 0.99);
      expect(tail?.var).toBeCloseTo(var99, -1);
      expect((tail?.var ?? 0) / var99 - 1).toBeCloseTo(0, 6);
      expect((tail?.cvar ?? 0) / cvar99 - 1).toBeCloseTo(0, 6);
      expect(risk).toMatchObject({ method: 'monte_carlo', payoff, steps, scenarios: 2 ** 20 });
      expect(risk.seed).toBe('30064771114');
    },
  );

  it('states errors that hold the exact answer', async () => {
    const { tails, mean, standardDeviation } = await simulatePortfolio({
      ...portfolio,
      payoff: 'linear',
      seed: 3,
    });
    const exact = { sd: 22_431.6669, var: 52_183.859, cvar: 59_785.1958 };
    const tail = tails[1];
    expect(Math.abs((tail?.var ?? 0) - exact.var)).toBeLessThan(4 * (tail?.varStandardError ?? 0));
    expect(Math.abs((tail?.cvar ?? 0) - exact.cvar)).toBeLessThan(
      4 * (tail?.cvarStandardError ?? 0),
    );
    expect(Math.abs(mean)).toBeLessThan((4 * exact.sd) / 1024);
    expect(standardDeviation / exact.sd - 1).toBeCloseTo(0, 2);
  });

  it('gives equal results for equal seeds, and leaves this thread free meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const runs = await Promise.all([
      simulatePortfolio({ ...portfolio, steps: 50 }),
      simulatePortfolio({ ...portfolio, steps: 50 }),
    ]);
    clearInterval(timer);
    expect(runs[0]).toEqual(runs[1]);
    expect(turns).toBeGreaterThan(0);
  });

  it('is fair by default: geometric prices do not drift', async () => {
    const risk = await simulatePortfolio({
      exposures: [1_000_000],
      covariance: [[0.01]],
      steps: 20,
      levels: [0.5],
    });
    expect(Math.abs(risk.mean)).toBeLessThan((4 * risk.standardDeviation) / 1024);
  });

  it.each<[object, string]>([
    [{ covariance: [[1]] }, 'MATRIX_INVALID'],
    [{ covariance: index.map(() => [1]) }, 'MATRIX_INVALID'],
    [
      {
        exposures: [1, 2],
        covariance: [
          [1, 2],
          [2, 1],
        ],
      },
      'MATRIX_NOT_DEFINITE',
    ],
    [
      {
        exposures: [1, 2],
        covariance: [
          [1, 0.1],
          [0.2, 1],
        ],
      },
      'MATRIX_INVALID',
    ],
    [{ levels: [0.9999] }, 'SAMPLE_TOO_SMALL'],
    [{ drifts: [0] }, 'ARGUMENT_INVALID'],
    [{ exposures: index.map(() => 3e38), steps: 252 }, 'SIMULATION_NOT_FINITE'],
    [{ exposures: [Number.NaN] }, 'CONFIG_INVALID'],
    [{ scenarios: 0 }, 'CONFIG_INVALID'],
    [{ scenarios: 1e9 }, 'CONFIG_INVALID'],
    [{ steps: 253 }, 'CONFIG_INVALID'],
    [{ seed: -1 }, 'CONFIG_INVALID'],

    [{ levels: [1] }, 'CONFIG_INVALID'],
    [{ scenario: 5 }, 'CONFIG_UNKNOWN_KEY'],
  ])('refuses %o', async (change, code) => {
    expect((await failure(change)).code).toBe(code);
  });

  it('refuses a seed of more than 64 bits', async () => {
    expect((await failure({ seed: 2n ** 64n })).code).toBe('CONFIG_INVALID');
  });
});
