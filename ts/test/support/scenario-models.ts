import type { PriceModel } from '#ts/quant/scenarios/index.js';
import { SeededRandom } from '#ts/engine/seeded-random.js';

const DAY = 0.02;

/** Correlations of 0.4, as factors of covariances or as they are. */
function correlated(assets: number, deviation: number): number[][] {
  const index = Array.from({ length: assets }, (_, asset) => asset);
  return index.map((row) =>
    index.map((column) => (row === column ? 1 : 0.4) * deviation * deviation),
  );
}

/** Returns with fat tails, whose first half is wilder. */
function history(assets: number): number[][] {
  const random = new SeededRandom(assets);
  return Array.from({ length: 301 }, (_, row) =>
    Array.from({ length: assets }, () => {
      const u = random.next() - 0.5;
      return (row < 150 ? 0.06 : 0.02) * u * (1 + 8 * u * u);
    }),
  );
}

const each = <Value>(assets: number, value: (asset: number) => Value) =>
  Array.from({ length: assets }, (_, asset) => value(asset));

/** Every model of prices, with parameters that make its own part matter within a few steps. */
export const SCENARIO_MODELS: Readonly<Record<string, (assets: number) => PriceModel>> = {
  brownian: (assets) => ({ kind: 'brownian', covariance: correlated(assets, DAY) }),
  factors: (assets) => ({
    kind: 'factors',
    loadings: each(assets, (asset) => [0.01, 0.005 * (asset % 3), -0.004]),
    deviations: each(assets, (asset) => 0.01 + 0.001 * asset),
  }),
  'gaussian copula': (assets) => ({
    kind: 'copula',
    correlation: correlated(assets, 1),
    margins: each(assets, (asset) => {
      if (asset % 3 === 0) return { kind: 'normal', mean: 1e-4, deviation: DAY };
      if (asset % 3 === 1) return { kind: 'student', mean: 0, scale: 0.015, freedom: 3.5 };
      return { kind: 'empirical', returns: history(assets).map((row) => row[asset] ?? 0) };
    }),
  }),
  'student copula': (assets) => ({
    kind: 'copula',
    correlation: correlated(assets, 1),
    freedom: 4,
    margins: each(assets, (asset) => {
      if (asset % 3 === 0) return { kind: 'student', mean: 0, scale: 0.015, freedom: 4 };
      if (asset % 3 === 1) return { kind: 'normal', mean: 1e-4, deviation: DAY };
      return { kind: 'empirical', returns: history(assets).map((row) => row[asset] ?? 0) };
    }),
  }),
  jumps: (assets) => ({
    kind: 'jumps',
    covariance: correlated(assets, DAY),
    intensities: each(assets, (asset) => 0.1 + 0.4 * asset),
    means: each(assets, () => -0.03),
    deviations: each(assets, () => 0.04),
  }),
  'jumps together': (assets) => ({
    kind: 'jumps',
    covariance: correlated(assets, DAY),
    intensities: each(assets, () => 0.3),
    means: each(assets, (asset) => -0.02 - 0.01 * asset),
    deviations: each(assets, () => 0.03),
    together: true,
  }),
  // The second asset's variance is far more volatile, so that both forms of its distribution occur.
  heston: (assets) => ({
    kind: 'heston',
    correlation: correlated(assets, 1),
    variances: each(assets, (asset) => ({
      start: 0.09,
      level: 0.06,
      speed: asset % 2 === 0 ? 3 : 0.5,
      volatility: asset % 2 === 0 ? 0.4 : 2.5,
      correlation: -0.6,
    })),
  }),
  'heston, full truncation': (assets) => ({
    kind: 'heston',
    correlation: correlated(assets, 1),
    variances: each(assets, () => ({
      start: 0.09,
      level: 0.06,
      speed: 3,
      volatility: 0.7,
      correlation: -0.6,
    })),
    scheme: 'full-truncation',
  }),
  'filtered history': (assets) => ({
    kind: 'filtered-history',
    returns: history(assets),
    volatility: 'ewma',
  }),
  bootstrap: (assets) => ({ kind: 'bootstrap', returns: history(assets), blockMean: 4 }),
  regimes: (assets) => ({
    kind: 'regimes',
    regimes: [0.008, 0.02, 0.05].map((deviation) => ({
      covariance: correlated(assets, deviation),
    })),
    start: [0.6, 0.3, 0.1],
    transitions: [
      [0.9, 0.1, 0],
      [0.2, 0.7, 0.1],
      [0, 0.4, 0.6],
    ],
  }),
};
