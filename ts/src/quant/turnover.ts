import { EXTRAPOLATION_YEARS_MIN } from './annualization.js';
import { mean } from './moments.js';

/**
 * Returns the turnover of a year: traded notional (buys and sells both counted) ÷ mean daily equity
 * ÷ years; times per year, at least 0. Buying a portfolio once and selling it once within a year is
 * 2. Null under 90 days or when mean equity is not positive. Source: Grinold & Kahn, *Active
 * Portfolio Management*, who halve it; this is the two-sided form, on which costs are paid.
 */
export function turnoverPerYear(activity: {
  readonly tradedNotional: number;
  readonly equity: readonly number[];
  readonly years: number;
}): number | null {
  const average = mean(activity.equity);
  if (average === null || average <= 0 || activity.years < EXTRAPOLATION_YEARS_MIN) return null;
  return activity.tradedNotional / average / activity.years;
}
