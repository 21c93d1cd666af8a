/**
 * The data block of the report page: written by `page-data.ts`, read by the script in
 * `ts/dashboard/report`. Fractions travel as whole numbers of 1/10,000, because a page of twenty
 * years holds tens of thousands.
 */
export interface PageData {
  /** Whether equity stayed above zero, so that a log axis can show it. */
  readonly positive: boolean;
  /** Equity, drawdown, exposure and prices: days, or bar closes for a session of few days. */
  readonly curve: PageCurve;
  /** Figures over a moving window; always days. */
  readonly rolling: PageRolling;
  readonly prices: readonly PagePrice[];
  readonly windows: readonly PageWindow[];
}

/**
 * Instants of a frame: the first in units since the epoch, then the steps; a unit is a day or a
 * second.
 */
export interface PageTimes {
  readonly unitS: number;
  readonly steps: readonly number[];
}

export interface PageCurve {
  readonly times: PageTimes;
  readonly equity: readonly number[];
  readonly benchmark: readonly number[];
  readonly drawdown: readonly number[];
  readonly benchmarkDrawdown: readonly number[];
  readonly exposure: readonly number[];
}

export interface PageRolling {
  readonly times: PageTimes;
  readonly volatility: readonly (number | null)[];
  readonly benchmarkVolatility: readonly (number | null)[];
}

/** One instrument on the times of the curve. */
export interface PagePrice {
  readonly symbol: string;
  readonly closes: readonly (number | null)[];
  readonly decimals: number;
  /** Time in seconds, price, 1 for a buy and −1 for a sell. */
  readonly fills: readonly (readonly [timeS: number, px: number, direction: number])[];
  /** Round trips: entry and exit in seconds, 1 for long and −1 for short. */
  readonly trips: readonly (readonly [entryS: number, exitS: number, direction: number])[];
}

/** A crisis window that the data cover, in seconds. */
export interface PageWindow {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
}
