import { HoldfastError } from '../../core/holdfast-error.js';
import { type Matrix, checkSymmetric } from './dense.js';

/** Jacobi's method converges quadratically: six to ten sweeps are usual. */
const SWEEPS_MAX = 64;

/** Eigenvalues, the largest first, and the unit eigenvector of each as a row. */
export interface Eigenpairs {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

/**
 * Returns the eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, which
 * find small eigenvalues as exactly as large ones. Source: Golub & Van Loan, *Matrix Computations*,
 * section 8.5.
 *
 * @throws HoldfastError `MATRIX_INVALID`, `ITERATION_LIMIT_REACHED`
 */
export function symmetricEigen(matrix: Matrix): Eigenpairs {
  checkSymmetric(matrix);
  const order = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const v = a.map((_, index) => Float64Array.from(a, (__, column) => Number(index === column)));
  const scale = a.reduce((sum, row) => sum + row.reduce((all, x) => all + x * x, 0), 0);
  for (let sweep = 0; offDiagonal(a) > scale * 1e-32; sweep += 1) {
    if (sweep === SWEEPS_MAX) {
      throw new HoldfastError(
        'ITERATION_LIMIT_REACHED',
        `eigenvalues must converge within ${SWEEPS_MAX} sweeps`,
        { context: { sweeps: SWEEPS_MAX, order } },
      );
    }
    for (let p = 0; p < order - 1; p += 1) {
      for (let q = p + 1; q < order; q += 1) rotate(a, v, p, q);
    }
  }
  const pairs = a
    .map((row, index) => ({ value: row[index] ?? 0, vector: [...(v[index] ?? [])] }))
    .toSorted((left, right) => right.value - left.value);
  return { values: pairs.map(({ value }) => value), vectors: pairs.map(({ vector }) => vector) };
}

function offDiagonal(a: readonly Float64Array[]): number {
  let sum = 0;
  a.forEach((row, index) => {
    for (let column = index + 1; column < row.length; column += 1) sum += (row[column] ?? 0) ** 2;
  });
  return 2 * sum;
}

/** Makes entry p, q zero; rows of `v` turn along. */
function rotate(
  a: readonly Float64Array[],
  v: readonly Float64Array[],
  p: number,
  q: number,
): void {
  const [rowP, rowQ, vectorP, vectorQ] = [a[p], a[q], v[p], v[q]];
  if (rowP === undefined || rowQ === undefined || vectorP === undefined || vectorQ === undefined) {
    return;
  }
  const pq = rowP[q] ?? 0;
  if (pq === 0) return;
  const theta = ((rowQ[q] ?? 0) - (rowP[p] ?? 0)) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of a) {
    const x = row[p] ?? 0;
    const y = row[q] ?? 0;
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  turn(rowP, rowQ, c, s);
  turn(vectorP, vectorQ, c, s);
  // What rounding leaves would only be rotated away again.
  rowP[q] = 0;
  rowQ[p] = 0;
}

function turn(left: Float64Array, right: Float64Array, c: number, s: number): void {
  for (let index = 0; index < left.length; index += 1) {
    const x = left[index] ?? 0;
    const y = right[index] ?? 0;
    left[index] = c * x - s * y;
    right[index] = s * x + c * y;
  }
}
