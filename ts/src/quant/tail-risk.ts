/** One day in twenty lies in the tail: below twenty returns not even one does. */
export const TAIL_RETURNS_MIN = 20;

/**
 * Returns a quantile by linear interpolation between the order statistics around (n − 1) ×
 * probability, definition 7 of Hyndman & Fan, "Sample Quantiles in Statistical Packages" (1996),
 * the default of R and NumPy. In the unit of the values, between their smallest and largest. Null
 * for an empty sample.
 */
export function quantile(sample: {
  readonly values: readonly number[];
  readonly probability: number;
}): number | null {
  const sorted = [...sample.values].sort((left, right) => left - right);
  const position = (sorted.length - 1) * sample.probability;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * Returns the historical value at risk of one period: minus the (1 − confidence) quantile of the
 * returns, a fraction of equity, positive for a loss (a negative figure means that even this
 * quantile was a gain). Null for fewer than twenty returns. Source: Jorion, *Value at Risk*,
 * historical simulation.
 */
export function valueAtRisk(sample: {
  readonly returns: readonly number[];
  readonly confidence: number;
}): number | null {
  if (sample.returns.length < TAIL_RETURNS_MIN) return null;
  const tail = quantile({ values: sample.returns, probability: 1 - sample.confidence });
  return tail === null ? null : -tail;
}

/**
 * Returns the historical conditional value at risk (expected shortfall): minus the mean of the
 * returns at or below the (1 − confidence) quantile, a fraction of equity, at least the value at
 * risk. Null for fewer than twenty returns. Source: Acerbi & Tasche, "On the coherence of expected
 * shortfall" (2002).
 */
export function conditionalValueAtRisk(sample: {
  readonly returns: readonly number[];
  readonly confidence: number;
}): number | null {
  const atRisk = valueAtRisk(sample);
  if (atRisk === null) return null;
  let sum = 0;
  let count = 0;
  for (const value of sample.returns) {
    if (value > -atRisk) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : -sum / count;
}
