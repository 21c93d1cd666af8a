import { engineCall, loadEngineAddon } from './engine-addon.js';
import type { Tail } from './portfolio-simulation.js';
import { taskFigures } from './task-answer.js';

/** A figure with its sampling error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  /** The interval that holds the true figure in 95 of 100 simulations. */
  readonly low: number;
  readonly high: number;
}

/** What scenarios say; losses are positive in tails and drawdowns. */
export interface ScenarioFigures {
  readonly mean: Estimate;
  readonly standardDeviation: number;
  readonly tails: readonly Tail[];
  /** What happens along the paths, where it was asked for. */
  readonly path: {
    /** Mean of the largest falls from a running maximum that starts at 0. */
    readonly drawdown: Estimate;
    /** One a level. */
    readonly drawdownQuantiles: readonly Estimate[];
    /** Mean share of steps that end below the running maximum. */
    readonly underWater: Estimate;
  } | null;
  /** The mean with the book's linear part as control variate, where it was asked for. */
  readonly controlled: { readonly mean: Estimate; readonly correlation: number } | null;
  /** Probability that each perpetual is liquidated, in their order. */
  readonly liquidations: readonly Estimate[];
  /** Probability that each barrier is hit, in their order. */
  readonly barriers: readonly Estimate[];
  /** What a reader has to know. */
  readonly warning: string | null;
  /** Profit and loss of each scenario, where they were asked for. */
  readonly outcomes?: Float64Array;
}

/** Runs a plan on all cores, beside this thread. */
export async function runScenarioTask(
  plan: object,
  history: Float64Array,
): Promise<ScenarioFigures> {
  const { figures, outcomes } = await engineCall(() =>
    loadEngineAddon().simulateScenarios(JSON.stringify(plan), history),
  );
  const answer = taskFigures(figures) as ScenarioFigures;
  return outcomes === undefined ? answer : { ...answer, outcomes };
}

/** What a graphics device takes of a plan: it needs a decomposition or a formula. */
export interface ScenarioNumbers {
  /** Cholesky factors, row by row without the zeros: one, or one a regime. */
  readonly factors: Float64Array;
  /** Value, delta, gamma, theta and vega of each option, in their order. */
  readonly options: Float64Array;
  readonly warning: string | null;
}

/**
 * Checks a plan as a simulation does, and works its numbers out.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`, `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`
 */
export function scenarioNumbers(plan: object, history: Float64Array): ScenarioNumbers {
  const { factors, options, warning } = engineCall(() =>
    loadEngineAddon().scenarioNumbers(JSON.stringify(plan), history),
  );
  return { factors, options, warning: warning ?? null };
}
