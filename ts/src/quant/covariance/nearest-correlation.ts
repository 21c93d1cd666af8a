import { HoldfastError } from '../../core/holdfast-error.js';
import {
  at,
  checkSymmetric,
  distance,
  fromEigenpairs,
  type Matrix,
  squareOf,
} from '../matrix/dense.js';
import { symmetricEigen } from '../matrix/symmetric-eigen.js';

const ITERATIONS_MAX = 1_000;
const TOLERANCE = 1e-10;

export interface NearestCorrelation {
  readonly correlation: readonly (readonly number[])[];
  /** Frobenius distance from the matrix that was given. */
  readonly distance: number;
  readonly iterations: number;
}

/**
 * Returns the correlation matrix nearest to a symmetric one in the Frobenius norm: alternating
 * projections on matrices without negative eigenvalues and on those with ones on the diagonal, with
 * Dykstra's correction. Nothing else in the library repairs a matrix. Source: Higham, "Computing the
 * nearest correlation matrix" (2002).
 *
 * `eigenvalueMin` above zero makes the answer positive definite, as a Cholesky factor needs it.
 *
 * @throws HoldfastError `MATRIX_INVALID`, `ITERATION_LIMIT_REACHED`
 */
export function nearestCorrelation(
  matrix: Matrix,
  options: { readonly eigenvalueMin?: number; readonly iterationsMax?: number } = {},
): NearestCorrelation {
  checkSymmetric(matrix);
  const { eigenvalueMin = 0, iterationsMax = ITERATIONS_MAX } = options;
  const order = matrix.length;
  let unit: Matrix = matrix;
  let correction: Matrix = squareOf(order, () => 0);
  for (let iterations = 1; iterations <= iterationsMax; iterations += 1) {
    const corrected = squareOf(order, (r, c) => at(unit, r, c) - at(correction, r, c));
    const projected = withoutNegatives(corrected, eigenvalueMin);
    correction = squareOf(order, (r, c) => at(projected, r, c) - at(corrected, r, c));
    const next = squareOf(order, (r, c) => (r === c ? 1 : at(projected, r, c)));
    const step = Math.max(distance(next, unit), distance(next, projected)) / order;
    unit = next;
    if (step <= TOLERANCE) {
      return { correlation: next, distance: distance(next, matrix), iterations };
    }
  }
  throw new HoldfastError(
    'ITERATION_LIMIT_REACHED',
    `the nearest correlation must be found within iterationsMax = ${iterationsMax}`,
    { context: { iterationsMax } },
  );
}

function withoutNegatives(matrix: Matrix, least: number): number[][] {
  const { values, vectors } = symmetricEigen(matrix);
  return fromEigenpairs(
    values.map((value) => Math.max(value, least)),
    vectors,
  );
}
