/**
 * Deviations below this share of the sample's largest magnitude are floating-point residue: a
 * constant series must have no deviation, or every ratio over it would be some huge meaningless
 * number.
 */
const RESIDUE_FRAC = 1e-12;

/** Returns the arithmetic mean, in the unit of the values; null for an empty sample. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Returns the sample standard deviation √(Σ(x − x̄)² ÷ (n − 1)), in the unit of the values, at
 * least 0. Two passes, since the textbook one-pass form cancels badly for small returns around a
 * large mean. Null for fewer than two values. Source: any statistics text, for example Casella &
 * Berger, *Statistical Inference*, section 5.2.
 */
export function sampleStdev(values: readonly number[]): number | null {
  const center = mean(values);
  if (center === null || values.length < 2) return null;
  let squares = 0;
  let largest = 0;
  for (const value of values) {
    squares += (value - center) ** 2;
    largest = Math.max(largest, Math.abs(value));
  }
  const deviation = Math.sqrt(squares / (values.length - 1));
  return deviation <= largest * RESIDUE_FRAC ? 0 : deviation;
}

/**
 * Returns the skewness g₁ = m₃ ÷ m₂^1.5 of central moments, without unit, any real number; negative
 * when the long tail is on the side of losses. Null for fewer than three values or without
 * deviation. Source: Joanes & Gill, "Comparing measures of sample skewness and kurtosis" (1998).
 */
export function skewness(values: readonly number[]): number | null {
  const second = centralMoment(values, 2);
  const third = centralMoment(values, 3);
  if (values.length < 3 || second === null || third === null || sampleStdev(values) === 0)
    return null;
  return third / second ** 1.5;
}

/**
 * Returns the excess kurtosis g₂ = m₄ ÷ m₂² − 3, without unit, at least −2; 0 for the normal
 * distribution. Null for fewer than four values or without deviation. Source: Joanes & Gill (1998).
 */
export function excessKurtosis(values: readonly number[]): number | null {
  const second = centralMoment(values, 2);
  const fourth = centralMoment(values, 4);
  if (values.length < 4 || second === null || fourth === null || sampleStdev(values) === 0)
    return null;
  return fourth / second ** 2 - 3;
}

function centralMoment(values: readonly number[], order: number): number | null {
  const center = mean(values);
  if (center === null) return null;
  let sum = 0;
  for (const value of values) sum += (value - center) ** order;
  return sum / values.length;
}
