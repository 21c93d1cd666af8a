import { decayWeights } from '../covariance/sample-covariance.js';
import { normalQuantile } from '../distribution/normal.js';
import { studentQuantile } from '../distribution/student-t.js';
import { excessKurtosis, mean, sampleStdev, skewness } from '../moments.js';
import { filteredSimulation } from './filtered-simulation.js';
import {
  cornishFisherMultipliers,
  normalMultipliers,
  scaledFigures,
  studentDegrees,
  studentMultipliers,
} from './parametric-risk.js';
import { checkReturns } from './volatility-model.js';
import { checkLevel, type TailFigures, weightedTail } from './weighted-tail.js';

/** How the distribution of the next profit is estimated from past ones. */
export type RiskMethod =
  | 'historical'
  | 'age_weighted'
  | 'filtered_ewma'
  | 'filtered_garch'
  | 'normal'
  | 'student_t'
  | 'cornish_fisher';

export const RISK_METHODS: readonly RiskMethod[] = [
  'historical',
  'age_weighted',
  'filtered_ewma',
  'filtered_garch',
  'normal',
  'student_t',
  'cornish_fisher',
];

/** Decay of Boudoukh, Richardson & Whitelaw, "The best of both worlds" (1998). */
export const AGE_DECAY = 0.98;
/** Above it Student's t is the normal distribution to nine digits. */
const DEGREES_MAX = 1e9;

export interface RiskMethodOptions {
  /** Periods to the horizon; 1 by default. */
  readonly horizon?: number;
  /**
   * How past outcomes of one period become those of a longer horizon: times √horizon (the default,
   * which takes periods for independent), or sums of overlapping windows. Only for `historical` and
   * `age_weighted`; parametric methods add means and variances up, filtered ones simulate paths.
   */
  readonly scaling?: 'sqrt_time' | 'overlapping';
  /** Of `age_weighted`; 0.98 by default. */
  readonly decay?: number;
  /** Of the paths of filtered methods over more than one period. */
  readonly seed?: number;
}

/** A distribution of profits over the horizon; losses are positive in its figures. */
export interface ProfitDistribution {
  readonly method: RiskMethod;
  readonly horizon: number;
  /** What was assumed and fitted, for the reader of a report. */
  readonly basis: string;
  readonly figures: (level: number) => TailFigures;
  /** The profit below which it lies with this probability. */
  readonly quantile: (probability: number) => number;
}

/**
 * Estimates the distribution of the next profit from past profits (or returns) of one period each,
 * the oldest first.
 *
 * @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`, `FIT_FAILED`;
 * its `figures` throw `ARGUMENT_INVALID`, `SAMPLE_TOO_SMALL` and `EXPANSION_INVALID`
 */
export function profitDistribution(
  profits: readonly number[],
  method: RiskMethod,
  options: RiskMethodOptions = {},
): ProfitDistribution {
  checkReturns(profits, 2);
  const horizon = options.horizon ?? 1;
  switch (method) {
    case 'historical':
    case 'age_weighted':
      return historical(profits, method, options);
    case 'filtered_ewma':
    case 'filtered_garch':
      return filtered(profits, method, options);
    case 'normal':
    case 'student_t':
    case 'cornish_fisher':
      return parametric(profits, method, horizon);
  }
}

function historical(
  profits: readonly number[],
  method: 'historical' | 'age_weighted',
  options: RiskMethodOptions,
): ProfitDistribution {
  const { horizon = 1, scaling = 'sqrt_time', decay = AGE_DECAY } = options;
  const outcomes =
    scaling === 'overlapping'
      ? windowSums(profits, horizon)
      : profits.map((profit) => profit * Math.sqrt(horizon));
  const weights = method === 'age_weighted' ? decayWeights(outcomes.length, decay) : undefined;
  const weighted = weights === undefined ? '' : `, weights falling by ${decay} a period`;
  const scaled = horizon === 1 ? '' : `, ${scaling === 'overlapping' ? 'windows' : '√time'}`;
  return sampled(outcomes, weights, {
    method,
    horizon,
    basis: `${outcomes.length.toLocaleString('en-US')} past outcomes${weighted}${scaled}`,
  });
}

function filtered(
  profits: readonly number[],
  method: 'filtered_ewma' | 'filtered_garch',
  { horizon = 1, seed = 0 }: RiskMethodOptions,
): ProfitDistribution {
  const model = method === 'filtered_garch' ? 'garch' : 'ewma';
  const { outcomes, volatility } = filteredSimulation(profits, { model, horizon, seed });
  const { omega, alpha, beta } = volatility.recursion;
  const fitted =
    model === 'garch'
      ? `GARCH(1,1) ω ${omega.toPrecision(3)}, α ${alpha.toFixed(3)}, β ${beta.toFixed(3)}`
      : `EWMA λ ${beta.toFixed(2)}`;
  return sampled(outcomes, undefined, {
    method,
    horizon,
    basis: `${profits.length.toLocaleString('en-US')} residuals, ${fitted}${horizon === 1 ? '' : `, seed ${seed}`}`,
  });
}

function sampled(
  outcomes: readonly number[],
  weights: readonly number[] | undefined,
  head: Pick<ProfitDistribution, 'method' | 'horizon' | 'basis'>,
): ProfitDistribution {
  const order = outcomes
    .map((outcome, index) => ({ outcome, weight: weights?.[index] ?? 1 / outcomes.length }))
    .toSorted((left, right) => left.outcome - right.outcome);
  let sum = 0;
  const cumulated = order.map(({ weight }) => (sum += weight));
  return {
    ...head,
    figures: (level) => {
      const { var: atRisk, cvar } = weightedTail(outcomes, level, weights);
      return { level, var: atRisk, cvar };
    },
    quantile: (probability) => {
      const place = Math.min(firstAbove(cumulated, probability), order.length - 1);
      return order[place]?.outcome ?? 0;
    },
  };
}

/** Index of the first value above a bound, by halving. */
function firstAbove(values: readonly number[], bound: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

function parametric(
  profits: readonly number[],
  method: 'normal' | 'student_t' | 'cornish_fisher',
  horizon: number,
): ProfitDistribution {
  const moments = {
    mean: (mean(profits) ?? 0) * horizon,
    deviation: (sampleStdev(profits) ?? 0) * Math.sqrt(horizon),
  };
  // Of a sum of independent periods skewness falls by √horizon and excess kurtosis by horizon.
  const shape = {
    skewness: (skewness(profits) ?? 0) / Math.sqrt(horizon),
    excessKurtosis: (excessKurtosis(profits) ?? 0) / horizon,
  };
  const degrees = Math.min(studentDegrees(shape.excessKurtosis), DEGREES_MAX);
  const isNormal = method === 'normal' || degrees === DEGREES_MAX;
  const multipliers = {
    normal: normalMultipliers,
    student_t: (level: number) =>
      isNormal ? normalMultipliers(level) : studentMultipliers(level, degrees),
    cornish_fisher: (level: number) => cornishFisherMultipliers(level, shape),
  }[method];
  const unit = {
    normal: normalQuantile,
    student_t: (probability: number) =>
      isNormal
        ? normalQuantile(probability)
        : Math.sqrt((degrees - 2) / degrees) * studentQuantile(probability, degrees),
    cornish_fisher: (probability: number) => -cornishFisherMultipliers(1 - probability, shape).var,
  }[method];
  const said = {
    normal: '',
    student_t: isNormal ? ', no fat tail' : `, ${degrees.toFixed(1)} degrees of freedom`,
    cornish_fisher: `, skewness ${shape.skewness.toFixed(2)}, excess kurtosis ${shape.excessKurtosis.toFixed(2)}`,
  }[method];
  return {
    method,
    horizon,
    basis: `moments of ${profits.length.toLocaleString('en-US')} past outcomes${said}`,
    figures: (level) => {
      checkLevel(level);
      return scaledFigures(level, multipliers(level), moments);
    },
    quantile: (probability) => moments.mean + moments.deviation * unit(probability),
  };
}

function windowSums(profits: readonly number[], horizon: number): number[] {
  let sum = 0;
  const sums: number[] = [];
  profits.forEach((profit, index) => {
    sum += profit - (profits[index - horizon] ?? 0);
    if (index >= horizon - 1) sums.push(sum);
  });
  return sums;
}
