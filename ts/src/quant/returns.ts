import { DAY_MS, EXTRAPOLATION_YEARS_MIN } from './annualization.js';

/** A value at an instant, such as equity at the last close of a UTC day. */
export interface ValuePoint {
  readonly tsMs: number;
  readonly value: number;
}

/** A return with the day on which it came in. */
export interface DatedReturn {
  readonly tsMs: number;
  readonly frac: number;
}

/**
 * Returns the simple returns vᵢ ÷ vᵢ₋₁ − 1 between consecutive points as fractions: n points give n
 * − 1 returns. Null when a value that must divide is zero or negative, because no return exists
 * from there.
 */
export function simpleReturns(values: readonly number[]): readonly number[] | null {
  const returns: number[] = [];
  for (let index = 1; index < values.length; index += 1) {
    const previous = values[index - 1] ?? 0;
    if (previous <= 0) return null;
    returns.push((values[index] ?? 0) / previous - 1);
  }
  return returns;
}

/**
 * Returns last ÷ first − 1 as a fraction, at least −1 for values that stay positive; null when the
 * first value is not positive.
 */
export function totalReturn(change: {
  readonly first: number;
  readonly last: number;
}): number | null {
  return change.first > 0 ? change.last / change.first - 1 : null;
}

/**
 * Returns the compound annual growth rate (last ÷ first)^(1 ÷ years) − 1 as a fraction above −1,
 * years being calendar years of 365.25 days. Null under 90 days, and when either value is not
 * positive. Source: CFA Institute, *Quantitative Methods*, "holding period return and annualised
 * return".
 */
export function compoundAnnualGrowth(change: {
  readonly first: number;
  readonly last: number;
  readonly years: number;
}): number | null {
  if (change.first <= 0 || change.last <= 0 || change.years < EXTRAPOLATION_YEARS_MIN) return null;
  return (change.last / change.first) ** (1 / change.years) - 1;
}

/**
 * Returns the day with the largest or the smallest return; the first of equals; null without
 * returns.
 */
export function extremeReturn(
  points: readonly ValuePoint[],
  which: 'best' | 'worst',
): DatedReturn | null {
  let extreme: DatedReturn | null = null;
  for (let index = 1; index < points.length; index += 1) {
    const previous = points[index - 1];
    const current = points[index];
    if (previous === undefined || current === undefined || previous.value <= 0) return null;
    const frac = current.value / previous.value - 1;
    const better =
      extreme === null || (which === 'best' ? frac > extreme.frac : frac < extreme.frac);
    if (better) extreme = { tsMs: current.tsMs, frac };
  }
  return extreme;
}

/** Returns the whole days between two instants, by UTC calendar date. */
export function calendarDaysBetween(span: {
  readonly firstTsMs: number;
  readonly lastTsMs: number;
}): number {
  return Math.floor(span.lastTsMs / DAY_MS) - Math.floor(span.firstTsMs / DAY_MS);
}
