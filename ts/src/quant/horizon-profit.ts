/** The horizons of requirement SIM-07, in days on which the data hold a close. */
export const PROFIT_HORIZONS_DAYS = [7, 10] as const;

/** What holding for a fixed number of days brought, over every start day. */
export interface HorizonProfit {
  readonly horizonDays: number;
  /** How many overlapping windows the figures rest on. */
  readonly windows: number;
  /** Mean return of a window, a fraction; null without a window. */
  readonly meanFrac: number | null;
  /** Share of windows with a return above zero, 0–1; null without a window. */
  readonly hitRateFrac: number | null;
}

/**
 * Returns mean and hit rate of the overlapping returns v(i + horizon) ÷ v(i) − 1. Days are days of
 * the data (trading days), not calendar days. Overlapping windows are not independent: the count of
 * windows must not be read as a sample size. Figures are null for a series not longer than the
 * horizon, or with a value that is not positive. Source: Hansen & Hodrick (1980) on overlapping
 * observations.
 */
export function horizonProfit(sample: {
  readonly values: readonly number[];
  readonly horizonDays: number;
}): HorizonProfit {
  const { values, horizonDays } = sample;
  let sum = 0;
  let hits = 0;
  let windows = 0;
  for (let index = 0; index + horizonDays < values.length; index += 1) {
    const start = values[index] ?? 0;
    const end = values[index + horizonDays] ?? 0;
    if (start <= 0) return { horizonDays, windows: 0, meanFrac: null, hitRateFrac: null };
    sum += end / start - 1;
    if (end > start) hits += 1;
    windows += 1;
  }
  if (windows === 0) return { horizonDays, windows, meanFrac: null, hitRateFrac: null };
  return { horizonDays, windows, meanFrac: sum / windows, hitRateFrac: hits / windows };
}
