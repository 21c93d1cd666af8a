import { mean, sampleStdev } from './moments.js';

/**
 * Returns the rate of one period that compounds to a yearly rate, a fraction: (1 + rate)^(1 ÷
 * periods) − 1.
 */
export function periodRate(rate: {
  readonly rateAnn: number;
  readonly periodsPerYear: number;
}): number {
  return (1 + rate.rateAnn) ** (1 / rate.periodsPerYear) - 1;
}

/**
 * Returns the annualised Sharpe ratio: mean of (return − risk-free rate of the period) ÷ sample
 * standard deviation of the same differences × √periods per year; without unit, any real number.
 * `riskFreeAnn` is a yearly fraction. Null for fewer than two returns or without deviation. Source:
 * Sharpe, "The Sharpe Ratio", *Journal of Portfolio Management* (1994).
 */
export function sharpeRatio(sample: {
  readonly returns: readonly number[];
  readonly periodsPerYear: number;
  readonly riskFreeAnn: number;
}): number | null {
  const riskFree = periodRate({
    rateAnn: sample.riskFreeAnn,
    periodsPerYear: sample.periodsPerYear,
  });
  const excess = sample.returns.map((value) => value - riskFree);
  const center = mean(excess);
  const deviation = sampleStdev(excess);
  if (center === null || deviation === null || deviation === 0) return null;
  return (center / deviation) * Math.sqrt(sample.periodsPerYear);
}
