import { incompleteBeta, logGamma } from './gamma.js';
import { normalQuantile } from './normal.js';

const STEPS_MAX = 200;

/** Returns the density of Student's t with `degrees` of freedom, unscaled. */
export function studentDensity(x: number, degrees: number): number {
  const log =
    logGamma((degrees + 1) / 2) -
    logGamma(degrees / 2) -
    0.5 * Math.log(degrees * Math.PI) -
    ((degrees + 1) / 2) * Math.log1p((x * x) / degrees);
  return Math.exp(log);
}

/** Returns the probability that Student's t, unscaled, is at most `x`. */
export function studentProbability(x: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + x * x), degrees / 2, 0.5);
  return x < 0 ? tail : 1 - tail;
}

/**
 * Returns the quantile of Student's t, unscaled. Newton's steps from the normal quantile, kept
 * inside a bracket that halves whenever a step would leave it.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability <= 0) return Number.NEGATIVE_INFINITY;
  if (probability >= 1) return Number.POSITIVE_INFINITY;
  if (probability > 0.5) return -studentQuantile(1 - probability, degrees);
  let above = 0;
  let below = Math.min(-1, normalQuantile(probability));
  while (studentProbability(below, degrees) > probability) below *= 2;
  let x = 0.5 * (above + below);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const error = studentProbability(x, degrees) - probability;
    if (error > 0) above = x;
    else below = x;
    const newton = x - error / studentDensity(x, degrees);
    const next = newton > below && newton < above ? newton : 0.5 * (above + below);
    if (Math.abs(next - x) <= 1e-15 * Math.abs(x)) return next;
    x = next;
  }
  return x;
}

/**
 * Returns the mean of the losses beyond the quantile of `level`, for Student's t unscaled: density
 * at the quantile ÷ (1 − level) × (ν + q²) ÷ (ν − 1). Needs more than one degree of freedom.
 * Source: McNeil, Frey & Embrechts, *Quantitative Risk Management*, example 2.15.
 */
export function studentShortfall(level: number, degrees: number): number {
  const q = studentQuantile(1 - level, degrees);
  return ((studentDensity(q, degrees) / (1 - level)) * (degrees + q * q)) / (degrees - 1);
}
