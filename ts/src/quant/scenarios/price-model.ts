import { z } from 'zod';

const number = z.number();
const column = z.array(number).min(1).max(512);
const matrix = z.array(z.array(number)).min(1);
const motion = { covariance: matrix, drifts: column.optional() };

const margin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('normal'), mean: number, deviation: number }),
  z.strictObject({
    kind: z.literal('student'),
    mean: number,
    scale: number,
    freedom: number.min(1),
  }),
  z.strictObject({ kind: z.literal('empirical'), returns: z.array(number).min(10) }),
]);

const variance = z.strictObject({
  start: number.nonnegative(),
  level: number.positive(),
  speed: number.positive(),
  volatility: number.positive(),
  correlation: number.min(-1).max(1),
});

export const modelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('brownian'), ...motion }),
  z.strictObject({
    kind: z.literal('factors'),
    loadings: matrix,
    deviations: column,
    drifts: column.optional(),
  }),
  z.strictObject({
    kind: z.literal('copula'),
    correlation: matrix,
    freedom: number.min(1).optional(),
    margins: z.array(margin).min(1).max(512),
  }),
  z.strictObject({
    kind: z.literal('jumps'),
    ...motion,
    intensities: column,
    means: column,
    deviations: column,
    together: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('heston'),
    variances: z.array(variance).min(1).max(512),
    correlation: matrix.optional(),
    rates: column.optional(),
    scheme: z.enum(['quadratic-exponential', 'full-truncation']).default('quadratic-exponential'),
  }),
  z.strictObject({
    kind: z.literal('filtered-history'),
    returns: matrix,
    volatility: z.enum(['ewma', 'garch']).default('garch'),
  }),
  z.strictObject({
    kind: z.literal('bootstrap'),
    returns: matrix,
    blockMean: number.min(1).default(10),
  }),
  z.strictObject({
    kind: z.literal('regimes'),
    regimes: z.array(z.strictObject(motion)).min(1).max(16),
    start: column,
    transitions: matrix,
  }),
]);

/**
 * How prices move; all returns are log-returns of one step. Where drifts are left out they are such that the mean price stays
 * what it is.
 *
 * - `brownian`: correlated Brownian motion.
 * - `factors`: return = drift + Σ loading × common factor + deviation × own normal; a row of loadings an asset.
 * - `copula`: any margins joined by a Gaussian copula, or Student's where `freedom` is given (Demarta and McNeil 2005).
 * - `jumps`: Brownian motion, and jumps with normal logarithms (Merton 1976); `intensities` are expected numbers a step, and
 *   `together` lets all assets jump at the same times, those of the first intensity.
 * - `heston`: stochastic variance (Heston 1993), all numbers a year's; `full-truncation` is cheaper and biased.
 * - `filtered-history`: residuals of each asset's volatility model, drawn by the row (Barone-Adesi et al. 1999).
 * - `bootstrap`: runs of rows whose lengths are geometric with a mean of `blockMean` (Politis and Romano 1994).
 * - `regimes`: Brownian motions that take turns as a Markov chain says; `start` are the probabilities of the first step.
 */
export type PriceModel = z.input<typeof modelSchema>;
export type ParsedModel = z.output<typeof modelSchema>;
