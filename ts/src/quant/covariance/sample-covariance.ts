import type { Matrix } from '../matrix/dense.js';
import { crossProducts, observations } from './observations.js';

/** The decay of RiskMetrics for daily returns (J.P. Morgan/Reuters, Technical Document, 1996). */
export const RISKMETRICS_DECAY = 0.94;

/**
 * Returns the sample covariance, divided by n − 1. With no more observations than assets it would be
 * singular, so that it is refused.
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW`, `RETURNS_INVALID`
 */
export function sampleCovarianceMatrix(rows: Matrix): number[][] {
  const { centered, count } = observations(rows, (rows[0]?.length ?? 0) + 1);
  return crossProducts(centered, { divisor: count - 1 });
}

/**
 * Returns the exponentially weighted covariance around a mean of zero, the last row weighing most:
 * weight (1 − λ) λᵏ ÷ (1 − λⁿ) for a row k rows old. Source: RiskMetrics Technical Document, 1996.
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW`, `RETURNS_INVALID`
 */
export function ewmaCovariance(
  rows: Matrix,
  options: { readonly decay?: number } = {},
): number[][] {
  observations(rows, (rows[0]?.length ?? 0) + 1);
  return crossProducts(rows, { each: decayWeights(rows.length, options.decay) });
}

/** Returns weights that fall by `decay` with each row of age and add up to one, the oldest first. */
export function decayWeights(count: number, decay: number = RISKMETRICS_DECAY): number[] {
  const total = decay === 1 ? count : (1 - decay ** count) / (1 - decay);
  return Array.from({ length: count }, (_, row) => decay ** (count - 1 - row) / total);
}

/** Returns 1 ÷ Σ weight²: how many equally weighted observations say as much (Kish 1965). */
export function effectiveSampleSize(weights: readonly number[]): number {
  return 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
}
