import fc from 'fast-check';

import type { Bar } from '#ts/core/bar.js';

const MINUTE_MS = 60_000;

/** A bar of one price, a minute after the bar with the number before. */
export function flatBar(close: number, index = 0): Bar {
  return barOf({ open: close, high: close, low: close, close }, index);
}

/** A bar of four prices. */
export function barOf(
  prices: {
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
  },
  index = 0,
): Bar {
  const tsOpenMs = index * MINUTE_MS;
  return { instrument: 0, tsOpenMs, tsMs: tsOpenMs + MINUTE_MS - 1, volume: 1, ...prices };
}

const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });

/** Series of bars whose prices fit each other. */
export const anyBars = fc
  .array(fc.tuple(price, price, price, price), { minLength: 1, maxLength: 120 })
  .map((rows) =>
    rows.map(([open, close, one, other], index) =>
      barOf(
        {
          open,
          close,
          high: Math.max(open, close, one, other),
          low: Math.min(open, close, one, other),
        },
        index,
      ),
    ),
  );
