import { engineCall, loadEngineAddon } from './engine-addon.js';
import { taskFigures } from './task-answer.js';

/** Columns and settings as native code takes them. */
export interface PortfolioTask {
  readonly exposures: Float64Array;
  /** Row by row. */
  readonly covariance: Float64Array;
  readonly drifts: Float64Array;
  readonly settings: {
    readonly geometric: boolean;
    readonly scenarios: number;
    readonly steps: number;
    readonly seed: string;
    readonly levels: readonly number[];
    readonly outcomes: boolean;
  };
}

/** The worst part of the outcomes; losses are positive. */
export interface Tail {
  /** Share of outcomes that are no worse than `var`. */
  readonly level: number;
  /** Value at risk: the loss that a share of 1 − level of the outcomes exceeds. */
  readonly var: number;
  /** Expected shortfall: the mean loss of those. */
  readonly cvar: number;
  readonly varStandardError: number;
  readonly cvarStandardError: number;
}

export interface PortfolioOutcome {
  readonly mean: number;
  readonly standardDeviation: number;
  /** The vectors that were used, such as `avx512`. */
  readonly device: string;
  readonly tails: readonly Tail[];
  /** The profits and losses in the order of the scenarios, where they were asked for. */
  readonly outcomes?: Float32Array;
}

/** Runs a simulation on all cores, beside this thread. */
export async function runPortfolioTask(task: PortfolioTask): Promise<PortfolioOutcome> {
  const { exposures, covariance, drifts, settings } = task;
  const { figures, outcomes } = await engineCall(() =>
    loadEngineAddon().simulatePortfolio(exposures, covariance, drifts, JSON.stringify(settings)),
  );
  const answer = taskFigures(figures) as PortfolioOutcome;
  return outcomes === undefined ? answer : { ...answer, outcomes };
}

/**
 * Returns the Cholesky factor of a task's covariance, row by row without the zeros.
 *
 * @throws HoldfastError `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`
 */
export function factorOf({ exposures, covariance }: PortfolioTask): Float64Array {
  return engineCall(() => loadEngineAddon().choleskyFactor(covariance, exposures.length));
}
