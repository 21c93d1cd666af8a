import { HoldfastError } from '../../core/holdfast-error.js';
import { correlationOf } from '../covariance/correlation-estimate.js';
import { at, diagonal, dot, type Matrix, squareOf, times } from '../matrix/dense.js';

/** Deviation of profits before and under stress. */
export interface CovarianceStress {
  readonly standardDeviation: number;
  readonly stressedDeviation: number;
  readonly covariance: readonly (readonly number[])[];
}

/**
 * Moves every correlation a share of the way to one and multiplies every volatility: correlation′ =
 * (1 − share) correlation + share. At a share of 1 all assets move as one, so that longs and shorts
 * hedge each other best; `worstSign` moves correlations to one between positions that lose together
 * and to minus one between the others instead, where nothing hedges.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for a share outside 0 to 1, `VOLATILITY_ZERO`
 */
export function stressCovariance(portfolio: {
  readonly exposures: readonly number[];
  readonly covariance: Matrix;
  readonly correlationShare?: number;
  readonly volatilityFactor?: number;
  readonly worstSign?: boolean;
}): CovarianceStress {
  const { exposures, covariance, correlationShare = 0, volatilityFactor = 1 } = portfolio;
  if (!(correlationShare >= 0 && correlationShare <= 1 && volatilityFactor >= 0)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `correlationShare must be 0 to 1 and volatilityFactor at least 0, were ${correlationShare} and ${volatilityFactor}`,
      { context: { correlationShare, volatilityFactor } },
    );
  }
  const correlation = correlationOf(covariance);
  const deviations = diagonal(covariance).map((variance) => Math.sqrt(variance) * volatilityFactor);
  const sign = (asset: number): number =>
    portfolio.worstSign === true && (exposures[asset] ?? 0) < 0 ? -1 : 1;
  const stressed = squareOf(exposures.length, (row, column) => {
    const target = sign(row) * sign(column);
    const joint = (1 - correlationShare) * at(correlation, row, column) + correlationShare * target;
    return joint * (deviations[row] ?? 0) * (deviations[column] ?? 0);
  });
  const deviation = (matrix: Matrix): number =>
    Math.sqrt(Math.max(0, dot(exposures, times(matrix, exposures))));
  return {
    standardDeviation: deviation(covariance),
    stressedDeviation: deviation(stressed),
    covariance: stressed,
  };
}
