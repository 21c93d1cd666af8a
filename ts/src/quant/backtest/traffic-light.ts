import { HoldfastError } from '../../core/holdfast-error.js';
import { incompleteBeta } from '../distribution/gamma.js';

export interface TrafficLight {
  readonly zone: 'green' | 'yellow' | 'red';
  /** Probability of at most so many exceptions if VaR is right. */
  readonly cumulativeProbability: number;
  /** What is added to the factor of 3 on capital; given for 250 days at 99 % only. */
  readonly plusFactor: number | null;
}

/** Zones begin where the cumulative probability reaches these. */
const YELLOW_FROM = 0.95;
const RED_FROM = 0.9999;
/** For 5 to 9 exceptions. */
const YELLOW_FACTORS = [0.4, 0.5, 0.65, 0.75, 0.85] as const;

/**
 * Returns the zone of the Basel Committee for a number of exceptions. Source: BCBS, "Supervisory
 * framework for the use of backtesting in conjunction with the internal models approach" (1996).
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function baselTrafficLight(counts: {
  readonly exceptions: number;
  readonly observations?: number;
  readonly level?: number;
}): TrafficLight {
  const { exceptions, observations = 250, level = 0.99 } = counts;
  if (!(exceptions >= 0 && exceptions <= observations && level > 0 && level < 1)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `exceptions must be 0 to ${observations}, were ${exceptions}`,
      { context: { exceptions, observations, level } },
    );
  }
  // The distribution of a binomial count is an incomplete beta function.
  const cumulativeProbability =
    exceptions === observations
      ? 1
      : incompleteBeta(level, observations - exceptions, exceptions + 1);
  const zone =
    cumulativeProbability < YELLOW_FROM
      ? 'green'
      : cumulativeProbability < RED_FROM
        ? 'yellow'
        : 'red';
  const isStandard = observations === 250 && level === 0.99;
  const factor = { green: 0, yellow: YELLOW_FACTORS[exceptions - 5] ?? 0, red: 1 }[zone];
  return { zone, cumulativeProbability, plusFactor: isStandard ? factor : null };
}
