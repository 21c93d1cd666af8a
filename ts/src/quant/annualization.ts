export const DAY_MS = 86_400_000;

/** Days of a mean calendar year, leap years counted (Julian year). */
export const DAYS_PER_YEAR = 365.25;

/**
 * Days of a year on which a market that rests at weekends and on holidays trades (US exchanges).
 */
export const WEEKDAY_PERIODS = 252;

/** Days of a year on which a market that never rests trades. */
export const EVERY_DAY_PERIODS = 365;

/**
 * Below a quarter of a year (90 days) a yearly rate says more about the extrapolation than the
 * result.
 */
export const EXTRAPOLATION_YEARS_MIN = 90 / DAYS_PER_YEAR;

/** Below this span the observed rate of days says nothing: one week may hold five days or seven. */
const OBSERVED_SPAN_DAYS_MIN = 28;

/** Halfway between 252 and 365. */
const EVERY_DAY_OBSERVED_MIN = 308.5;

/**
 * Well under 252: such data are no daily data (weekly bars give 52), and must not be scaled as if
 * they were.
 */
const WEEKDAY_OBSERVED_MIN = 200;

const SATURDAY = 6;

/**
 * How many daily returns make a year, and why: `observed` is for sparse data such as weekly bars.
 */
export interface Annualization {
  readonly periodsPerYear: number;
  readonly basis: 'weekdays' | 'every_day' | 'observed';
}

/**
 * Chooses the number of periods in a year from the days that the data hold. Observed days per year
 * are days ÷ calendar days spanned × 365.25: from 308.5 on the market trades at weekends (365),
 * from 200 on it rests (252), below that the observed number itself is used. Spans under 28 days
 * cannot tell: there a Saturday among the days means 365.
 */
export function annualizationOf(daysTsMs: readonly number[]): Annualization {
  const first = daysTsMs[0];
  const last = daysTsMs[daysTsMs.length - 1];
  if (first === undefined || last === undefined) {
    return { periodsPerYear: WEEKDAY_PERIODS, basis: 'weekdays' };
  }
  const spanDays = Math.floor(last / DAY_MS) - Math.floor(first / DAY_MS) + 1;
  if (spanDays < OBSERVED_SPAN_DAYS_MIN) {
    return daysTsMs.some((tsMs) => new Date(tsMs).getUTCDay() === SATURDAY)
      ? { periodsPerYear: EVERY_DAY_PERIODS, basis: 'every_day' }
      : { periodsPerYear: WEEKDAY_PERIODS, basis: 'weekdays' };
  }
  const observed = (daysTsMs.length / spanDays) * DAYS_PER_YEAR;
  if (observed >= EVERY_DAY_OBSERVED_MIN) {
    return { periodsPerYear: EVERY_DAY_PERIODS, basis: 'every_day' };
  }
  if (observed >= WEEKDAY_OBSERVED_MIN) {
    return { periodsPerYear: WEEKDAY_PERIODS, basis: 'weekdays' };
  }
  return { periodsPerYear: Math.max(1, Math.round(observed)), basis: 'observed' };
}

/** Returns the calendar years between two instants, a year being 365.25 days; never negative. */
export function yearsBetween(span: {
  readonly firstTsMs: number;
  readonly lastTsMs: number;
}): number {
  return Math.max(0, span.lastTsMs - span.firstTsMs) / (DAYS_PER_YEAR * DAY_MS);
}
