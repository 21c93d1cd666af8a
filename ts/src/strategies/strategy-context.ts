import type { Amount } from '../core/amount.js';
import type { Code } from '../core/codes.generated.js';
import type { ControlUnit } from '../core/controls.generated.js';
import type { Instrument } from '../core/instrument.js';
import type { Price } from '../core/price.js';
import type { Quantity } from '../core/quantity.js';
import type { RiskMeasure } from '../core/risk-measure.js';
import type {
  LiquiditySide,
  OrderRole,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
  TradingMode,
} from '../core/vocabulary.generated.js';
import type { AccountView } from './account-view.js';
import type { IndicatorFactories, IndicatorValues, Params } from './strategy.js';

/** A price or a quantity at the edge: exact text, a number in its shortest form, or the exact type. */
export type PriceInput = string | number | Price;
export type QuantityInput = string | number | Quantity;

/** An order that a strategy proposes. */
export interface OrderIntent {
  /** Symbol or index of the instrument; the bar's own when left out. */
  readonly instrument?: string | number;
  readonly side: Side;
  readonly quantity: QuantityInput;
  /** Default `market`. */
  readonly orderType?: OrderType;
  /** Default `gtc`. */
  readonly timeInForce?: TimeInForce;
  readonly limitPrice?: PriceInput;
  readonly triggerPrice?: PriceInput;
  /** Placed for what fills; one cancels the other. */
  readonly stopLoss?: PriceInput;
  readonly takeProfit?: PriceInput;
  readonly reduceOnly?: boolean;
  /** Of a limit order: the venue rejects it where it would trade at once. */
  readonly postOnly?: boolean;
  /** Most that the book shows of an order at a time: an iceberg. */
  readonly displayQuantity?: QuantityInput;
  /** Distance of a `trailing_stop` from the best price; exactly one of the three. */
  readonly trailingPrice?: PriceInput;
  /** As a share of the best price: `'0.02'` is two per cent, exact to six decimals. */
  readonly trailingFrac?: string | number;
  readonly trailingTicks?: number;
  /** When a `gtd` order ends, milliseconds since 1970. */
  readonly expiresAtMs?: number;
  /**
   * Name of the strategy that wants it, one of `strategies` of the limits: limits of the strategy's scope hold for it. Within
   * a session it is the running strategy, when the limits name that.
   */
  readonly strategy?: string;
  /**
   * When the market event happened that caused it, milliseconds since 1970, or nanoseconds; one of the two at most. The gate
   * refuses an order whose cause is too old; the last price of its instrument is taken when none is named.
   */
  readonly causedAtMs?: number;
  readonly causedAtNs?: bigint;
  /**
   * An own key of 1 to 256 bytes: the same order under the same key is sent once, a repeat returns the first result. Kept for
   * 24 hours of session time, and as long as the order is open. Of an order that stands alone, not of one in a list.
   */
  readonly idempotencyKey?: string;
}

/** What an open order is to become; what is left out stays as it is. */
export interface OrderChanges {
  /** The whole quantity, what has filled included. */
  readonly quantity?: QuantityInput;
  readonly limitPrice?: PriceInput;
  readonly triggerPrice?: PriceInput;
}

export type OrderOptions = Omit<OrderIntent, 'side' | 'quantity'>;

/** A control that an order failed. */
export interface FailedControl {
  readonly code: Code;
  /** How limit and observed value read: decimal text of an amount or a fraction, a count, nanoseconds or ticks. */
  readonly unit: ControlUnit;
  readonly limit: string | null;
  readonly observed: string;
}

/** What the gate said: an order is sent, or every reason why not. */
export type SubmitResult =
  | { readonly verdict: 'approved'; readonly clientOrderId: number }
  | {
      readonly verdict: 'denied';
      readonly clientOrderId: number;
      readonly codes: readonly Code[];
      readonly failed: readonly FailedControl[];
      /** The largest quantity that would have passed, of an order that was denied for its size alone. */
      readonly suggestedQuantity?: string;
    };

/** An exit of a bracket; side and quantity follow from the entry. */
export type BracketExit = Omit<
  OrderIntent,
  'instrument' | 'side' | 'quantity' | 'reduceOnly' | 'idempotencyKey'
>;

/** What the gate said to a list: all of it is sent, or every reason why none of it is. */
export type SubmitListResult =
  | { readonly verdict: 'approved'; readonly clientOrderIds: readonly number[] }
  | {
      readonly verdict: 'denied';
      readonly clientOrderIds: readonly number[];
      readonly codes: readonly Code[];
      readonly failed: readonly FailedControl[];
    };

/** One execution of an own order. */
export interface FillEvent {
  readonly tsMs: number;
  readonly instrument: Instrument;
  readonly clientOrderId: number;
  readonly role: OrderRole;
  readonly side: Side;
  readonly lastPx: Price;
  readonly lastQty: Quantity;
  readonly liquiditySide: LiquiditySide;
  readonly fee: Amount;
  readonly slippage: Amount;
  /** Gross profit that this fill realised. */
  readonly realizedPnl: Amount;
}

/** An order after a change of its state. */
export interface OrderEvent {
  readonly tsMs: number;
  readonly instrument: Instrument;
  readonly clientOrderId: number;
  /** The order whose fill this one protects, or null. */
  readonly parentOrderId: number | null;
  readonly role: OrderRole;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly status: OrderStatus;
  readonly quantity: Quantity;
  readonly cumQty: Quantity;
  /** True when the event came after an end state: it was applied, and somebody should look. */
  readonly alarm: boolean;
}

/** The position on an instrument at this moment; numbers are for analytics, `lots` is exact. */
export interface PositionView {
  readonly lots: bigint;
  /** Signed quantity in units. */
  readonly quantity: number;
  readonly side: 'long' | 'short' | 'flat';
  readonly isFlat: boolean;
  /** Quantity-weighted entry price, NaN when flat. */
  readonly avgPx: number;
  readonly markPx: number;
  /** Signed value at the mark. */
  readonly value: number;
  readonly unrealizedPnl: number;
}

export type TimerSchedule = { readonly atMs: number } | { readonly everyMs: number };

/** What a strategy can see and do. Everything it sees has already happened. */
export interface StrategyContext<
  P extends Params = Params,
  I extends IndicatorFactories = IndicatorFactories,
  S = unknown,
> {
  readonly params: P;
  readonly state: S;
  /** Values on the instrument of the bar that is being handled. */
  readonly indicators: IndicatorValues<I>;
  /** The instrument of the bar that is being handled. */
  readonly instrument: Instrument;
  readonly instruments: readonly Instrument[];
  /** Session time, milliseconds since 1970. */
  readonly nowMs: number;
  readonly equity: number;
  readonly cash: number;
  /** Fall of equity from its peak, from 0 to 1. */
  readonly drawdownFrac: number;
  readonly openOrderCount: number;
  /** What the engine lets pass. */
  readonly mode: TradingMode;
  /** Currencies, margin and liquidation prices in exact amounts; made anew at each reading. */
  readonly account: AccountView;

  position(instrument?: string | number): PositionView;
  /** @throws HoldfastError for an order that contradicts itself; a denial by the gate is a value, not an error. */
  submit(intent: OrderIntent): SubmitResult;
  buy(quantity: QuantityInput, options?: OrderOptions): SubmitResult;
  sell(quantity: QuantityInput, options?: OrderOptions): SubmitResult;
  /** One cancels the other: the first fill of either, whole or in part, ends the other. */
  submitOco(orders: readonly [OrderIntent, OrderIntent]): SubmitListResult;
  /** One updates the other: what either fills is taken off the other. */
  submitOuo(orders: readonly [OrderIntent, OrderIntent]): SubmitListResult;
  /**
   * One triggers the others: each fill of the parent sends every child for as much, up to the child's own quantity. A
   * child is told by `onOrder` with `parentOrderId`; its instrument is the parent's when left out.
   */
  submitOto(parent: OrderIntent, children: readonly OrderIntent[]): SubmitListResult;
  /** An entry with a stop and a target for what it fills; of these one updates the other. */
  submitBracket(
    entry: OrderIntent,
    exits: { readonly stop: BracketExit; readonly target: BracketExit },
  ): SubmitListResult;
  /**
   * Tells what one unit of another currency of the account costs in the account's own, as of this moment.
   *
   * @throws HoldfastError `RATE_INVALID`, `CURRENCY_UNKNOWN`
   */
  setRate(currency: string, rate: string | number): void;
  /** Sells or buys back the whole position at market, both sides of a hedged one; null when it is flat. */
  closePosition(instrument?: string | number): SubmitResult | null;
  /** @throws HoldfastError `ORDER_UNKNOWN` when the order is not open */
  cancel(clientOrderId: number): void;
  /**
   * Changes quantity, limit price or trigger of an open order. The gate judges the new form; until the venue has answered,
   * the worse of both forms counts. A smaller quantity always passes.
   * @throws HoldfastError `ORDER_UNKNOWN` when the order is not open, `AMEND_INVALID` when the change contradicts it,
   * `ORDER_TRANSITION_ILLEGAL` while another amendment is unanswered
   */
  amend(clientOrderId: number, changes: OrderChanges): SubmitResult;
  /**
   * Puts a trading mode in force that is as strict as the present one or stricter, from the next order on; an `emergency`
   * cancels what is open and closes what is held. A strategy cannot loosen it. The reason stands in the journal.
   *
   * @throws HoldfastError `MODE_RESET_REQUIRED` for a looser mode, `ARGUMENT_INVALID` without a reason
   */
  setMode(mode: TradingMode, reason: string): void;
  /**
   * Tells the gate of the portfolio's correlations (`CorrelationMonitor`) or risk (`LivePortfolioRisk`) as of an instant
   * that is not after the present one. Limits on them judge every later order by the last that was told, with its age.
   *
   * @throws HoldfastError `RISK_MEASURE_INVALID`
   */
  tellRisk(measure: RiskMeasure): void;
  /** Calls `onTimer(name)` at the first bar that closes at or after the time. Replaces a timer of the same name. */
  setTimer(name: string, schedule: TimerSchedule): void;
  clearTimer(name: string): void;
  /** The next number of the session's seeded generator, from 0 (inclusive) to 1 (exclusive). */
  random(): number;
}
