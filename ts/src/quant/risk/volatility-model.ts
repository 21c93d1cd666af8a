import { HoldfastError } from '../../core/holdfast-error.js';
import { RISKMETRICS_DECAY } from '../covariance/sample-covariance.js';
import { minimize } from './minimize.js';

/** Fewer returns do not tell three parameters apart. */
export const GARCH_RETURNS_MIN = 100;

/** Conditional variances of returns: one each, and the one after the last. */
export interface VolatilityPath {
  readonly model: 'ewma' | 'garch';
  readonly mean: number;
  /** Variance of each return as it was expected the period before. */
  readonly variances: readonly number[];
  /** Variance expected for the period after the last return. */
  readonly next: number;
  readonly recursion: Recursion;
}

/** variance′ = omega + alpha × (return − mean)² + beta × variance. */
export interface Recursion {
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
}

export interface GarchFit extends VolatilityPath {
  readonly model: 'garch';
  /** Of the sample under normal residuals, the constant with 2π included. */
  readonly logLikelihood: number;
}

/**
 * Returns the exponentially weighted variances of RiskMetrics: mean zero, variance′ = λ variance +
 * (1 − λ) return². The first variance is the mean square of the sample.
 *
 * @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`
 */
export function ewmaVolatility(
  returns: readonly number[],
  options: { readonly decay?: number } = {},
): VolatilityPath {
  const decay = options.decay ?? RISKMETRICS_DECAY;
  checkReturns(returns, 2);
  const recursion = { omega: 0, alpha: 1 - decay, beta: decay };
  return { model: 'ewma', mean: 0, ...path(returns, 0, recursion), recursion };
}

/**
 * Fits GARCH(1,1) with a constant mean by maximum likelihood under normal residuals. The first
 * variance and residual are the mean squared residual, as in the benchmark of Fiorentini, Calzolari
 * & Panattoni (1996). Found by Nelder and Mead's simplex from several starts.
 *
 * @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`, `FIT_FAILED`
 */
export function fitGarch(returns: readonly number[]): GarchFit {
  checkReturns(returns, GARCH_RETURNS_MIN);
  const average = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const scale = Math.sqrt(
    returns.reduce((sum, value) => sum + (value - average) ** 2, 0) / returns.length,
  );
  if (!Number.isFinite(scale)) failFit('returns must have a finite deviation', returns.length);
  // In units of the sample's deviation all parameters are of order one.
  const unit = returns.map((value) => value / scale);
  const start = average / scale;
  const objective = (point: readonly number[]): number => {
    const { mean, recursion } = parametersOf(point);
    return negativeLogLikelihood(unit, mean, recursion);
  };
  const found = [
    [start, Math.log(0.05), logit(0.95), logit(0.1)],
    [start, Math.log(0.3), logit(0.7), logit(0.3)],
  ].map((from) => minimize(objective, { from, step: 0.4, evaluationsMax: 4_000 }));
  const best = found.toSorted((left, right) => left.value - right.value)[0];
  if (best === undefined || !Number.isFinite(best.value)) {
    return failFit('the likelihood of GARCH(1,1) must have a maximum', returns.length);
  }
  const { mean, recursion } = parametersOf(best.point);
  const scaled = { ...recursion, omega: recursion.omega * scale * scale };
  return {
    model: 'garch',
    mean: mean * scale,
    ...path(returns, mean * scale, scaled),
    recursion: scaled,
    logLikelihood: -best.value - returns.length * Math.log(scale),
  };
}

/** Goes through returns with known parameters, as a forecast does between two fits. */
export function path(
  returns: readonly number[],
  mean: number,
  { omega, alpha, beta }: Recursion,
): Pick<VolatilityPath, 'variances' | 'next'> {
  const first = meanSquare(returns, mean);
  let variance = omega + (alpha + beta) * first;
  const variances: number[] = [];
  for (const value of returns) {
    variances.push(variance);
    variance = omega + alpha * (value - mean) ** 2 + beta * variance;
  }
  return { variances, next: variance };
}

/** Persistence stays below one and no parameter below zero, whatever the point. */
function parametersOf(point: readonly number[]): { mean: number; recursion: Recursion } {
  const [mean = 0, logOmega = 0, persistenceLogit = 0, shareLogit = 0] = point;
  const persistence = expit(persistenceLogit);
  const share = expit(shareLogit);
  return {
    mean,
    recursion: {
      omega: Math.exp(logOmega),
      alpha: persistence * share,
      beta: persistence * (1 - share),
    },
  };
}

function negativeLogLikelihood(
  returns: readonly number[],
  mean: number,
  { omega, alpha, beta }: Recursion,
): number {
  const first = meanSquare(returns, mean);
  let variance = omega + (alpha + beta) * first;
  let sum = 0;
  for (const value of returns) {
    const square = (value - mean) ** 2;
    sum += Math.log(variance) + square / variance;
    variance = omega + alpha * square + beta * variance;
  }
  const total = 0.5 * (sum + returns.length * Math.log(2 * Math.PI));
  return Number.isNaN(total) ? Number.POSITIVE_INFINITY : total;
}

function meanSquare(returns: readonly number[], mean: number): number {
  let sum = 0;
  for (const value of returns) sum += (value - mean) ** 2;
  return sum / returns.length;
}

/** @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO` */
export function checkReturns(returns: readonly number[], least: number): void {
  const wrong = returns.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new HoldfastError('RETURNS_INVALID', `return ${wrong} must be finite`, {
      context: { row: wrong },
    });
  }
  if (returns.length < least) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `returns must number at least ${least}, number ${returns.length}`,
      { context: { count: returns.length, least } },
    );
  }
  const [first] = returns;
  if (returns.every((value) => value === first)) {
    throw new HoldfastError('VOLATILITY_ZERO', 'returns must not all be the same', {
      context: { count: returns.length },
    });
  }
}

function failFit(message: string, count: number): never {
  throw new HoldfastError('FIT_FAILED', message, { context: { count } });
}

function logit(share: number): number {
  return Math.log(share / (1 - share));
}

function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
