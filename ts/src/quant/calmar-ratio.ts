/**
 * Returns the Calmar ratio: compound annual growth ÷ maximum drawdown, both fractions over the
 * whole period (Young's own form looks at the last three years only); without unit. Null when there
 * is no growth rate or equity never fell. Source: Young, "Calmar Ratio: A Smoother Tool", *Futures*
 * (1991).
 */
export function calmarRatio(sample: {
  readonly cagrFrac: number | null;
  readonly maxDrawdownFrac: number;
}): number | null {
  if (sample.cagrFrac === null || sample.maxDrawdownFrac <= 0) return null;
  return sample.cagrFrac / sample.maxDrawdownFrac;
}
