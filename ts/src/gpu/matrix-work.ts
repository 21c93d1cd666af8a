import { HoldfastError } from '../core/holdfast-error.js';
import { observations } from '../quant/covariance/observations.js';
import type { ProductWork } from './matrix-program.js';

/** A row an instant, a column an asset. */
export type ReturnRows = readonly (readonly number[])[];

/** Scenarios and portfolios over the same assets. */
export interface StressGrid {
  /** Log-returns: a row a scenario, a column an asset. */
  readonly scenarios: readonly (readonly number[])[];
  /** Signed money in each asset: a row a portfolio. */
  readonly portfolios: readonly (readonly number[])[];
}

/** @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW` */
export function covarianceWork(returns: ReturnRows): ProductWork {
  const { count, assets, centered } = observations(returns);
  const numbers = Float32Array.from(centered.flat());
  return {
    left: numbers,
    right: numbers,
    rows: count,
    leftColumns: assets,
    rightColumns: assets,
    grow: false,
    scale: 1 / (count - 1),
  };
}

/** @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO` naming the column */
export function correlationWork(returns: ReturnRows): ProductWork {
  const { count, assets, centered } = observations(returns);
  const lengths = Array.from({ length: assets }, (_, asset) =>
    Math.sqrt(centered.reduce((sum, row) => sum + (row[asset] ?? 0) ** 2, 0)),
  );
  const still = lengths.findIndex((length) => !(length > 0));
  if (still >= 0) {
    throw new HoldfastError('VOLATILITY_ZERO', `asset ${still} must move to have a correlation`, {
      context: { column: still },
    });
  }
  // Each column has length 1, so that small volatilities keep the digits of single precision.
  const units = centered.flatMap((row) => row.map((value, asset) => value / (lengths[asset] ?? 1)));
  const numbers = Float32Array.from(units);
  const columns = { leftColumns: assets, rightColumns: assets };
  return { left: numbers, right: numbers, rows: count, ...columns, grow: false, scale: 1 };
}

/** @throws HoldfastError `MATRIX_INVALID` naming the field, row and column */
export function stressWork({ scenarios, portfolios }: StressGrid): ProductWork {
  const assets = scenarios[0]?.length ?? 0;
  return {
    left: byAsset('scenarios', scenarios, assets),
    right: byAsset('portfolios', portfolios, assets),
    rows: assets,
    leftColumns: scenarios.length,
    rightColumns: portfolios.length,
    grow: true,
    scale: 1,
  };
}

/** Turns rows into columns: an asset's numbers lie side by side. */
function byAsset(
  field: string,
  rows: readonly (readonly number[])[],
  assets: number,
): Float32Array<ArrayBuffer> {
  const columns = new Float32Array(rows.length * assets);
  if (columns.length === 0) invalid(field, 'must not be empty', {});
  rows.forEach((row, index) => {
    if (row.length !== assets) {
      invalid(field, `must have ${assets} numbers in row ${index}, has ${row.length}`, {
        row: index,
      });
    }
    row.forEach((value, asset) => {
      if (!Number.isFinite(Math.fround(value))) {
        invalid(field, `must be finite, number ${asset} of row ${index} is ${value}`, {
          row: index,
          column: asset,
        });
      }
      columns[asset * rows.length + index] = value;
    });
  });
  return columns;
}

function invalid(field: string, what: string, context: Readonly<Record<string, number>>): never {
  throw new HoldfastError('MATRIX_INVALID', `${field} ${what}`, { context: { field, ...context } });
}
