import { z } from 'zod';

import { HoldfastError } from '../core/holdfast-error.js';
import { parseConfig } from '../core/schema.js';
import {
  type PortfolioOutcome,
  type PortfolioTask,
  runPortfolioTask,
  type Tail,
} from '../native/portfolio-simulation.js';

const SCENARIOS_DEFAULT = 1_048_576;
const LEVELS_DEFAULT = [0.95, 0.99];
const ASSETS_MAX = 512;
const SCENARIOS_MAX = 67_108_864;
const STEPS_MAX = 252;

const seedSchema = z.union([
  z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  z
    .bigint()
    .min(0n)
    .max(2n ** 64n - 1n),
]);

const optionsSchema = z.strictObject({
  exposures: z.array(z.number()).min(1).max(ASSETS_MAX),
  covariance: z.array(z.array(z.number())),
  drifts: z.array(z.number()).optional(),
  payoff: z.enum(['geometric', 'linear']).default('geometric'),
  scenarios: z.number().int().min(1).max(SCENARIOS_MAX).default(SCENARIOS_DEFAULT),
  steps: z.number().int().min(1).max(STEPS_MAX).default(1),
  seed: seedSchema.default(0),
  levels: z.array(z.number().gt(0).lt(1)).min(1).default(LEVELS_DEFAULT),
  outcomes: z.boolean().default(false),
});

/** What to simulate, and how. */
export interface PortfolioSimulationOptions {
  /** Signed money in each asset. */
  readonly exposures: readonly number[];
  /** Covariance of the assets' log-returns in one step. */
  readonly covariance: readonly (readonly number[])[];
  /** Mean log-return of each asset in one step; −variance / 2 when left out, so that prices stay fair. */
  readonly drifts?: readonly number[];
  /** `geometric` (exposure × (e^return − 1), the default) or `linear` (exposure × return). */
  readonly payoff?: 'geometric' | 'linear';
  /** 1 to 67,108,864; 1,048,576 by default. */
  readonly scenarios?: number;
  /** Steps to the horizon, 1 to 252. */
  readonly steps?: number;
  /** Equal seeds give equal paths, whatever the processor and the number of threads. */
  readonly seed?: number | bigint;
  /** Confidence levels; 0.95 and 0.99 by default. */
  readonly levels?: readonly number[];
  /** Whether the profits and losses of all scenarios are wanted, 4 bytes each; false by default. */
  readonly outcomes?: boolean;
}

/** Profits and losses at the horizon, in the money of the exposures. */
export interface PortfolioRisk extends PortfolioOutcome {
  readonly method: 'monte_carlo';
  readonly payoff: 'geometric' | 'linear';
  readonly scenarios: number;
  readonly steps: number;
  /** Decimal text. */
  readonly seed: string;
}

/**
 * Simulates the profits and losses of correlated assets under Brownian motion on all cores and measures their tails:
 * Philox4x32-10, Box–Muller and a Cholesky factor, in single precision. The definition of VaR and CVaR is that of Rockafellar
 * and Uryasev (2002) and Acerbi and Tasche (2002).
 *
 * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`, `SAMPLE_TOO_SMALL`,
 * `SIMULATION_NOT_FINITE`
 *
 * @example
 * const { tails } = await simulatePortfolio({
 *   exposures: [60_000, -20_000],
 *   covariance: [[0.0004, 0.0001], [0.0001, 0.0002]],
 * });
 * tails[1]?.var; // the loss that one day in a hundred exceeds
 */
export async function simulatePortfolio(
  options: PortfolioSimulationOptions,
): Promise<PortfolioRisk> {
  const { task, risk } = portfolioTask(options);
  return { ...risk, ...(await runPortfolioTask(task)) };
}

/** What a result repeats of its question. */
type PortfolioQuestion = Omit<PortfolioRisk, keyof PortfolioOutcome>;

/**
 * Checks options and fills in what is left out, for whichever device is to run them.
 *
 * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `MATRIX_INVALID`
 */
export function portfolioTask(options: PortfolioSimulationOptions): {
  readonly task: PortfolioTask;
  readonly risk: PortfolioQuestion;
} {
  const parsed = parseConfig(optionsSchema, options, 'portfolio', 'CONFIG_INVALID');
  const { exposures, covariance, payoff, scenarios, steps, levels, outcomes } = parsed;
  checkSquare(covariance, exposures.length);
  const variance = (asset: number) => covariance[asset]?.[asset] ?? 0;
  const fair = (asset: number) => (payoff === 'geometric' ? -variance(asset) / 2 : 0);
  const drifts = parsed.drifts ?? exposures.map((_, asset) => fair(asset));
  const seed = String(parsed.seed);
  const task = {
    exposures: Float64Array.from(exposures),
    covariance: Float64Array.from(covariance.flat()),
    drifts: Float64Array.from(drifts),
    settings: { geometric: payoff === 'geometric', scenarios, steps, seed, levels, outcomes },
  };
  return { task, risk: { method: 'monte_carlo', payoff, scenarios, steps, seed } };
}

function checkSquare(matrix: readonly (readonly number[])[], order: number): void {
  const wrong = matrix.findIndex((row) => row.length !== order);
  if (matrix.length === order && wrong < 0) return;
  const was =
    wrong < 0 ? `${matrix.length} rows` : `${matrix[wrong]?.length} numbers in row ${wrong}`;
  throw new HoldfastError(
    'MATRIX_INVALID',
    `covariance must be ${order} × ${order}, one row an exposure; it has ${was}`,
    { context: { field: 'covariance', order } },
  );
}

export type { Tail };
