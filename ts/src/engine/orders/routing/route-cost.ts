import { Amount } from '../../../core/amount.js';
import type { Instrument } from '../../../core/instrument.js';
import type { Quantity } from '../../../core/quantity.js';
import type { LiquiditySide, Side } from '../../../core/vocabulary.generated.js';
import { type CostedOrder, liquidityOf } from '../../../fees/cost-estimate.js';
import { COST_ROUNDING, type FeeRate } from '../../../fees/fee-rate.js';
import type { FeeRates } from '../../../fees/fee-schedule.js';
import type { RouteCost, RoutingStrategy, VenueStandingView } from './route.js';
import type { Touch } from './touch-book.js';

const US_PER_MS = 1_000;
const US_PER_S = 1_000_000n;

/** What the costs beside price and fee are reckoned with; fractions of the notional. */
export interface RouteWeights {
  /** Of what exceeds the quantity at the touch. */
  readonly beyondTouchFrac: FeeRate;
  /** For each second of the venue's smoothed time to answer. */
  readonly delayFracPerS: FeeRate;
  /** For a command that is left without an answer. */
  readonly failureFrac: FeeRate;
}

export interface RouteQuestion {
  readonly order: CostedOrder;
  readonly touch: Touch;
  readonly rates: FeeRates;
  readonly standing: VenueStandingView;
  readonly weights: RouteWeights;
}

/** Reckons what an order costs at a venue. @throws HoldfastError `AMOUNT_OVERFLOW` */
export function routeCost({ order, touch, rates, standing, weights }: RouteQuestion): RouteCost {
  const { instrument, side, quantity, limitPrice } = order;
  const liquidity = liquidityOf(order, touch);
  const touched = side === 'buy' ? touch.ask : touch.bid;
  const price = liquidity === 'maker' && limitPrice !== undefined ? limitPrice : touched;
  const notional = instrument.settlementNotional(price, quantity);
  const fee = rates[liquidity].of(notional);
  const excess = excessOf(
    instrument,
    liquidity,
    quantity,
    side === 'buy' ? touch.askQty : touch.bidQty,
  );
  const depth =
    excess === null
      ? Amount.fromRaw(0n, notional.currency)
      : weights.beyondTouchFrac.of(instrument.settlementNotional(price, excess));
  const latencyUs = BigInt(Math.ceil((standing.latencyMs ?? 0) * US_PER_MS));
  const delay = weights.delayFracPerS.of(notional).timesRatio(latencyUs, US_PER_S, COST_ROUNDING);
  // Laplace's rule of succession: a venue of which nothing is known is trusted as much as not.
  const [lost, answered] = [BigInt(standing.lost), BigInt(standing.answered)];
  const failure = weights.failureFrac
    .of(notional)
    .timesRatio(lost + 1n, lost + answered + 2n, COST_ROUNDING);
  const total = fee.plus(depth).plus(delay).plus(failure);
  return { liquidity, price, notional, fee, depth, delay, failure, total };
}

/** What the touch does not hold; null where nothing exceeds it. */
function excessOf(
  instrument: Instrument,
  liquidity: LiquiditySide,
  quantity: Quantity,
  atTouch: Quantity,
): Quantity | null {
  if (liquidity === 'maker' || quantity.lots <= atTouch.lots) return null;
  return instrument.quantityOfLots(quantity.lots - atTouch.lots);
}

/**
 * Orders costs by a strategy, the better one first: below zero when the left one is. What is equal by the strategy's own measure
 * goes by everything else.
 */
export function compareRoutes(
  strategy: RoutingStrategy,
  { side, instrument }: { readonly side: Side; readonly instrument: Instrument },
  left: RouteCost,
  right: RouteCost,
): number {
  // Of an inverse contract the lower price has the larger value in the settlement currency.
  const isPaid = (side === 'buy') !== (instrument.kind === 'inverse');
  const signed = ({ notional }: RouteCost) => (isPaid ? notional : notional.negated());
  const price = signed(left).compare(signed(right));
  const whole = signed(left).plus(left.total).compare(signed(right).plus(right.total));
  switch (strategy) {
    case 'best_price':
      return price || whole;
    case 'lowest_fee':
      return left.fee.compare(right.fee) || whole;
    case 'smart_route':
      return whole;
  }
}
