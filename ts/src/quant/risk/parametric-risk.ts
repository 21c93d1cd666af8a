import { HoldfastError } from '../../core/holdfast-error.js';
import { normalDensity, normalQuantile } from '../distribution/normal.js';
import { studentQuantile, studentShortfall } from '../distribution/student-t.js';
import { checkLevel, type TailFigures } from './weighted-tail.js';

/** VaR and CVaR of a distribution with mean 0 and deviation 1. */
export interface Multipliers {
  readonly var: number;
  readonly cvar: number;
}

/** Returns z and φ(z) ÷ (1 − level). */
export function normalMultipliers(level: number): Multipliers {
  checkLevel(level);
  const z = normalQuantile(level);
  return { var: z, cvar: normalDensity(z) / (1 - level) };
}

/**
 * Returns the multipliers of Student's t scaled to deviation 1, √((ν − 2) ÷ ν) times the unscaled
 * ones.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for two degrees of freedom or fewer, which have no
 * deviation
 */
export function studentMultipliers(level: number, degrees: number): Multipliers {
  checkLevel(level);
  if (!(degrees > 2)) {
    throw new HoldfastError('ARGUMENT_INVALID', `degrees must be above 2, were ${degrees}`, {
      context: { degrees },
    });
  }
  const scale = Math.sqrt((degrees - 2) / degrees);
  return {
    var: -scale * studentQuantile(1 - level, degrees),
    cvar: scale * studentShortfall(level, degrees),
  };
}

/**
 * Returns the quantile of the Cornish–Fisher expansion, z + (z² − 1) S ÷ 6 + (z³ − 3 z) K ÷ 24 −
 * (2 z³ − 5 z) S² ÷ 36, and the mean of the expansion beyond it: Σ of its coefficients with the
 * partial moments of z. Source: Cornish & Fisher (1937); domain by Maillard, "A user's guide to the
 * Cornish Fisher expansion" (2012).
 *
 * @throws HoldfastError `EXPANSION_INVALID` where the expansion does not rise with z, so that it is
 * no quantile
 */
export function cornishFisherMultipliers(
  level: number,
  shape: { readonly skewness: number; readonly excessKurtosis: number },
): Multipliers {
  checkLevel(level);
  if (!cornishFisherValid(shape)) {
    throw new HoldfastError(
      'EXPANSION_INVALID',
      `skewness ${shape.skewness.toFixed(3)} and excess kurtosis ${shape.excessKurtosis.toFixed(3)} ` +
        'must lie where the expansion rises',
      { context: { skewness: shape.skewness, excessKurtosis: shape.excessKurtosis } },
    );
  }
  const [c0, c1, c2, c3] = expansion(shape);
  const z = normalQuantile(1 - level);
  const density = normalDensity(z);
  const mass = 1 - level;
  // ∫ zᵏ φ up to z for k = 0 to 3.
  const partial = [mass, -density, mass - z * density, -(z * z + 2) * density] as const;
  const below = c0 * partial[0] + c1 * partial[1] + c2 * partial[2] + c3 * partial[3];
  return { var: -(c0 + c1 * z + c2 * z * z + c3 * z ** 3), cvar: -below / mass };
}

/** Returns whether the derivative c₁ + 2 c₂ z + 3 c₃ z² of the expansion is nowhere negative. */
export function cornishFisherValid(shape: {
  readonly skewness: number;
  readonly excessKurtosis: number;
}): boolean {
  const [, c1, c2, c3] = expansion(shape);
  if (c3 <= 0) return c3 === 0 && c2 === 0 && c1 >= 0;
  return c2 * c2 <= 3 * c1 * c3;
}

function expansion({
  skewness,
  excessKurtosis,
}: {
  readonly skewness: number;
  readonly excessKurtosis: number;
}): readonly [number, number, number, number] {
  const [s, k] = [skewness / 6, excessKurtosis / 24];
  return [-s, 1 - 3 * k + 5 * s * s, s, k - 2 * s * s];
}

/** Scales multipliers to a mean and a deviation, both of the whole horizon. */
export function scaledFigures(
  level: number,
  multipliers: Multipliers,
  moments: { readonly mean: number; readonly deviation: number },
): TailFigures {
  const { mean, deviation } = moments;
  return {
    level,
    var: multipliers.var * deviation - mean,
    cvar: multipliers.cvar * deviation - mean,
  };
}

/**
 * Returns the degrees of freedom at which Student's t has the excess kurtosis of a sample, ν = 4 + 6
 * ÷ κ (method of moments); infinite for a sample without fat tails.
 */
export function studentDegrees(excess: number): number {
  return excess > 0 ? 4 + 6 / excess : Number.POSITIVE_INFINITY;
}
