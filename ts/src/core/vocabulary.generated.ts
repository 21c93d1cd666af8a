// Generated from the enums of native/rust/core by `npm run generate`. Do not edit.
// In an array the place of a text is its number in records and journals.

/** Order side (FIX 54). */
export const SIDES = ['buy', 'sell'] as const;
export type Side = (typeof SIDES)[number];

/** Order type (FIX 40). */
export const ORDER_TYPES = [
  'market',
  'limit',
  'stop_market',
  'stop_limit',
  'take_profit_market',
  'take_profit_limit',
  'trailing_stop',
  'market_to_limit',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/** Time in force (FIX 59). */
export const TIMES_IN_FORCE = ['gtc', 'ioc', 'day', 'fok', 'gtd'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** Why an order exists. */
export const ORDER_ROLES = [
  'strategy',
  'stop_loss',
  'take_profit',
  'liquidation',
  'external',
] as const;
export type OrderRole = (typeof ORDER_ROLES)[number];

/** How the orders of a list depend on each other (FIX 1385). */
export const CONTINGENCIES = ['oco', 'ouo', 'oto', 'bracket'] as const;
export type Contingency = (typeof CONTINGENCIES)[number];

/** Base state of an order (FIX 39); overlays may stand over it. */
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

/** What can happen to an order. */
export const ORDER_EVENT_KINDS = [
  'deny',
  'submit',
  'accept',
  'reject',
  'trigger',
  'partial_fill',
  'complete_fill',
  'cancel',
  'expire',
  'request_cancel',
  'refuse_cancel',
  'request_replace',
  'replace',
  'refuse_replace',
  'lose_track',
  'prove_unknown',
] as const;
export type OrderEventKind = (typeof ORDER_EVENT_KINDS)[number];

/** Kind of a venue's report (FIX 150). */
export const REPORT_KINDS = [
  'accepted',
  'rejected',
  'triggered',
  'fill',
  'canceled',
  'expired',
  'replaced',
  'cancel_rejected',
  'replace_rejected',
  'unknown',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** How much an engine may do, by rising strictness. */
export const TRADING_MODES = ['normal', 'paused', 'reduced', 'emergency'] as const;
export type TradingMode = (typeof TRADING_MODES)[number];

/** Whether a fill added or removed liquidity (FIX 851). */
export const LIQUIDITY_SIDES = ['maker', 'taker'] as const;
export type LiquiditySide = (typeof LIQUIDITY_SIDES)[number];

/** Kind of a journal record. */
export const RECORD_KINDS = {
  session_opened: 1,
  bar: 2,
  order_submitted: 3,
  cancel_requested: 4,
  venue_report: 5,
  funding: 6,
  failure: 7,
  trade: 8,
  quote: 9,
  amend_requested: 10,
  track_lost: 11,
  journal_resumed: 12,
  mode_changed: 14,
  rate_changed: 15,
  verdict: 16,
  order_changed: 17,
  position_changed: 18,
  day_closed: 19,
  order_derived: 20,
  order_list_judged: 21,
  interest_charged: 22,
  reconciliation_item: 23,
  reconciliation_closed: 24,
  reconciliation_state: 25,
  limits_changed: 26,
  strategy_throttled: 27,
  session_closed: 32,
  venue_snapshot: 40,
  reconciliation_decision: 41,
  limits_requested: 48,
  gate_signal: 49,
  fuse_refused: 50,
  capital_planned: 51,
  risk_measured: 52,
  trade_closed: 55,
  route_chosen: 56,
} as const;
export type RecordKind = keyof typeof RECORD_KINDS;

/** What the egress fuse held a request against. */
export const FUSE_CEILINGS = [
  'none',
  'orders_per_second',
  'orders_per_minute',
  'orders_per_day',
  'notional_per_second',
  'notional_per_minute',
  'notional_per_day',
  'order_notional',
  'order_quantity',
  'unanswered_notional',
  'repeats',
  'exits_per_second',
  'exits_per_minute',
] as const;
export type FuseCeiling = (typeof FUSE_CEILINGS)[number];

/** What may stand over an order's status, as bits: several may stand together. */
export const OVERLAY_BITS = { pending_cancel: 1, pending_replace: 2, in_doubt: 4 } as const;
export type Overlay = keyof typeof OVERLAY_BITS;
