import { HoldfastError } from '../../core/holdfast-error.js';
import { fromEigenpairs, type Matrix } from '../matrix/dense.js';
import { symmetricEigen } from '../matrix/symmetric-eigen.js';
import { crossProducts, observations } from './observations.js';

/** Below it the kernel density of the eigenvalues means nothing (Ledoit & Wolf 2020, appendix). */
const OBSERVATIONS_MIN = 12;
const ROOT_FIVE = Math.sqrt(5);
/** Eigenvalues below this share of the largest are zero: two assets that move as one. */
const RANK_TOLERANCE = 1e-12;

/**
 * Returns the covariance whose every eigenvalue is shrunk by its own amount, estimated from the
 * density of all eigenvalues and its Hilbert transform. Works with fewer observations than assets.
 * Source: Ledoit & Wolf, "Analytical nonlinear shrinkage of large-dimensional covariance matrices",
 * *Annals of Statistics* 48 (2020).
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW` below 13, `RETURNS_INVALID`, `MATRIX_NOT_DEFINITE`
 * when the sample has a lower rank than its size allows
 */
export function nonlinearShrinkage(rows: Matrix): number[][] {
  const { centered, assets, count } = observations(rows, OBSERVATIONS_MIN + 1);
  // The means were estimated, which takes one degree of freedom.
  const n = count - 1;
  const { values, vectors } = symmetricEigen(crossProducts(centered, { divisor: n }));
  const rank = Math.min(n, assets);
  const lambda = values.slice(0, rank);
  if ((lambda[rank - 1] ?? 0) <= (lambda[0] ?? 0) * RANK_TOLERANCE) {
    throw new HoldfastError(
      'MATRIX_NOT_DEFINITE',
      'returns must have full rank: an asset is a combination of others, or does not move',
      { context: { rank, assets } },
    );
  }
  const shrunk = shrink(lambda, { assets, n });
  return fromEigenpairs([...shrunk.positive, ...shrunk.null], vectors);
}

interface Shrunk {
  readonly positive: readonly number[];
  /** For the directions that the sample does not see. */
  readonly null: readonly number[];
}

function shrink(lambda: readonly number[], size: { assets: number; n: number }): Shrunk {
  const { assets, n } = size;
  const h = n ** (-1 / 3);
  const ratio = assets / n;
  const kernels = lambda.map((value) => kernel(value, lambda, h));
  if (assets <= n) {
    return {
      positive: lambda.map((value, index) => {
        const { density = 0, hilbert = 0 } = kernels[index] ?? {};
        const real = 1 - ratio - Math.PI * ratio * value * hilbert;
        return value / ((Math.PI * ratio * value * density) ** 2 + real ** 2);
      }),
      null: [],
    };
  }
  const inverse = lambda.reduce((sum, value) => sum + 1 / value, 0) / lambda.length;
  const logarithm = Math.log((1 + ROOT_FIVE * h) / (1 - ROOT_FIVE * h));
  const bracket = 3 / (10 * h * h) + (3 / (4 * ROOT_FIVE * h)) * (1 - 1 / (5 * h * h)) * logarithm;
  const hilbertAtZero = (bracket * inverse) / Math.PI;
  const zero = 1 / (((Math.PI * (assets - n)) / n) * hilbertAtZero);
  return {
    positive: lambda.map((value, index) => {
      const { density = 0, hilbert = 0 } = kernels[index] ?? {};
      return value / (Math.PI ** 2 * value ** 2 * (density ** 2 + hilbert ** 2));
    }),
    null: Array.from({ length: assets - lambda.length }, () => zero),
  };
}

/** Density of the eigenvalues and its Hilbert transform, with the kernel of Epanechnikov. */
function kernel(
  value: number,
  lambda: readonly number[],
  h: number,
): { readonly density: number; readonly hilbert: number } {
  let [density, hilbert] = [0, 0];
  for (const other of lambda) {
    const width = h * other;
    const x = (value - other) / width;
    const parabola = 1 - (x * x) / 5;
    density += ((3 / (4 * ROOT_FIVE)) * Math.max(0, parabola)) / width;
    const linear = (-3 / (10 * Math.PI)) * x;
    const edge = Math.abs(Math.abs(x) - ROOT_FIVE) < 1e-14;
    const logarithm = edge ? 0 : Math.log(Math.abs((ROOT_FIVE - x) / (ROOT_FIVE + x)));
    hilbert += (linear + (3 / (4 * ROOT_FIVE * Math.PI)) * parabola * logarithm) / width;
  }
  return { density: density / lambda.length, hilbert: hilbert / lambda.length };
}
