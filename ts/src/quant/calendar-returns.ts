import type { ValuePoint } from './returns.js';

/** The returns of one calendar year, by UTC date. */
export interface YearReturns {
  readonly year: number;
  /** Twelve fractions, January first; null for a month without a point. */
  readonly months: readonly (number | null)[];
  /** From the last point of the year before (or the start) to the last point of this year. */
  readonly totalFrac: number;
}

/**
 * Returns the table of monthly and yearly returns as fractions. A month runs from the last point of
 * the month before it to its own last point; the first month starts at `startValue`, so that the
 * months compound to the total return. Null when a value that must divide is not positive; empty
 * without points.
 */
export function calendarReturns(curve: {
  readonly points: readonly ValuePoint[];
  readonly startValue: number;
}): readonly YearReturns[] | null {
  const years = new Map<number, { months: (number | null)[]; base: number; last: number }>();
  let monthBase = curve.startValue;
  for (let index = 0; index < curve.points.length; index += 1) {
    const point = curve.points[index];
    if (point === undefined) continue;
    const date = new Date(point.tsMs);
    const next = curve.points[index + 1];
    if (next !== undefined && sameMonth(date, new Date(next.tsMs))) continue;
    if (monthBase <= 0) return null;
    const year = date.getUTCFullYear();
    const entry = years.get(year) ?? { months: emptyMonths(), base: monthBase, last: monthBase };
    entry.months[date.getUTCMonth()] = point.value / monthBase - 1;
    entry.last = point.value;
    years.set(year, entry);
    monthBase = point.value;
  }
  return [...years].map(([year, entry]) => ({
    year,
    months: entry.months,
    totalFrac: entry.last / entry.base - 1,
  }));
}

function emptyMonths(): (number | null)[] {
  return new Array<number | null>(12).fill(null);
}

function sameMonth(left: Date, right: Date): boolean {
  return (
    left.getUTCFullYear() === right.getUTCFullYear() && left.getUTCMonth() === right.getUTCMonth()
  );
}
