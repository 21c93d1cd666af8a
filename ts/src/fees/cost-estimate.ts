import { Amount } from '../core/amount.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import type { Price } from '../core/price.js';
import type { Quantity } from '../core/quantity.js';
import type { LiquiditySide, OrderType, Side } from '../core/vocabulary.generated.js';
import { breakEvenPrice } from './break-even.js';
import { COST_ROUNDING, FeeRate } from './fee-rate.js';
import type { FeeRates } from './fee-schedule.js';
import type { FundingRates } from './funding-rates.js';
import type { SlippageModel } from './slippage.js';

const YEAR_DAYS = 365n;
const DAY_MS = 86_400_000;

/** The order whose costs are asked for. */
export interface CostedOrder {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly orderType: OrderType;
  readonly limitPrice?: Price | undefined;
  /** An order that never takes: the venue refuses it where it would cross. */
  readonly postOnly?: boolean | undefined;
}

/** Best bid and ask of the order's instrument. */
export interface TouchPrices {
  readonly bid: Price;
  readonly ask: Price;
}

/** How long the position is held, and what that costs. */
export interface HoldingCosts {
  readonly holdMs: number;
  /** Needed for a perpetual. */
  readonly funding?: { readonly rates: FundingRates; readonly nowMs: number } | undefined;
  /** Interest on what is borrowed for the position: a fraction of its notional for a year of 365 days. */
  readonly borrowRateAnn?: string | undefined;
}

/** Fee of a transfer in or out, in the currency of the asset that moves. */
export interface NetworkFee {
  readonly fee: Amount;
  /** What one unit of that currency costs in the settlement currency; not needed when it is the same. */
  readonly price?: string | undefined;
}

export interface CostQuestion {
  readonly order: CostedOrder;
  readonly rates: FeeRates;
  readonly quote?: TouchPrices | undefined;
  /** How slippage of a taker is estimated. */
  readonly slippage: SlippageModel;
  readonly holding?: HoldingCosts | undefined;
  readonly network?: NetworkFee | undefined;
  /** How the position is to be left; as a taker unless given. */
  readonly exitLiquidity?: LiquiditySide | undefined;
}

/** What an order costs, in the settlement currency. Every part rounds against the trader. */
export interface CostEstimate {
  readonly liquidity: LiquiditySide;
  /** The limit price of a maker, the middle of the quote for a taker, rounded to the tick against the order. */
  readonly arrivalPrice: Price;
  readonly notional: Amount;
  /** Negative is a rebate. */
  readonly exchangeFee: Amount;
  /** Negative is income. */
  readonly fundingCost: Amount;
  readonly borrowCost: Amount;
  /** Estimated by the model; none for a maker. */
  readonly slippage: Amount;
  /** In its own currency. */
  readonly networkFee: Amount | undefined;
  /** Fee, funding, borrow and slippage; the network fee is not in it. */
  readonly totalCost: Amount;
  /** The total with the network fee; undefined when that cannot be told in the settlement currency. */
  readonly totalCostWithNetwork: Amount | undefined;
  /** Exit price from which the round trip loses nothing, its exit fee included; without the network fee. */
  readonly breakEvenPrice: Price;
}

/**
 * Tells whether an order adds or removes liquidity: a limit order that would cross is a taker (FEE-02), and so is every
 * other type.
 *
 * @throws HoldfastError `FEE_QUOTE_MISSING`
 */
export function liquidityOf(order: CostedOrder, quote: TouchPrices | undefined): LiquiditySide {
  const { orderType, limitPrice, side, postOnly } = order;
  if (orderType !== 'limit' || limitPrice === undefined) return 'taker';
  if (postOnly === true) return 'maker';
  if (quote === undefined) throw quoteMissing(order);
  const isCrossing =
    side === 'buy' ? limitPrice.ticks >= quote.ask.ticks : limitPrice.ticks <= quote.bid.ticks;
  return isCrossing ? 'taker' : 'maker';
}

/**
 * Estimates what an order costs, part by part (FEE-01).
 *
 * @throws HoldfastError `FEE_QUOTE_MISSING`, `FUNDING_RATE_STALE`, `BREAK_EVEN_UNREACHABLE`, `AMOUNT_OVERFLOW`
 */
export function estimateCost(question: CostQuestion): CostEstimate {
  const { order, rates, quote, network, exitLiquidity = 'taker' } = question;
  const { instrument, side, quantity } = order;
  const liquidity = liquidityOf(order, quote);
  const arrivalPrice = arrivalPriceOf(order, liquidity, quote);
  const notional = instrument.settlementNotional(arrivalPrice, quantity);
  const exchangeFee = rates[liquidity].of(notional);
  const fundingCost = fundingOf(question, notional);
  const borrowCost = borrowOf(question.holding, notional);
  const slippage = slippageOf(question, liquidity, notional);
  const totalCost = exchangeFee.plus(fundingCost).plus(borrowCost).plus(slippage);
  const costs = totalCost;
  const exitRate = rates[exitLiquidity];
  const trip = { instrument, side, quantity, entryPrice: arrivalPrice, costs, exitRate };
  return {
    liquidity,
    arrivalPrice,
    notional,
    exchangeFee,
    fundingCost,
    borrowCost,
    slippage,
    networkFee: network?.fee,
    totalCost,
    totalCostWithNetwork: withNetwork(totalCost, network),
    breakEvenPrice: breakEvenPrice(trip),
  };
}

/** The middle of a quote on a tick, rounded against the order. */
export function middleAgainst(instrument: Instrument, side: Side, quote: TouchPrices): Price {
  const sum = quote.bid.ticks + quote.ask.ticks;
  if (quote.bid.ticks > quote.ask.ticks) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `bid must not be above ask, were ${quote.bid} and ${quote.ask}`,
    );
  }
  const isOdd = sum % 2n !== 0n;
  const below = (sum - (isOdd ? 1n : 0n)) / 2n;
  return instrument.priceOfTicks(side === 'buy' && isOdd ? below + 1n : below);
}

function arrivalPriceOf(
  order: CostedOrder,
  liquidity: LiquiditySide,
  quote: TouchPrices | undefined,
): Price {
  if (liquidity === 'maker' && order.limitPrice !== undefined) return order.limitPrice;
  if (quote === undefined) throw quoteMissing(order);
  return middleAgainst(order.instrument, order.side, quote);
}

function slippageOf(
  { order, quote, slippage }: CostQuestion,
  liquidity: LiquiditySide,
  notional: Amount,
): Amount {
  if (liquidity === 'maker' || quote === undefined) return Amount.fromRaw(0n, notional.currency);
  const { instrument, quantity } = order;
  const ask = instrument.settlementNotional(quote.ask, quantity);
  const bid = instrument.settlementNotional(quote.bid, quantity);
  const spread = ask.compare(bid) >= 0 ? ask.minus(bid) : bid.minus(ask);
  return slippage.estimate({ notional, spread, quantity: quantity.toNumber() });
}

/** Only a perpetual pays funding; there its rate must be known when the position is held. */
function fundingOf({ order, holding }: CostQuestion, notional: Amount): Amount {
  const none = Amount.fromRaw(0n, notional.currency);
  const { instrument, side } = order;
  if (!instrument.options.perpetual || holding === undefined || holding.holdMs <= 0) return none;
  const { symbol } = instrument;
  if (holding.funding === undefined) {
    throw new HoldfastError('FUNDING_RATE_STALE', `the funding rate of ${symbol} must be given`, {
      context: { symbol },
    });
  }
  const { rates, nowMs } = holding.funding;
  return rates.cost(symbol, { side, notional, holdMs: holding.holdMs }, nowMs);
}

/** Interest counts every day that has begun. */
function borrowOf(holding: HoldingCosts | undefined, notional: Amount): Amount {
  if (holding?.borrowRateAnn === undefined) return Amount.fromRaw(0n, notional.currency);
  const days = BigInt(Math.ceil(Math.max(0, holding.holdMs) / DAY_MS));
  const year = FeeRate.parse(holding.borrowRateAnn).of(notional);
  return year.timesRatio(days, YEAR_DAYS, COST_ROUNDING);
}

function withNetwork(total: Amount, network: NetworkFee | undefined): Amount | undefined {
  if (network === undefined) return total;
  if (network.fee.currency === total.currency) return total.plus(network.fee);
  if (network.price === undefined) return undefined;
  const price = Amount.parse(network.price, total.currency);
  const one = Amount.parse('1', total.currency);
  return total.plus(price.timesRatio(network.fee.raw, one.raw, COST_ROUNDING));
}

function quoteMissing({ instrument, orderType }: CostedOrder): HoldfastError {
  return new HoldfastError(
    'FEE_QUOTE_MISSING',
    `best bid and ask of ${instrument.symbol} must be given to price a ${orderType} order`,
    { context: { symbol: instrument.symbol, orderType } },
  );
}
