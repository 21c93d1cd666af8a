import { parseConfig } from '../../core/schema.js';
import { runScenarioTask, type ScenarioFigures } from '../../native/scenario-simulation.js';
import { type NativeForm, nativeModel } from './native-model.js';
import { optionsSchema, type ParsedOptions, type ScenarioOptions } from './scenario-options.js';

/** Profits and losses of a book at the horizon, and along the way. */
export interface ScenarioRisk extends ScenarioFigures {
  readonly model: ParsedOptions['model']['kind'];
  readonly sampling: ParsedOptions['sampling'];
  readonly scenarios: number;
  readonly steps: number;
  /** Decimal text. */
  readonly seed: string;
}

/**
 * Simulates a book of linear positions, perpetuals and options under a model of prices, on all cores and beside this thread, in
 * double precision. Every figure has a standard error: 16 replicates answer apart, each with its own scrambling, pairs or
 * matching; of independent scenarios the tails have those of order statistics.
 *
 * Random numbers are Philox4x32-10 with the counter (scenario, step, block, stream); `sobol` takes direction numbers of Joe and
 * Kuo (2008), scrambled as Owen (1995), along a Brownian bridge, for the first 1,000 dimensions of a path.
 *
 * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`, `RETURNS_INVALID`,
 * `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`, `FIT_FAILED`, `ARGUMENT_INVALID`, `SAMPLE_TOO_SMALL`, `SIMULATION_NOT_FINITE`
 *
 * @example
 * const { tails, liquidations } = await simulateScenarios({
 *   model: { kind: 'brownian', covariance: [[0.0016]] },
 *   positions: [
 *     { kind: 'perpetual', asset: 0, notional: 50_000, margin: 5_000, maintenance: 0.005 },
 *   ],
 *   steps: 10,
 * });
 * liquidations[0]?.value; // the probability of losing the margin within ten steps
 */
export async function simulateScenarios(options: ScenarioOptions): Promise<ScenarioRisk> {
  const { plan, history, risk } = scenarioTask(options);
  const figures = await runScenarioTask(plan, history);
  return { ...risk, ...figures };
}

/** A simulation in the words of native code, with what its result says of the question. */
export interface ScenarioTask {
  readonly options: ParsedOptions;
  readonly model: NativeForm;
  readonly history: Float64Array;
  readonly plan: object;
  readonly risk: Pick<ScenarioRisk, 'model' | 'sampling' | 'scenarios' | 'steps' | 'seed'>;
}

/**
 * Checks a question's form; whether its numbers fit together native code says.
 *
 * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `MATRIX_INVALID`, `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`,
 * `VOLATILITY_ZERO`, `FIT_FAILED`
 */
export function scenarioTask(options: ScenarioOptions): ScenarioTask {
  const parsed = parseConfig(optionsSchema, options, 'scenarios', 'CONFIG_INVALID');
  const { form, history } = nativeModel(parsed.model);
  const seed = String(parsed.seed);
  const plan = { ...parsed, model: form, positions: parsed.positions.map(nativePosition), seed };
  const { sampling, scenarios, steps } = parsed;
  const risk = { model: parsed.model.kind, sampling, scenarios, steps, seed };
  return { options: parsed, model: form, history, plan, risk };
}

function nativePosition(position: ParsedOptions['positions'][number]): object {
  if (position.kind !== 'option') return position;
  const { right, revaluation, ...terms } = position;
  return { ...terms, call: right === 'call', greeks: revaluation === 'greeks' };
}
