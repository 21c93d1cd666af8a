import { sampleStdev } from './moments.js';
import { simpleReturns } from './returns.js';

/** A quarter of trading days: short enough to show a crisis, long enough to be an estimate. */
export const ROLLING_WINDOW_DAYS = 63;

/**
 * Returns the annualised volatility: sample standard deviation of daily simple returns × √periods
 * per year, a fraction per year, at least 0. Null for fewer than two returns. Source: Hull,
 * *Options, Futures, and Other Derivatives*, chapter on volatility (there with log returns; the two
 * differ in the second order).
 */
export function annualizedVolatility(sample: {
  readonly returns: readonly number[];
  readonly periodsPerYear: number;
}): number | null {
  const deviation = sampleStdev(sample.returns);
  return deviation === null ? null : deviation * Math.sqrt(sample.periodsPerYear);
}

/**
 * Returns for each value the annualised volatility of the last `windowDays` returns up to it, as
 * fractions; null where the window is not full yet. Null as a whole when the values have no
 * returns.
 */
export function rollingVolatility(sample: {
  readonly values: readonly number[];
  readonly windowDays: number;
  readonly periodsPerYear: number;
}): readonly (number | null)[] | null {
  const returns = simpleReturns(sample.values);
  if (returns === null) return null;
  return sample.values.map((_, index) => {
    if (index < sample.windowDays) return null;
    const window = returns.slice(index - sample.windowDays, index);
    return annualizedVolatility({ returns: window, periodsPerYear: sample.periodsPerYear });
  });
}
