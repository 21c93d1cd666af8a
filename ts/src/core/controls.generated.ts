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
] as const;

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
};
