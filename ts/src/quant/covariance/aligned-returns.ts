import { HoldfastError } from '../../core/holdfast-error.js';

/** Prices of one asset in the order of time; each instant at most once. */
export interface PriceSeries {
  readonly symbol: string;
  readonly points: readonly { readonly tsMs: number; readonly price: number }[];
}

/** Returns of several assets over the same instants. */
export interface AlignedReturns {
  readonly symbols: readonly string[];
  /** The instant at which each return came in. */
  readonly tsMs: readonly number[];
  /** A row an instant, simple returns of each asset. */
  readonly rows: readonly (readonly number[])[];
  /** Instants that were left out since not every asset had a price; 0 unless that was asked for. */
  readonly dropped: number;
}

/**
 * Turns prices of several assets into returns over the same instants. Nothing is filled in: an
 * instant that one asset lacks is an error, unless `missing` is `intersect`, which leaves it out
 * for all and counts it.
 *
 * @throws HoldfastError `DATES_MISALIGNED`, `RETURNS_INVALID` for a price that is not positive and
 * finite or an instant out of order, `OBSERVATIONS_TOO_FEW` for fewer than two common instants.
 */
export function alignedReturns(
  series: readonly PriceSeries[],
  options: { readonly missing?: 'refuse' | 'intersect' } = {},
): AlignedReturns {
  for (const each of series) checkPrices(each);
  const byTime = series.map(
    ({ points }) => new Map(points.map(({ tsMs, price }) => [tsMs, price] as const)),
  );
  const all = [...new Set(byTime.flatMap((prices) => [...prices.keys()]))].toSorted(
    (a, b) => a - b,
  );
  const common = all.filter((tsMs) => byTime.every((prices) => prices.has(tsMs)));
  if (common.length < all.length && options.missing !== 'intersect') {
    refuseMissing(series, byTime, all);
  }
  if (common.length < 2) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `prices must have at least 2 instants in common, have ${common.length}`,
      { context: { count: common.length } },
    );
  }
  const prices = common.map((tsMs) => byTime.map((each) => each.get(tsMs) ?? Number.NaN));
  const rows = prices
    .slice(1)
    .map((row, index) => row.map((price, asset) => price / (prices[index]?.[asset] ?? 0) - 1));
  const symbols = series.map(({ symbol }) => symbol);
  return { symbols, tsMs: common.slice(1), rows, dropped: all.length - common.length };
}

function checkPrices({ symbol, points }: PriceSeries): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const { tsMs, price } of points) {
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
      throw new HoldfastError(
        'RETURNS_INVALID',
        `price of ${symbol} must be positive and finite, was ${price} at ${tsMs}`,
        { context: { symbol, tsMs } },
      );
    }
    if (!(tsMs > before)) {
      throw new HoldfastError(
        'RETURNS_INVALID',
        `prices of ${symbol} must rise in time, ${tsMs} follows ${before}`,
        { context: { symbol, tsMs } },
      );
    }
    before = tsMs;
  }
}

function refuseMissing(
  series: readonly PriceSeries[],
  byTime: readonly ReadonlyMap<number, number>[],
  all: readonly number[],
): never {
  const index = byTime.findIndex((prices) => prices.size < all.length);
  const symbol = series[index]?.symbol ?? '';
  const tsMs = all.find((each) => byTime[index]?.has(each) !== true) ?? 0;
  const day = new Date(tsMs).toISOString().slice(0, 10);
  throw new HoldfastError(
    'DATES_MISALIGNED',
    `all series must have the same dates, ${symbol} has no price on ${day}`,
    { context: { symbol, tsMs } },
  );
}
