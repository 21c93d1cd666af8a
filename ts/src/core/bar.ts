/**
 * One bar as a strategy sees it: floats, for analytics. The view is written over by the next bar; keep values, or
 * `toJSON()`, not the view.
 */
export interface Bar {
  /** Index of the instrument in the session. */
  readonly instrument: number;
  /** Close of the interval, milliseconds since 1970. */
  readonly tsMs: number;
  readonly tsOpenMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
