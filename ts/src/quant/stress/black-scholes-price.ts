import { HoldfastError } from '../../core/holdfast-error.js';
import { normalProbability } from '../distribution/normal.js';

/** A European option on an asset that is worth `spot`. */
export interface OptionContract {
  readonly right: 'call' | 'put';
  readonly strike: number;
  readonly timeYears: number;
  readonly volAnn: number;
  /** Continuously compounded. */
  readonly rateAnn: number;
  /** Dividend or foreign rate, continuously compounded. */
  readonly yieldAnn: number;
}

/**
 * Returns the price of Black, Scholes and Merton; the discounted intrinsic value of the forward
 * without time or volatility. Source: Haug, *The Complete Guide to Option Pricing Formulas*, 1.1.6.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for a spot or strike that is not positive, or a negative
 * time or volatility
 */
export function blackScholesPrice(spot: number, option: OptionContract): number {
  const { right, strike, timeYears, volAnn, rateAnn, yieldAnn } = option;
  if (!(spot > 0 && strike > 0 && timeYears >= 0 && volAnn >= 0)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `spot and strike must be above 0, time and volatility at least 0, were ${spot}, ${strike}, ${timeYears}, ${volAnn}`,
      { context: { spot, strike, timeYears, volAnn } },
    );
  }
  const sign = right === 'call' ? 1 : -1;
  const asset = spot * Math.exp(-yieldAnn * timeYears);
  const bond = strike * Math.exp(-rateAnn * timeYears);
  const deviation = volAnn * Math.sqrt(timeYears);
  if (deviation === 0) return Math.max(0, sign * (asset - bond));
  const d1 = Math.log(asset / bond) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  return sign * (asset * normalProbability(sign * d1) - bond * normalProbability(sign * d2));
}
