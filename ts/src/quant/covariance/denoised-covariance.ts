import { at, diagonal, fromEigenpairs, type Matrix, squareOf } from '../matrix/dense.js';
import { symmetricEigen } from '../matrix/symmetric-eigen.js';
import { correlationOf } from './correlation-estimate.js';
import { sampleCovarianceMatrix } from './sample-covariance.js';

const ROUNDS_MAX = 100;

export interface DenoisedCovariance {
  readonly covariance: readonly (readonly number[])[];
  /** Eigenvalues of the correlation above the edge: what is not noise. */
  readonly factors: number;
  /** Largest eigenvalue of the correlation that noise alone would have. */
  readonly noiseEdge: number;
}

/**
 * Returns the sample covariance after every eigenvalue of its correlation below the edge of
 * Marchenko & Pastur, σ² (1 + √(assets ÷ observations))², was replaced by their mean. σ² is the mean
 * of the eigenvalues below the edge, found by repetition from σ² = 1. Source: López de Prado,
 * *Machine Learning for Asset Managers*, section 2.5.1 (constant residual eigenvalue).
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW`, `RETURNS_INVALID`, `VOLATILITY_ZERO`
 */
export function denoisedCovariance(rows: Matrix): DenoisedCovariance {
  const sample = sampleCovarianceMatrix(rows);
  const { values, vectors } = symmetricEigen(correlationOf(sample));
  const stretch = (1 + Math.sqrt(values.length / rows.length)) ** 2;
  let noiseEdge = stretch;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const next = stretch * meanBelow(values, noiseEdge);
    // A next edge above all noise, or equal to this one, changes no eigenvalue's side.
    if (next === noiseEdge || next === 0) break;
    noiseEdge = next;
  }
  const noise = meanBelow(values, noiseEdge);
  const kept = values.map((value) => (value > noiseEdge ? value : noise));
  const cleaned = correlationOf(fromEigenpairs(kept, vectors));
  const deviations = diagonal(sample).map(Math.sqrt);
  return {
    covariance: squareOf(
      values.length,
      (row, column) =>
        at(cleaned, row, column) * (deviations[row] ?? 0) * (deviations[column] ?? 0),
    ),
    factors: values.filter((value) => value > noiseEdge).length,
    noiseEdge,
  };
}

function meanBelow(values: readonly number[], edge: number): number {
  const below = values.filter((value) => value <= edge);
  return below.length === 0 ? 0 : below.reduce((sum, value) => sum + value, 0) / below.length;
}
