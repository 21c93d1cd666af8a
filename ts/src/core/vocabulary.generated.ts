// Generated from the enums of native/rust/core by `npm run generate`. Do not edit.

export const SIDES = ['buy', 'sell'] as const;
export type Side = (typeof SIDES)[number];

export const ORDER_TYPES = ['market', 'limit', 'stop_market'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ['gtc', 'ioc', 'day'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

export const ORDER_ROLES = ['strategy', 'stop_loss', 'take_profit'] as const;
export type OrderRole = (typeof ORDER_ROLES)[number];

export const ORDER_STATUSES = [
  'initialized',
  'denied',
  'submitted',
  'accepted',
  'triggered',
  'partially_filled',
  'filled',
  'canceled',
  'rejected',
  'expired',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const LIQUIDITY_SIDES = ['maker', 'taker'] as const;
export type LiquiditySide = (typeof LIQUIDITY_SIDES)[number];

/** Kinds of journal records by their number. */
export const RECORD_KINDS = {
  session_opened: 1,
  bar: 2,
  order_submitted: 3,
  cancel_requested: 4,
  venue_report: 5,
  funding: 6,
  failure: 7,
  verdict: 16,
  order_changed: 17,
  position_changed: 18,
  day_closed: 19,
  order_derived: 20,
  session_closed: 32,
} as const;
export type RecordKind = keyof typeof RECORD_KINDS;
