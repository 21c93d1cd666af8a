import { HoldfastError } from '../../core/holdfast-error.js';
import type { AlignedReturns } from '../covariance/aligned-returns.js';

/** A stretch of the user's own history, as one set of moves. */
export interface ReturnWindow {
  /** Instants of its first and last return. */
  readonly fromTsMs: number;
  readonly toTsMs: number;
  /** Compounded return of each asset, in the order of the symbols. */
  readonly moves: readonly number[];
}

/** A window with what it would do to a portfolio. */
export interface WorstWindow extends ReturnWindow {
  readonly profit: number;
}

/**
 * Returns the moves from one instant to another, both included, to be played on today's positions.
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW` when no return lies between them
 */
export function returnWindow(
  returns: AlignedReturns,
  bounds: { readonly fromTsMs: number; readonly toTsMs: number },
): ReturnWindow {
  const { tsMs } = returns;
  const first = tsMs.findIndex((instant) => instant >= bounds.fromTsMs);
  const last = tsMs.findLastIndex((instant) => instant <= bounds.toTsMs);
  if (first < 0 || last < first) {
    throw new HoldfastError('OBSERVATIONS_TOO_FEW', 'a window must hold at least 1 return', {
      context: { ...bounds, count: 0, least: 1 },
    });
  }
  return windowAt(returns, first, last);
}

/**
 * Returns the windows of so many periods that would have cost today's portfolio most, the worst
 * first; no two of them overlap.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for a count or a length that is no whole number from 1,
 * `OBSERVATIONS_TOO_FEW` for a history shorter than a window
 */
export function worstWindows(
  returns: AlignedReturns,
  profitOf: (moves: readonly number[]) => number,
  options: { readonly periods: number; readonly count?: number },
): readonly WorstWindow[] {
  const { periods, count = 1 } = options;
  if (!(Number.isInteger(periods) && periods >= 1 && Number.isInteger(count) && count >= 1)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `periods and count must be whole numbers from 1, were ${periods} and ${count}`,
      { context: { periods, count } },
    );
  }
  const starts = returns.rows.length - periods + 1;
  if (starts < 1) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `returns must number at least ${periods}, number ${returns.rows.length}`,
      { context: { count: returns.rows.length, least: periods } },
    );
  }
  const all = Array.from({ length: starts }, (_, start) => {
    const window = windowAt(returns, start, start + periods - 1);
    return { start, window: { ...window, profit: profitOf(window.moves) } };
  }).toSorted(
    (left, right) => left.window.profit - right.window.profit || left.start - right.start,
  );
  const chosen: typeof all = [];
  for (const each of all) {
    if (chosen.length === count) break;
    if (chosen.every(({ start }) => Math.abs(start - each.start) >= periods)) chosen.push(each);
  }
  return chosen.map(({ window }) => window);
}

function windowAt(
  { rows, tsMs, symbols }: AlignedReturns,
  first: number,
  last: number,
): ReturnWindow {
  const growth = symbols.map(() => 1);
  for (let row = first; row <= last; row += 1) {
    const moves = rows[row] ?? [];
    for (const [asset, move] of moves.entries()) growth[asset] = (growth[asset] ?? 1) * (1 + move);
  }
  return {
    fromTsMs: tsMs[first] ?? 0,
    toTsMs: tsMs[last] ?? 0,
    moves: growth.map((factor) => factor - 1),
  };
}
