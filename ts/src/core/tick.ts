/** A public print as a strategy sees it: floats, for analytics. Written over by the next event. */
export interface Trade {
  /** Index of the instrument in the session. */
  readonly instrument: number;
  /** Milliseconds since 1970. */
  readonly tsMs: number;
  readonly price: number;
  readonly quantity: number;
  /** Who removed liquidity. */
  readonly aggressorSide: 'buy' | 'sell';
}

/** Top of the book as a strategy sees it: floats, for analytics. Written over by the next event. */
export interface Quote {
  readonly instrument: number;
  readonly tsMs: number;
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}
