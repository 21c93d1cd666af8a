import { blackScholesPrice, type PriceSeries, type StressPosition } from '../../quant/index.js';
import type { PositionRow } from './risk-files.js';

/** A position with the row that it came from. */
export interface Held extends StressPosition {
  readonly row: PositionRow;
  readonly price: number;
  /** Money that moves one to one with the symbol: of an option, its delta. */
  readonly delta: number;
  readonly column: number;
}

/** Values a row of the file at the last price; without betas it moves one to one with equities. */
export function heldOf(row: PositionRow, series: readonly PriceSeries[], assumed: boolean): Held {
  const column = series.findIndex(({ symbol }) => symbol === row.symbol);
  const price = series[column]?.points.at(-1)?.price ?? 0;
  const betas = assumed ? { us_equity: 1 } : row.betas;
  const head = { symbol: nameOf(row), betas, row, price, column };
  if (row.option === null) {
    const exposure = row.quantity * price;
    return { ...head, exposure, delta: exposure };
  }
  const option = { ...row.option, yieldAnn: 0, quantity: row.quantity, spot: price };
  const bump = price * 1e-4;
  const slope =
    (blackScholesPrice(price + bump, option) - blackScholesPrice(price - bump, option)) /
    (2 * bump);
  return {
    ...head,
    option,
    exposure: row.quantity * blackScholesPrice(price, option),
    delta: row.quantity * slope * price,
  };
}

/** The symbol, with strike and right of an option. */
export function nameOf({ symbol, option }: PositionRow): string {
  return option === null ? symbol : `${symbol} ${option.strike} ${option.right}`;
}

/** Money of each symbol, positions on the same one added up. */
export function deltas(held: readonly Held[], series: readonly PriceSeries[]): readonly number[] {
  return series.map((_, column) =>
    held.reduce((sum, position) => sum + (position.column === column ? position.delta : 0), 0),
  );
}
