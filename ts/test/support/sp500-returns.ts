import { sp500Bars } from './sp500-bars.js';

/** Daily simple returns of the S&P 500, 2000-01-04 to 2020-04-17. */
export function sp500Returns(): readonly number[] {
  const closes = sp500Bars().map(({ close }) => close);
  return closes.slice(1).map((close, index) => close / (closes[index] ?? 1) - 1);
}

/** A table of returns that are correlated: `count` rows of `assets`, cut out of the history. */
export function returnTable(count: number, assets: number): readonly (readonly number[])[] {
  const returns = sp500Returns();
  return Array.from({ length: count }, (_, row) => {
    const shared = returns[row * 3] ?? 0;
    return Array.from(
      { length: assets },
      (__, asset) => (returns[row * 3 + 7 * (asset + 1)] ?? 0) * (1 + asset / 10) + 0.5 * shared,
    );
  });
}
