import type { Instrument } from '../../core/instrument.js';
import type { OrderType, Side, TimeInForce } from '../../core/vocabulary.generated.js';
import type { ExactInput } from './exact-value.js';

/** An order that the gate is asked about, before it leaves. */
export interface GateOrder {
  /** Symbol or index of the instrument; the only one when left out. */
  readonly instrument?: string | number;
  readonly side: Side;
  readonly quantity: ExactInput;
  /** `limit` with a `limitPrice`, `market` without, when left out. */
  readonly orderType?: OrderType;
  /** Default `gtc`. */
  readonly timeInForce?: TimeInForce;
  readonly limitPrice?: ExactInput;
  readonly triggerPrice?: ExactInput;
  /** Where the venue, or the bot, protects what fills. The gate judges it and places nothing. */
  readonly stopLoss?: ExactInput;
  readonly takeProfit?: ExactInput;
  /** The venue clips it to the position. */
  readonly reduceOnly?: boolean;
  readonly postOnly?: boolean;
  /** Most that the book shows of it at a time. */
  readonly displayQuantity?: ExactInput;
  /** Distance of a `trailing_stop`; one of the three. */
  readonly trailingPrice?: ExactInput;
  readonly trailingFrac?: string | number;
  readonly trailingTicks?: number;
  /** When a `gtd` order ends, milliseconds since 1970. */
  readonly expiresAtMs?: number;
  /** One of the limits' strategies, whose limits it is judged by as well. */
  readonly strategy?: string;
  /** When the market event happened that caused it, milliseconds since 1970: what is too old is denied where limits say so. */
  readonly causedAtMs?: number;
}

export const ORDER_KEYS: readonly (keyof GateOrder)[] = [
  'instrument',
  'side',
  'quantity',
  'orderType',
  'timeInForce',
  'limitPrice',
  'triggerPrice',
  'stopLoss',
  'takeProfit',
  'reduceOnly',
  'postOnly',
  'displayQuantity',
  'trailingPrice',
  'trailingFrac',
  'trailingTicks',
  'expiresAtMs',
  'strategy',
  'causedAtMs',
];

/** Which position is to be reduced: its instrument's symbol or index, or the position itself. */
export type ReducedPosition = string | number | { readonly instrument: Instrument };

/** How a position is to be reduced. */
export interface Reduction {
  /** Default: all of it that no order under way takes. More than that is cut to it. */
  readonly quantity?: ExactInput;
  /** A `limit` order at this price; a `market` order when left out. */
  readonly limitPrice?: ExactInput;
  /** Default `gtc`. */
  readonly timeInForce?: TimeInForce;
}

/** What an open order is to become; what is left out stays as it is. */
export interface GateChanges {
  /** The whole quantity, what has filled included. */
  readonly quantity?: ExactInput;
  readonly limitPrice?: ExactInput;
  readonly triggerPrice?: ExactInput;
}
