import { mean } from './moments.js';
import { periodRate } from './sharpe-ratio.js';

/**
 * Returns the downside deviation √(Σ min(0, r − target)² ÷ n) as a fraction per period, at least 0.
 * The sum runs over all n returns, those above the target adding zero. Null for an empty sample.
 * Source: Sortino & Price, "Performance Measurement in a Downside Risk Framework" (1994).
 */
export function downsideDeviation(sample: {
  readonly returns: readonly number[];
  readonly targetFrac: number;
}): number | null {
  if (sample.returns.length === 0) return null;
  let squares = 0;
  for (const value of sample.returns) squares += Math.min(0, value - sample.targetFrac) ** 2;
  return Math.sqrt(squares / sample.returns.length);
}

/**
 * Returns the annualised Sortino ratio: mean of (return − target) ÷ downside deviation × √periods
 * per year; without unit, any real number. The target is the risk-free rate of the period, from
 * `riskFreeAnn` a year. Null for fewer than two returns, or when no return fell short of the
 * target. Source: Sortino & Price (1994).
 */
export function sortinoRatio(sample: {
  readonly returns: readonly number[];
  readonly periodsPerYear: number;
  readonly riskFreeAnn: number;
}): number | null {
  const targetFrac = periodRate({
    rateAnn: sample.riskFreeAnn,
    periodsPerYear: sample.periodsPerYear,
  });
  const center = mean(sample.returns);
  const downside = downsideDeviation({ returns: sample.returns, targetFrac });
  if (center === null || sample.returns.length < 2 || downside === null || downside === 0)
    return null;
  return ((center - targetFrac) / downside) * Math.sqrt(sample.periodsPerYear);
}
