import { HoldfastError } from '../../core/holdfast-error.js';

/** A matrix as rows. */
export type Matrix = readonly (readonly number[])[];

/** Returns Σ leftᵢ rightᵢ, summed from the first to the last. */
export function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += (left[index] ?? 0) * (right[index] ?? 0);
  }
  return sum;
}

/** Returns matrix × vector. */
export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

/** Returns a square matrix by its entries. */
export function squareOf(
  order: number,
  entry: (row: number, column: number) => number,
): number[][] {
  return Array.from({ length: order }, (_, row) =>
    Array.from({ length: order }, (__, column) => entry(row, column)),
  );
}

/** Returns the entry of a matrix; 0 outside of it. */
export function at(matrix: Matrix, row: number, column: number): number {
  return matrix[row]?.[column] ?? 0;
}

export function diagonal(matrix: Matrix): number[] {
  return matrix.map((row, index) => row[index] ?? 0);
}

/** Returns Σ ofᵢ × vectorᵢ vectorᵢᵀ for columns of vectors: a symmetric matrix from its eigenpairs. */
export function fromEigenpairs(values: readonly number[], vectors: Matrix): number[][] {
  return squareOf(vectors[0]?.length ?? 0, (row, column) =>
    values.reduce(
      (sum, value, index) => sum + value * at(vectors, index, row) * at(vectors, index, column),
      0,
    ),
  );
}

/** Returns √(Σ squares of the differences): the Frobenius distance. */
export function distance(left: Matrix, right: Matrix): number {
  let sum = 0;
  left.forEach((row, index) => {
    row.forEach((value, column) => (sum += (value - at(right, index, column)) ** 2));
  });
  return Math.sqrt(sum);
}

/**
 * Checks that a matrix is square, finite and symmetric.
 *
 * @throws HoldfastError `MATRIX_INVALID` naming the entry.
 */
export function checkSymmetric(matrix: Matrix, order = matrix.length): void {
  const fail = (message: string): never => {
    throw new HoldfastError('MATRIX_INVALID', message, { context: { order } });
  };
  if (matrix.length !== order || order === 0) {
    fail(`matrix must have ${order} rows, has ${matrix.length}`);
  }
  matrix.forEach((row, index) => {
    if (row.length !== order) fail(`row ${index} must have ${order} numbers, has ${row.length}`);
    row.forEach((value, column) => {
      const other = at(matrix, column, index);
      const tolerance = 1e-12 * Math.max(Math.abs(value), Math.abs(other));
      if (!Number.isFinite(value) || Math.abs(value - other) > tolerance) {
        fail(`matrix must be finite and symmetric, is not at ${index}, ${column}`);
      }
    });
  });
}
