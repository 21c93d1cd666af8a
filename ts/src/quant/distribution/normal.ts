import { upperGamma } from './gamma.js';

/** Rational approximation of the quantile by P. J. Acklam, relative error 1.15e-9, then refined. */
const CENTRE = {
  numerator: [
    -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269,
    -30.664_798_066_147_16, 2.506_628_277_459_239,
  ],
  denominator: [
    -54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72,
    -13.280_681_552_885_72, 1,
  ],
} as const;
const TAIL = {
  numerator: [
    -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838,
    -2.549_732_539_343_734, 4.374_664_141_464_968, 2.938_163_982_698_783,
  ],
  denominator: [
    0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996,
    3.754_408_661_907_416, 1,
  ],
} as const;
const TAIL_BELOW = 0.024_25;

/** Returns the density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** Returns the probability that a standard normal variable is at most `x`, to 1e-14 of itself. */
export function normalProbability(x: number): number {
  const tail = 0.5 * upperGamma(0.5, 0.5 * x * x);
  return x < 0 ? tail : 1 - tail;
}

/** Returns the quantile of the standard normal distribution: −∞ at 0, ∞ at 1. */
export function normalQuantile(probability: number): number {
  if (probability <= 0) return Number.NEGATIVE_INFINITY;
  if (probability >= 1) return Number.POSITIVE_INFINITY;
  // By symmetry the upper half is the lower one, in which small probabilities keep their digits.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const start = approximateQuantile(probability);
  // One step of Halley's method takes nine digits to sixteen.
  const error = (normalProbability(start) - probability) / normalDensity(start);
  return start - error / (1 + (start * error) / 2);
}

function approximateQuantile(probability: number): number {
  if (probability < TAIL_BELOW) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(TAIL.numerator, q) / polynomial(TAIL.denominator, q);
  }
  const q = probability - 0.5;
  const r = q * q;
  return (polynomial(CENTRE.numerator, r) * q) / polynomial(CENTRE.denominator, r);
}

/** By Horner, the highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
