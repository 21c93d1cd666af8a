import { Amount } from './amount.js';
import type { Instrument } from './instrument.js';
import { instrumentAt } from './instrument-at.js';
import type { Price } from './price.js';
import type { Quantity } from './quantity.js';
import type { StrategyNumbers } from './strategy-numbers.js';
import {
  ORDER_ROLES,
  ORDER_STATUSES,
  ORDER_TYPES,
  type OrderRole,
  type OrderStatus,
  type OrderType,
  OVERLAY_BITS,
  type Side,
  SIDES,
  type TimeInForce,
  TIMES_IN_FORCE,
} from './vocabulary.generated.js';
import type { OrderSnapshot } from '../native/native-engine.js';

/** An order as it stands. */
export interface OrderView {
  readonly clientOrderId: number;
  readonly parentOrderId: number | null;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly role: OrderRole;
  readonly reduceOnly: boolean;
  readonly postOnly: boolean;
  /** The strategy that wanted it; null when none was named. */
  readonly strategy: string | null;
  readonly status: OrderStatus;
  readonly isOpen: boolean;
  /** The outcome of its last command is not known; it keeps its whole reservation. */
  readonly isInDoubt: boolean;
  readonly isPendingCancel: boolean;
  readonly isPendingReplace: boolean;
  /** Whether the engine holds it until its trigger, because the venue lacks its kind. */
  readonly isHeld: boolean;
  readonly quantity: Quantity;
  readonly cumQty: Quantity;
  readonly leavesQty: Quantity;
  /** What still counts towards worst-case exposure. */
  readonly reservedQty: Quantity;
  /** Quantity-weighted price of its fills, for analytics; null before the first. */
  readonly avgPx: number | null;
  /** Fees that were paid in the settlement currency. */
  readonly fees: Amount;
  readonly limitPrice: Price | null;
  readonly triggerPrice: Price | null;
  /** What is placed, or was to be, for that which fills. */
  readonly stopLoss: Price | null;
  readonly takeProfit: Price | null;
}

/** Makes the view of what the native core tells in text. */
export function orderView(
  order: OrderSnapshot,
  instruments: readonly Instrument[],
  strategies: StrategyNumbers,
): OrderView {
  const instrument = instrumentAt(instruments, order.instrument);
  const quantity = (lots: string) => instrument.quantityOfLots(BigInt(lots));
  const price = (ticks: string | null) =>
    ticks === null ? null : instrument.priceOfTicks(BigInt(ticks));
  const has = (bit: number) => (order.overlays & bit) !== 0;
  const cumLots = Number(order.cum_lots);
  const tick = Number(instrument.options.tickSize);
  return {
    clientOrderId: order.client_order_id,
    parentOrderId: order.parent === 0 ? null : order.parent,
    instrument,
    side: word(SIDES, order.side),
    orderType: word(ORDER_TYPES, order.order_type),
    timeInForce: word(TIMES_IN_FORCE, order.time_in_force),
    role: word(ORDER_ROLES, order.role),
    reduceOnly: order.reduce_only,
    postOnly: order.post_only,
    strategy: strategies.name(order.strategy),
    status: word(ORDER_STATUSES, order.status),
    isOpen: order.is_open,
    isInDoubt: has(OVERLAY_BITS.in_doubt),
    isPendingCancel: has(OVERLAY_BITS.pending_cancel),
    isPendingReplace: has(OVERLAY_BITS.pending_replace),
    isHeld: order.is_held,
    quantity: quantity(order.quantity_lots),
    cumQty: quantity(order.cum_lots),
    leavesQty: quantity(order.leaves_lots),
    reservedQty: quantity(order.reserved_lots),
    avgPx: cumLots === 0 ? null : (Number(order.filled_tick_lots) / cumLots) * tick,
    fees: Amount.parse(order.fees, instrument.settlementCurrency),
    limitPrice: price(order.limit_ticks),
    triggerPrice: price(order.trigger_ticks),
    stopLoss: price(order.stop_loss_ticks),
    takeProfit: price(order.take_profit_ticks),
  };
}

function word<Word extends string>(words: readonly Word[], text: string): Word {
  const found = words.find((each) => each === text);
  // The vocabulary is generated from the native enums, so another word means two builds were mixed.
  if (found === undefined) throw new RangeError(`native word ${text} is not in the vocabulary`);
  return found;
}
