import { mean } from './moments.js';

/**
 * Returns the turnover of a year: traded notional (buys and sells both counted) ÷ mean daily equity ÷ years;
 * times per year, at least 0. Buying a portfolio once and selling it once within a year is 2. Null when no
 * time passed or mean equity is not positive. Source: Grinold & Kahn, *Active Portfolio Management*, who
 * halve it; this is the two-sided form, on which costs are paid.
 */
export function turnoverPerYear(activity: {
  readonly tradedNotional: number;
  readonly equity: readonly number[];
  readonly years: number;
}): number | null {
  const average = mean(activity.equity);
  if (average === null || average <= 0 || activity.years <= 0) return null;
  return activity.tradedNotional / average / activity.years;
}
