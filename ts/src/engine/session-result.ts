import type { DrawdownSpan } from '../quant/drawdown.js';

/** An exact decimal such as `"100250.75"`: money of record, prices of record and quantities. */
export type DecimalText = string;

/** A bound in force, or the word that says there is none. Fractions are 0–1 (of equity). */
export type LimitValue = number | 'unlimited';

/**
 * Why a round trip ended: the strategy's own order, a protective exit, or the end of the session.
 */
export type ExitReason = 'signal' | 'stop_loss' | 'take_profit' | 'liquidation' | 'end';

export const EXIT_REASONS: readonly ExitReason[] = [
  'signal',
  'stop_loss',
  'take_profit',
  'liquidation',
  'end',
];

export interface SessionInstrument {
  readonly symbol: string;
  readonly tickSize: DecimalText;
  readonly lotSize: DecimalText;
  readonly contractMultiplier: DecimalText;
}

/** The account and the market at one instant; floats, since only analytics read them. */
export interface EquityPoint {
  readonly tsMs: number;
  readonly equity: number;
  readonly cash: number;
  /** Signed money: short positions count negative. */
  readonly positionValue: number;
  /** Sum of absolute position notionals, money. */
  readonly grossExposure: number;
  /** Last close of each instrument, in their order; null before its first bar. */
  readonly closes: readonly (number | null)[];
}

/** One position from flat to flat. */
export interface RoundTrip {
  readonly instrument: string;
  readonly side: 'long' | 'short';
  readonly entryTsMs: number;
  readonly exitTsMs: number;
  /** Quantity-weighted average price of the fills that opened or added. */
  readonly entryPx: number;
  /** Quantity-weighted average price of the fills that reduced or closed. */
  readonly exitPx: number;
  /** The largest quantity held. */
  readonly quantity: DecimalText;
  /** Realised, net of fees; funding is the account's, not the trip's. */
  readonly pnl: DecimalText;
  readonly fees: DecimalText;
  /** Bars from the entry to the exit. */
  readonly bars: number;
  readonly exitReason: ExitReason;
}

/** Sums over every round trip of the session, also those that a capped list leaves out. */
export interface RoundTripTotals {
  readonly count: number;
  readonly wins: number;
  readonly losses: number;
  readonly long: number;
  readonly short: number;
  readonly grossProfit: DecimalText;
  /** Sum of the losses as a positive amount. */
  readonly grossLoss: DecimalText;
  readonly fees: DecimalText;
  readonly bars: number;
  readonly byExitReason: Readonly<Record<ExitReason, number>>;
}

/** Round trips of a session: exact totals, the extremes, and the first ones up to a cap. */
export interface RoundTripRecord {
  readonly totals: RoundTripTotals;
  readonly listed: readonly RoundTrip[];
  /** By P&L, best first. */
  readonly best: readonly RoundTrip[];
  /** By P&L, worst first. */
  readonly worst: readonly RoundTrip[];
}

/** A fill as a mark on the price chart. */
export interface FillMark {
  readonly tsMs: number;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly px: number;
  readonly qty: number;
  readonly reason: string;
}

export interface OrderCounts {
  /** Sent to the venue; denied orders are not among them. */
  readonly submitted: number;
  readonly accepted: number;
  /** Refused by the gate, before the venue. */
  readonly denied: number;
  readonly filled: number;
  /** Ended with a fill, but not the whole quantity. */
  readonly partiallyFilled: number;
  readonly canceled: number;
  readonly expired: number;
  readonly rejected: number;
  /**
   * Orders that the strategy itself sent, and those of them that filled at least in part: the execution rate. A
   * protective order that ends with its position did what it was for, and is not among them.
   */
  readonly strategySent: number;
  readonly strategyFilled: number;
}

/** What one control of the gate refused. */
export interface DenialCount {
  readonly code: string;
  readonly count: number;
  readonly firstTsMs: number;
  readonly lastTsMs: number;
  /** The observed value furthest past the limit, and the limit, in the control's own unit. */
  readonly worstObserved: string | null;
  readonly limit: string | null;
}

export interface EndPosition {
  readonly instrument: string;
  readonly side: 'long' | 'short';
  readonly quantity: DecimalText;
  readonly avgPx: DecimalText;
  readonly markPx: DecimalText;
  /** Unsigned, in the session's currency. */
  readonly notional: DecimalText;
  readonly unrealizedPnl: DecimalText;
}

export interface SessionLimits {
  /** Null when the limits came from a file or from code. */
  readonly preset: string | null;
  readonly fingerprint: string;
  /** Every limit in force under its `snake_case` name, for the record. */
  readonly values: Readonly<Record<string, LimitValue | string | boolean>>;
  /**
   * The bounds which the portfolio section compares with; fractions of equity, and a correlation
   * 0–1.
   */
  readonly dailyTradesMax: LimitValue;
  readonly positionFracMax: LimitValue;
  readonly grossExposureFracMax: LimitValue;
  readonly pairCorrelationMax: LimitValue;
}

/** Something the simulation took for granted, with the value used. */
export interface Assumption {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export interface DataImport {
  /** Base name only: a path would differ between machines. */
  readonly file: string;
  readonly rows: number;
  readonly bars: number;
  readonly skipped: number;
  /** How many values were rounded to the tick or the lot, and the largest change. */
  readonly rounded: number;
  readonly roundedMax: DecimalText | null;
  readonly contentHash: string;
}

/**
 * What a session produced: everything that the summary, the report and the tables say, and nothing
 * that depends on the machine or on the time of day, so that two equal runs give two equal results.
 * Money of record is exact; floats serve analytics only.
 */
export interface SessionResult {
  /** Derived from configuration and data. */
  readonly sessionId: string;
  readonly mode: 'backtest';
  readonly strategy: {
    readonly name: string;
    readonly params: Readonly<Record<string, string | number | boolean | null>>;
  };
  readonly currency: string;
  readonly instruments: readonly SessionInstrument[];
  /** Closes of the first and the last bar; `days` counts UTC days that hold a bar. */
  readonly period: {
    readonly firstTsMs: number;
    readonly lastTsMs: number;
    readonly bars: number;
    readonly days: number;
  };
  readonly startCash: DecimalText;
  readonly finalEquity: DecimalText;
  readonly cash: DecimalText;
  readonly realizedPnl: DecimalText;
  readonly unrealizedPnl: DecimalText;
  readonly fees: DecimalText;
  readonly funding: DecimalText;
  /** Paid on what was borrowed; absent where the account says nothing of borrowing. */
  readonly interest?: DecimalText;
  readonly slippage: DecimalText;
  /** Notional of all fills, buys and sells. */
  readonly turnoverNotional: DecimalText;
  /** Measured at each bar's close; null when equity never fell. */
  readonly maxDrawdown: DrawdownSpan | null;
  /**
   * The first instrument, held whole from the first bar's close to the last; drawdown at each bar's
   * close.
   */
  readonly benchmark: {
    readonly symbol: string;
    readonly firstClose: DecimalText;
    readonly lastClose: DecimalText;
    readonly maxDrawdown: DrawdownSpan | null;
  };
  /** At bar closes: bars with a position, and the mean of gross exposure ÷ equity over all bars. */
  readonly exposure: { readonly barsInMarket: number; readonly meanGrossFrac: number };
  /** One point for each UTC day, at its last bar's close. */
  readonly days: readonly EquityPoint[];
  /** A bounded sample of bar closes, which the charts use where days are too few; may be empty. */
  readonly intraday: readonly EquityPoint[];
  readonly roundTrips: RoundTripRecord;
  /** A bounded sample of the fills; `fillCount` is exact. */
  readonly fills: readonly FillMark[];
  readonly fillCount: number;
  readonly orders: OrderCounts;
  readonly denials: readonly DenialCount[];
  /**
   * The UTC day with the most trades, as the daily-trades control counts them; null without a
   * trade.
   */
  readonly busiestDay: { readonly tsMs: number; readonly trades: number } | null;
  /** Controls that were latched when the session ended. */
  readonly breakers: { readonly drawdown: boolean; readonly dailyLoss: boolean };
  readonly positions: readonly EndPosition[];
  readonly limits: SessionLimits;
  readonly assumptions: readonly Assumption[];
  readonly imports: readonly DataImport[];
  readonly seed: number | string;
  readonly configHash: string;
  readonly dataHash: string;
  readonly stateHash: string;
  readonly journal: { readonly records: number; readonly head: string };
  /** Versions of what decided the result, such as `holdfast` and `journal`. */
  readonly versions: Readonly<Record<string, string>>;
}
