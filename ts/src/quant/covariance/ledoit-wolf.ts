import { HoldfastError } from '../../core/holdfast-error.js';
import { at, diagonal, type Matrix, squareOf } from '../matrix/dense.js';
import { crossProducts, observations, type Observations } from './observations.js';

export interface ShrunkCovariance {
  readonly covariance: readonly (readonly number[])[];
  /** Share of the target, from 0 (the sample alone) to 1 (the target alone). */
  readonly shrinkageFrac: number;
}

/**
 * Returns a covariance between the sample's (divided by n) and a target, at the distance that is
 * expected to be least wrong. It is positive definite also with fewer observations than assets.
 *
 * - `identity`: mean variance on the diagonal. Source: Ledoit & Wolf, "A well-conditioned estimator
 *   for large-dimensional covariance matrices" (2004), as in scikit-learn.
 * - `constant_correlation`: own variances, one mean correlation. Source: Ledoit & Wolf, "Honey, I
 *   shrunk the sample covariance matrix" (2004).
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW` below two, `RETURNS_INVALID`, `VOLATILITY_ZERO` for
 * the correlation of an asset that does not move
 */
export function ledoitWolf(
  rows: Matrix,
  options: { readonly target?: 'identity' | 'constant_correlation' } = {},
): ShrunkCovariance {
  const seen = observations(rows);
  const sample = crossProducts(seen.centered, { divisor: seen.count });
  return options.target === 'constant_correlation'
    ? towardsConstantCorrelation(seen, sample)
    : towardsIdentity(seen, sample);
}

function towardsIdentity(
  { centered, count, assets }: Observations,
  sample: Matrix,
): ShrunkCovariance {
  const mean = diagonal(sample).reduce((sum, variance) => sum + variance, 0) / assets;
  const squared = squares(centered);
  const fourth = crossProducts(squared, { divisor: count });
  let spread = 0;
  let gap = 0;
  sample.forEach((row, left) => {
    row.forEach((value, right) => {
      spread += at(fourth, left, right) - value * value;
      gap += (value - (left === right ? mean : 0)) ** 2;
    });
  });
  const shrinkageFrac = gap === 0 ? 0 : clamp(spread / count / gap);
  return {
    shrinkageFrac,
    covariance: squareOf(
      assets,
      (row, column) =>
        (1 - shrinkageFrac) * at(sample, row, column) + (row === column ? shrinkageFrac * mean : 0),
    ),
  };
}

function towardsConstantCorrelation(
  { centered, count, assets }: Observations,
  sample: Matrix,
): ShrunkCovariance {
  const deviations = diagonal(sample).map(Math.sqrt);
  const still = deviations.findIndex((deviation) => !(deviation > 0));
  if (still >= 0) {
    throw new HoldfastError('VOLATILITY_ZERO', `asset ${still} must move to have a correlation`, {
      context: { column: still },
    });
  }
  const scale = (row: number, column: number): number =>
    (deviations[row] ?? 0) * (deviations[column] ?? 0);
  let correlations = 0;
  sample.forEach((row, left) => {
    row.slice(left + 1).forEach((value, offset) => {
      correlations += value / scale(left, left + 1 + offset);
    });
  });
  const mean = assets < 2 ? 0 : (2 * correlations) / (assets * (assets - 1));
  const target = squareOf(assets, (row, column) =>
    row === column ? at(sample, row, row) : mean * scale(row, column),
  );
  // π, ρ and γ of the paper: the sample's error, its covariance with the target's, and their gap.
  const fourth = crossProducts(squares(centered), { divisor: count });
  const pi = squareOf(assets, (i, j) => at(fourth, i, j) - at(sample, i, j) ** 2);
  const theta = thirds({ centered, count }, sample);
  let [piSum, rho, gamma] = [0, 0, 0];
  for (let i = 0; i < assets; i += 1) {
    for (let j = 0; j < assets; j += 1) {
      piSum += at(pi, i, j);
      gamma += (at(target, i, j) - at(sample, i, j)) ** 2;
      const ratio = (deviations[j] ?? 0) / (deviations[i] ?? 1);
      rho += i === j ? at(pi, i, i) : mean * ratio * at(theta, i, j);
    }
  }
  const shrinkageFrac = gamma === 0 ? 0 : clamp((piSum - rho) / gamma / count);
  return {
    shrinkageFrac,
    covariance: squareOf(
      assets,
      (row, column) =>
        shrinkageFrac * at(target, row, column) + (1 - shrinkageFrac) * at(sample, row, column),
    ),
  };
}

/** Covariance of xᵢ² with xᵢ xⱼ: E[xᵢ³ xⱼ] − sᵢᵢ sᵢⱼ. */
function thirds(seen: Pick<Observations, 'centered' | 'count'>, sample: Matrix): number[][] {
  const { centered, count } = seen;
  const sums = squareOf(sample.length, () => 0);
  for (const row of centered) {
    row.forEach((left, i) => {
      const sum = sums[i];
      if (sum !== undefined)
        row.forEach((right, j) => (sum[j] = (sum[j] ?? 0) + left ** 3 * right));
    });
  }
  return squareOf(
    sample.length,
    (i, j) => at(sums, i, j) / count - at(sample, i, i) * at(sample, i, j),
  );
}

function squares(rows: Matrix): number[][] {
  return rows.map((row) => row.map((value) => value * value));
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
