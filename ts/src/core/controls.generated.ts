// Generated from native/rust/risk/src/control.rs by `npm run generate`. Do not edit.

export type ControlUnit = 'ns' | 'amount' | 'fraction' | 'count' | 'ticks';

export interface ControlEntry {
  readonly unit: ControlUnit;
  readonly meaning: string;
}

/** Codes of the gate's controls, in the order of their bits. */
export const CONTROL_CODES = [
  'PRICE_STALE',
  'ACCOUNT_UNAVAILABLE',
  'ORDER_QTY_EXCEEDED',
  'ORDER_NOTIONAL_EXCEEDED',
  'QTY_BELOW_MIN',
  'QTY_ABOVE_MAX',
  'NOTIONAL_BELOW_MIN',
  'NOTIONAL_ABOVE_MAX',
  'PRICE_BAND_EXCEEDED',
  'PERCENT_PRICE_EXCEEDED',
  'POSITION_LIMIT_EXCEEDED',
  'GROSS_EXPOSURE_EXCEEDED',
  'ORDER_RATE_EXCEEDED',
  'DAILY_TRADES_EXCEEDED',
  'DAILY_LOSS_EXCEEDED',
  'DRAWDOWN_EXCEEDED',
  'STOP_LOSS_REQUIRED',
  'ORDER_CAPACITY_EXHAUSTED',
  'RISK_ARITHMETIC',
  'RATE_STALE',
  'MARGIN_INSUFFICIENT',
  'SELF_TRADE',
  'TRADING_MODE_DENIED',
  'POSITION_QTY_EXCEEDED',
  'POSITION_NOTIONAL_EXCEEDED',
  'NET_EXPOSURE_EXCEEDED',
  'ASSET_EXPOSURE_EXCEEDED',
  'GROUP_EXPOSURE_EXCEEDED',
  'CONCENTRATION_EXCEEDED',
  'LEVERAGE_EXCEEDED',
  'BUYING_POWER_EXCEEDED',
  'OPEN_ORDERS_EXCEEDED',
  'MESSAGE_RATE_EXCEEDED',
  'DUPLICATE_INTENT',
  'EXECUTIONS_THROTTLED',
  'WEEKLY_LOSS_EXCEEDED',
  'TOTAL_LOSS_EXCEEDED',
  'DRAWDOWN_GUARD',
  'CONSECUTIVE_LOSSES',
  'PRICE_COLLAR_EXCEEDED',
  'STOP_COVERAGE_MISSING',
  'ACCOUNT_STALE',
  'INTENT_STALE',
  'CLOCK_DRIFT_EXCEEDED',
  'INSTRUMENT_RESTRICTED',
  'OUTSIDE_TRADING_HOURS',
  'INSTRUMENT_HALTED',
  'SHORT_SALE_DENIED',
  'BREAKER_OPEN',
  'STRATEGY_MESSAGE_RATE_EXCEEDED',
  'CAPITAL_ALLOCATION_EXCEEDED',
  'CORRELATION_STALE',
  'CORRELATION_TOO_HIGH',
  'PORTFOLIO_RISK_STALE',
  'VAR_EXCEEDED',
  'CVAR_EXCEEDED',
  'RISK_SCORE_EXCEEDED',
] as const;

/** Bit of each of them in a verdict: the numbers need not follow each other. */
export const CONTROL_BITS: readonly number[] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
  27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50,
  51, 52, 53, 54, 55, 56,
];

export type ControlCode = (typeof CONTROL_CODES)[number];

/** What each control checks, and how its limit and observed value are to be read. */
export const CONTROLS: Readonly<Record<ControlCode, ControlEntry>> = {
  PRICE_STALE: { unit: 'ns', meaning: 'Age of the reference price.' },
  ACCOUNT_UNAVAILABLE: {
    unit: 'amount',
    meaning: 'Equity must be positive for limits relative to it.',
  },
  ORDER_QTY_EXCEEDED: {
    unit: 'amount',
    meaning: 'Quantity of one order, in units of the instrument.',
  },
  ORDER_NOTIONAL_EXCEEDED: { unit: 'amount', meaning: 'Notional of one order.' },
  QTY_BELOW_MIN: { unit: 'amount', meaning: "The instrument's smallest quantity." },
  QTY_ABOVE_MAX: { unit: 'amount', meaning: "The instrument's largest quantity." },
  NOTIONAL_BELOW_MIN: { unit: 'amount', meaning: "The instrument's smallest notional." },
  NOTIONAL_ABOVE_MAX: { unit: 'amount', meaning: "The instrument's largest notional." },
  PRICE_BAND_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Distance of the limit price from the reference price.',
  },
  PERCENT_PRICE_EXCEEDED: {
    unit: 'fraction',
    meaning: "The instrument's band around the reference price.",
  },
  POSITION_LIMIT_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Position, all open orders filled, as a fraction of equity.',
  },
  GROSS_EXPOSURE_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Gross exposure, all open orders filled, as a fraction of equity.',
  },
  ORDER_RATE_EXCEEDED: {
    unit: 'count',
    meaning: 'Orders within the last minute, this one included.',
  },
  DAILY_TRADES_EXCEEDED: {
    unit: 'count',
    meaning: 'Opening orders of the UTC day, this one included.',
  },
  DAILY_LOSS_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Largest loss of the UTC day as a fraction of its opening equity.',
  },
  DRAWDOWN_EXCEEDED: { unit: 'fraction', meaning: 'Largest drawdown of marked equity.' },
  STOP_LOSS_REQUIRED: {
    unit: 'ticks',
    meaning: 'Stop loss of an opening order, on the losing side of its price.',
  },
  ORDER_CAPACITY_EXHAUSTED: { unit: 'count', meaning: 'Open orders, this one included.' },
  RISK_ARITHMETIC: { unit: 'count', meaning: 'A value of the judgement left its range.' },
  RATE_STALE: {
    unit: 'ns',
    meaning: 'Age of the oldest rate of exchange that the order or the account depends on.',
  },
  MARGIN_INSUFFICIENT: {
    unit: 'amount',
    meaning:
      'Initial margin that the order adds, against what is available, in the settlement currency.',
  },
  SELF_TRADE: { unit: 'count', meaning: 'Own orders that the order could match.' },
  TRADING_MODE_DENIED: {
    unit: 'count',
    meaning: 'Trading mode: 1 paused, 2 reduced, 3 emergency.',
  },
  POSITION_QTY_EXCEEDED: {
    unit: 'amount',
    meaning: 'Position, all open orders filled, in units of the instrument.',
  },
  POSITION_NOTIONAL_EXCEEDED: {
    unit: 'amount',
    meaning: 'Notional of the position, all open orders filled.',
  },
  NET_EXPOSURE_EXCEEDED: {
    unit: 'fraction',
    meaning:
      'Longs less shorts, the open orders of the worse side filled, as a fraction of equity.',
  },
  ASSET_EXPOSURE_EXCEEDED: {
    unit: 'fraction',
    meaning:
      'Exposure to the base currency over all its instruments, all open orders filled, as a fraction of equity.',
  },
  GROUP_EXPOSURE_EXCEEDED: {
    unit: 'fraction',
    meaning: "Exposure to the instrument's group, all open orders filled, as a fraction of equity.",
  },
  CONCENTRATION_EXCEEDED: {
    unit: 'fraction',
    meaning:
      'Share of the instrument in the portfolio, which is the larger of equity and gross exposure.',
  },
  LEVERAGE_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Gross exposure, all open orders filled, over equity.',
  },
  BUYING_POWER_EXCEEDED: {
    unit: 'amount',
    meaning:
      'Cost of all open buy orders, this one included, against settled cash, in the settlement currency.',
  },
  OPEN_ORDERS_EXCEEDED: {
    unit: 'count',
    meaning: 'Open orders that the limits permit, this one included.',
  },
  MESSAGE_RATE_EXCEEDED: {
    unit: 'count',
    meaning: "Messages that the venue's budget lacks; a share of it is kept for cancels.",
  },
  DUPLICATE_INTENT: {
    unit: 'ns',
    meaning: 'Time since the same order of the same strategy was sent.',
  },
  EXECUTIONS_THROTTLED: {
    unit: 'count',
    meaning:
      'Fills of the strategy within the window; beyond the limit it is disabled until a person enables it again.',
  },
  WEEKLY_LOSS_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Largest loss of the UTC week, from Monday, as a fraction of its opening equity.',
  },
  TOTAL_LOSS_EXCEEDED: {
    unit: 'fraction',
    meaning: 'Largest loss since the start as a fraction of opening equity.',
  },
  DRAWDOWN_GUARD: {
    unit: 'fraction',
    meaning: 'Present drawdown beyond the soft limit, which cuts the permitted sizes.',
  },
  CONSECUTIVE_LOSSES: { unit: 'count', meaning: 'Losing closes in a row on the UTC day.' },
  PRICE_COLLAR_EXCEEDED: {
    unit: 'fraction',
    meaning: "Distance of the order's price from where the market stood when the window began.",
  },
  STOP_COVERAGE_MISSING: {
    unit: 'ns',
    meaning: 'Time for which the position is not wholly covered by live protective stops.',
  },
  ACCOUNT_STALE: { unit: 'ns', meaning: 'Time since the venue confirmed the account.' },
  INTENT_STALE: { unit: 'ns', meaning: 'Age of the market event that caused the order.' },
  CLOCK_DRIFT_EXCEEDED: {
    unit: 'ns',
    meaning: "Measured offset of the clock, or how far the order's cause lies in the future.",
  },
  INSTRUMENT_RESTRICTED: {
    unit: 'count',
    meaning: 'Whether the instrument is on the restricted list.',
  },
  OUTSIDE_TRADING_HOURS: { unit: 'ns', meaning: 'Time since the last trading session ended.' },
  INSTRUMENT_HALTED: { unit: 'count', meaning: 'Whether the venue has halted the instrument.' },
  SHORT_SALE_DENIED: {
    unit: 'amount',
    meaning: 'Short position, all open sell orders filled, in units of the instrument.',
  },
  BREAKER_OPEN: { unit: 'count', meaning: 'Circuit breakers that are open, as bits.' },
  STRATEGY_MESSAGE_RATE_EXCEEDED: {
    unit: 'count',
    meaning: "Messages that the strategy's budget lacks; a share of it is kept for cancels.",
  },
  CAPITAL_ALLOCATION_EXCEEDED: {
    unit: 'amount',
    meaning:
      'Exposure of the strategy, all its open orders filled, against the capital allocated to it, in the settlement currency.',
  },
  CORRELATION_STALE: {
    unit: 'ns',
    meaning: 'Age of the correlations with what else is held or could be.',
  },
  CORRELATION_TOO_HIGH: {
    unit: 'fraction',
    meaning:
      'Largest correlation with what else is held or could be, on the same side of the market.',
  },
  PORTFOLIO_RISK_STALE: { unit: 'ns', meaning: "Age of the portfolio's risk." },
  VAR_EXCEEDED: {
    unit: 'amount',
    meaning: "VaR of the portfolio with all that was not measured yet, in the account's currency.",
  },
  CVAR_EXCEEDED: {
    unit: 'amount',
    meaning: "CVaR of the portfolio with all that was not measured yet, in the account's currency.",
  },
  RISK_SCORE_EXCEEDED: {
    unit: 'fraction',
    meaning:
      'Risk score of the portfolio, in points of 100; it stands in every verdict once it is told.',
  },
};
