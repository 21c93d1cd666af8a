import { HoldfastError } from '../../core/holdfast-error.js';
import type { Matrix } from '../matrix/dense.js';

/** Returns of some assets: a row an instant, a column an asset. */
export interface Observations {
  readonly count: number;
  readonly assets: number;
  readonly means: readonly number[];
  /** Rows less the means. */
  readonly centered: Matrix;
}

/**
 * Checks a table of returns and takes the means away.
 *
 * @throws HoldfastError `RETURNS_INVALID` for a row of another length or a value that is no finite
 * number, naming both; `OBSERVATIONS_TOO_FEW` below `least` rows.
 */
export function observations(rows: Matrix, least = 2): Observations {
  const assets = rows[0]?.length ?? 0;
  rows.forEach((row, index) => {
    if (row.length !== assets || assets === 0) {
      throw new HoldfastError(
        'RETURNS_INVALID',
        `row ${index} of the returns must have ${Math.max(1, assets)} numbers, has ${row.length}`,
        { context: { row: index } },
      );
    }
    const column = row.findIndex((value) => !Number.isFinite(value));
    if (column >= 0) {
      throw new HoldfastError(
        'RETURNS_INVALID',
        `return ${column} of row ${index} must be finite, is ${row[column]}`,
        { context: { row: index, column } },
      );
    }
  });
  if (rows.length < least) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `returns must have at least ${least} rows, have ${rows.length}`,
      { context: { count: rows.length, least, assets } },
    );
  }
  const means = meansOf(rows, assets);
  const centered = rows.map((row) => row.map((value, asset) => value - (means[asset] ?? 0)));
  return { count: rows.length, assets, means, centered };
}

/** Returns Σ weight × row rowᵀ, the weights 1 ÷ divisor when none are given. */
export function crossProducts(
  rows: Matrix,
  weights: { readonly divisor: number } | { readonly each: readonly number[] },
): number[][] {
  const assets = rows[0]?.length ?? 0;
  const sums = Array.from({ length: assets }, () => new Float64Array(assets));
  rows.forEach((row, index) => {
    const weight = 'each' in weights ? (weights.each[index] ?? 0) : 1;
    sums.forEach((sum, left) => {
      const scaled = weight * (row[left] ?? 0);
      for (let right = 0; right <= left; right += 1) {
        sum[right] = (sum[right] ?? 0) + scaled * (row[right] ?? 0);
      }
    });
  });
  const divisor = 'divisor' in weights ? weights.divisor : 1;
  return sums.map((sum, left) =>
    Array.from(
      sum,
      (value, right) => (right > left ? (sums[right]?.[left] ?? 0) : value) / divisor,
    ),
  );
}

function meansOf(rows: Matrix, assets: number): number[] {
  const sums = new Float64Array(assets);
  for (const row of rows) {
    row.forEach((value, asset) => (sums[asset] = (sums[asset] ?? 0) + value));
  }
  // The mean of equal values is that value, which their sum divided by their number may miss.
  return Array.from(sums, (sum, asset) => {
    const first = rows[0]?.[asset] ?? 0;
    return rows.every((row) => row[asset] === first) ? first : sum / rows.length;
  });
}
