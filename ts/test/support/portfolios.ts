/** A portfolio with correlated assets, long and short; 16 assets give the one of reference/figures.md, section 17. */
export function portfolioOf(assets: number) {
  const index = Array.from({ length: assets }, (_, asset) => asset);
  const volatility = (asset: number) => (0.15 + 0.02 * asset) / Math.sqrt(252);
  const correlation = (one: number, other: number) =>
    one === other ? 1 : 0.3 + 0.6 * 0.5 ** Math.abs(one - other);
  return {
    exposures: index.map((asset) => (asset % 4 === 3 ? -0.5 : 1) * (1 + 0.1 * asset) * 1e5),
    covariance: index.map((row) =>
      index.map((column) => volatility(row) * volatility(column) * correlation(row, column)),
    ),
    seed: (7n << 32n) | 42n,
  };
}
