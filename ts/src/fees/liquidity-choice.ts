import type { Amount } from '../core/amount.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Price } from '../core/price.js';
import type { LiquiditySide } from '../core/vocabulary.generated.js';
import { COST_ROUNDING } from './fee-rate.js';
import { type CostedOrder, middleAgainst, type TouchPrices } from './cost-estimate.js';
import type { FeeRates } from './fee-schedule.js';
import type { SlippageModel } from './slippage.js';

const MILLION = 1_000_000;

export interface LiquidityQuestion {
  readonly order: Omit<CostedOrder, 'orderType' | 'limitPrice' | 'postOnly'>;
  readonly rates: FeeRates;
  readonly quote: TouchPrices;
  readonly slippage: SlippageModel;
  /** Where the order would rest; it must not cross. */
  readonly restingPrice: Price;
  /** Chance that it fills there, from 0 to 1, to a millionth. */
  readonly fillProbability: number;
  /** What it costs beside the taker's way when it does not fill: how far the market is expected to have gone. */
  readonly missCost: Amount;
}

/** Both ways, from the middle of the quote; in the settlement currency. */
export interface LiquidityChoice {
  readonly choice: LiquiditySide;
  /** Fee and slippage of taking at once. */
  readonly takerCost: Amount;
  /** Fee less the better price of an order that rests and fills; negative is a gain. */
  readonly makerCost: Amount;
  /** The maker's cost when it fills, and the taker's with the miss when it does not, by their chances. */
  readonly makerCostExpected: Amount;
}

/**
 * Chooses whether to rest or to take, by the expected total cost; a tie takes, which is certain (FEE-07).
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function chooseLiquidity(question: LiquidityQuestion): LiquidityChoice {
  const { order, rates, quote, slippage, restingPrice, fillProbability, missCost } = question;
  const { instrument, side, quantity } = order;
  if (!(fillProbability >= 0 && fillProbability <= 1)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `fillProbability must be from 0 to 1, was ${fillProbability}`,
    );
  }
  const chance = BigInt(Math.round(fillProbability * MILLION));
  const isCrossing =
    side === 'buy' ? restingPrice.ticks >= quote.ask.ticks : restingPrice.ticks <= quote.bid.ticks;
  if (isCrossing) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `an order that rests must not cross, its price was ${restingPrice}`,
    );
  }
  const middle = middleAgainst(instrument, side, quote);
  const valueAt = (price: Price) => instrument.settlementNotional(price, quantity);
  const [atMiddle, atRest] = [valueAt(middle), valueAt(restingPrice)];
  const [ask, bid] = [valueAt(quote.ask), valueAt(quote.bid)];
  const spread = ask.compare(bid) >= 0 ? ask.minus(bid) : bid.minus(ask);
  const estimate = { notional: atMiddle, spread, quantity: quantity.toNumber() };
  const takerCost = rates.taker.of(atMiddle).plus(slippage.estimate(estimate));
  const isPayer = (side === 'buy') === (instrument.kind !== 'inverse');
  const gain = isPayer ? atMiddle.minus(atRest) : atRest.minus(atMiddle);
  const makerCost = rates.maker.of(atRest).minus(gain);
  const [filled, one] = [chance, BigInt(MILLION)];
  const makerCostExpected = makerCost
    .timesRatio(filled, one, COST_ROUNDING)
    .plus(takerCost.plus(missCost).timesRatio(one - filled, one, COST_ROUNDING));
  const choice = makerCostExpected.compare(takerCost) < 0 ? 'maker' : 'taker';
  return { choice, takerCost, makerCost, makerCostExpected };
}
