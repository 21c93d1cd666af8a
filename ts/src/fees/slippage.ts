import type { Amount } from '../core/amount.js';
import { decimalOfNumber } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { COST_ROUNDING, FeeRate } from './fee-rate.js';

/** What a slippage model looks at. */
export interface SlippageInput {
  readonly notional: Amount;
  /** Best ask minus best bid for the whole quantity, in the currency of the notional. */
  readonly spread: Amount;
  /** Quantity of the order, in units. */
  readonly quantity: number;
}

/** Estimates what a taker pays beyond the arrival price; never negative. */
export interface SlippageModel {
  readonly name: string;
  estimate(input: SlippageInput): Amount;
}

/** A fixed share of the notional. @throws HoldfastError `DECIMAL_INVALID`, `FEE_SCHEDULE_INVALID` */
export function fixedSlippage(frac: string): SlippageModel {
  const rate = FeeRate.parse(frac);
  if (rate.isRebate) {
    throw new HoldfastError('ARGUMENT_INVALID', `slippage must not be negative, was ${frac}`);
  }
  return { name: 'fixed', estimate: ({ notional }) => rate.of(notional) };
}

/** Half the spread: what a taker pays beyond the middle. */
export function spreadSlippage(): SlippageModel {
  return { name: 'spread', estimate: ({ spread }) => spread.timesRatio(1n, 2n, COST_ROUNDING) };
}

export interface SquareRootImpactOptions {
  /** Volatility of a day's returns, as a fraction. */
  readonly dailyVolatility: number;
  /** Volume of a day, in units. */
  readonly dailyVolume: number;
  /** Factor of the law, near 1 in published measurements. */
  readonly coefficient?: number;
}

/** Digits of the impact fraction that are kept: it is an estimate, and its error is far above. */
const IMPACT_SCALE = 12;

/**
 * The square-root law: coefficient × daily volatility × √(quantity ÷ daily volume) of the notional. The estimate is a
 * float; it becomes money by rounding up at the twelfth decimal of the fraction, and is at most the whole notional.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function squareRootImpact(options: SquareRootImpactOptions): SlippageModel {
  const { dailyVolatility, dailyVolume, coefficient = 1 } = options;
  for (const [name, value] of Object.entries({ dailyVolatility, dailyVolume, coefficient })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new HoldfastError('ARGUMENT_INVALID', `${name} must be positive, was ${value}`, {
        context: { field: name, value: String(value) },
      });
    }
  }
  const fractionOf = (quantity: number) =>
    Math.min(1, coefficient * dailyVolatility * Math.sqrt(quantity / dailyVolume));
  return {
    name: 'square_root_impact',
    estimate: ({ notional, quantity }) => {
      const steps = Math.ceil(fractionOf(quantity) * 10 ** IMPACT_SCALE);
      const { mantissa, scale } = decimalOfNumber(steps);
      return notional.timesRatio(mantissa, 10n ** BigInt(scale + IMPACT_SCALE), COST_ROUNDING);
    },
  };
}
