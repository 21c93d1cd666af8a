import { HoldfastError } from '../../core/holdfast-error.js';
import { at, diagonal, type Matrix, squareOf } from '../matrix/dense.js';
import {
  decayWeights,
  effectiveSampleSize,
  ewmaCovariance,
  sampleCovarianceMatrix,
} from './sample-covariance.js';

/** A correlation that says how old and how well founded it is. */
export interface CorrelationEstimate {
  readonly correlation: readonly (readonly number[])[];
  /** Milliseconds from the last return to `nowMs`. */
  readonly ageMs: number;
  /** Returns, or fewer when old ones weigh less. */
  readonly effectiveSampleSize: number;
}

/**
 * Returns the correlation of returns with its age and effective sample size; exponentially weighted
 * when a decay is given.
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW`, `RETURNS_INVALID`, `VOLATILITY_ZERO`
 */
export function correlationEstimate(sample: {
  readonly rows: Matrix;
  /** Of the last row. */
  readonly lastTsMs: number;
  readonly nowMs: number;
  readonly decay?: number;
}): CorrelationEstimate {
  const { rows, decay } = sample;
  const covariance =
    decay === undefined ? sampleCovarianceMatrix(rows) : ewmaCovariance(rows, { decay });
  return {
    correlation: correlationOf(covariance),
    ageMs: sample.nowMs - sample.lastTsMs,
    effectiveSampleSize:
      decay === undefined ? rows.length : effectiveSampleSize(decayWeights(rows.length, decay)),
  };
}

/**
 * Returns the correlation of a covariance, exactly 1 on the diagonal.
 *
 * @throws HoldfastError `VOLATILITY_ZERO` naming the asset
 */
export function correlationOf(covariance: Matrix): number[][] {
  const deviations = diagonal(covariance).map(Math.sqrt);
  const still = deviations.findIndex((deviation) => !(deviation > 0));
  if (still >= 0) {
    throw new HoldfastError('VOLATILITY_ZERO', `asset ${still} must move to have a correlation`, {
      context: { column: still },
    });
  }
  return squareOf(covariance.length, (row, column) =>
    row === column
      ? 1
      : Math.min(
          1,
          Math.max(
            -1,
            at(covariance, row, column) / ((deviations[row] ?? 1) * (deviations[column] ?? 1)),
          ),
        ),
  );
}
