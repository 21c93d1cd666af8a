import { describe, expect, it } from 'vitest';
import {
  alignedReturns,
  correlationEstimate,
  correlationOf,
  denoisedCovariance,
  effectiveSampleSize,
  ewmaCovariance,
  ledoitWolf,
  nearestCorrelation,
  nonlinearShrinkage,
  sampleCovarianceMatrix,
} from '#ts/quant/index.js';
import { decayWeights } from '#ts/quant/covariance/sample-covariance.js';
import { at, diagonal, type Matrix, times } from '#ts/quant/matrix/dense.js';
import { symmetricEigen } from '#ts/quant/matrix/symmetric-eigen.js';
import { ScenarioDraws } from '#ts/quant/distribution/philox.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { returnTable } from '../../../support/sp500-returns.js';

const least = (matrix: Matrix) => symmetricEigen(matrix).values.at(-1) ?? 0;
const codeOf = (act: () => unknown) => thrownBy(act).code;

/** Independent normals of unit variance. */
function noise(count: number, assets: number, seed = 5): number[][] {
  return Array.from({ length: count }, (_, scenario) => {
    const draws = new ScenarioDraws({ seed, scenario, stream: 1 });
    return Array.from({ length: assets }, () => draws.normal());
  });
}

describe('covariance estimators', () => {
  it('the sample covariance is that of any text', () => {
    const rows = [
      [1, 2],
      [2, 4],
      [3, 7],
      [6, 3],
    ];
    expect(sampleCovarianceMatrix(rows)).toEqual([
      [14 / 3, expect.closeTo(1 / 3, 12)],
      [expect.closeTo(1 / 3, 12), 14 / 3],
    ]);
  });

  it('EWMA follows the recursion of RiskMetrics', () => {
    const rows = returnTable(30, 3);
    const decay = 0.9;
    const total = 1 - decay ** rows.length;
    let recursion = 0;
    for (const row of rows)
      recursion = decay * recursion + (1 - decay) * (row[0] ?? 0) * (row[1] ?? 0);
    expect(at(ewmaCovariance(rows, { decay }), 0, 1)).toBeCloseTo(recursion / total, 15);
    expect(effectiveSampleSize(decayWeights(10_000, 0.94))).toBeCloseTo(1.94 / 0.06, 6);
    expect(effectiveSampleSize(decayWeights(40, 1))).toBeCloseTo(40, 10);
  });

  it('Ledoit–Wolf shrinks as scikit-learn 1.9.1 does', () => {
    const rows = [
      [1, 2, 0.5],
      [0.3, -1, 2],
      [-2, 0.4, 1],
      [0.7, 1.5, -0.2],
      [1.1, -0.6, 0.9],
    ];
    const { covariance, shrinkageFrac } = ledoitWolf(rows);
    expect(shrinkageFrac).toBeCloseTo(SKLEARN.shrinkage, 12);
    covariance.flat().forEach((value, index) => {
      expect(value).toBeCloseTo(SKLEARN.covariance[index] ?? Number.NaN, 12);
    });
  });

  it.each(['identity', 'constant_correlation'] as const)(
    'Ledoit–Wolf towards %s is definite with fewer observations than assets',
    (target) => {
      const { covariance, shrinkageFrac } = ledoitWolf(returnTable(12, 30), { target });
      expect(shrinkageFrac).toBeGreaterThan(0);
      expect(shrinkageFrac).toBeLessThanOrEqual(1);
      expect(least(covariance)).toBeGreaterThan(0);
    },
  );

  it('Ledoit–Wolf towards constant correlation keeps variances and mean correlation', () => {
    const rows = returnTable(80, 6);
    const { covariance } = ledoitWolf(rows, { target: 'constant_correlation' });
    const sample = sampleCovarianceMatrix(rows);
    const scale = (rows.length - 1) / rows.length;
    diagonal(covariance).forEach((variance, asset) => {
      expect(variance / (at(sample, asset, asset) * scale)).toBeCloseTo(1, 12);
    });
    const mean = (matrix: Matrix) =>
      correlationOf(matrix)
        .flat()
        .reduce((sum, value) => sum + value, 0);
    expect(mean(covariance)).toBeCloseTo(mean(sample), 9);
    expect(ledoitWolf([[1], [2], [4]], { target: 'constant_correlation' }).covariance).toEqual([
      [expect.closeTo(14 / 9, 12)],
    ]);
  });

  it.each([
    [60, 40],
    [400, 40],
    [30, 60],
  ])('nonlinear shrinkage is nearer to the truth than the sample, %d × %d', (count, assets) => {
    const rows = noise(count, assets).map((row) => row.map((x, asset) => x * (asset % 2 ? 3 : 1)));
    const truth = (row: number, column: number) => (row === column ? (row % 2 ? 9 : 1) : 0);
    const error = (matrix: Matrix) =>
      matrix.reduce(
        (sum, row, r) => sum + row.reduce((all, x, c) => all + (x - truth(r, c)) ** 2, 0),
        0,
      );
    const shrunk = nonlinearShrinkage(rows);
    const linear = ledoitWolf(rows).covariance;
    expect(least(shrunk)).toBeGreaterThan(0);
    if (count > assets) expect(error(shrunk)).toBeLessThan(error(sampleCovarianceMatrix(rows)));
    expect(error(shrunk)).toBeLessThan(error(linear) * 1.05);
  });

  it('nonlinear shrinkage keeps eigenvectors and is the sample for many observations of few assets', () => {
    const rows = noise(4_000, 3).map(([a = 0, b = 0, c = 0]) => [a, 2 * b, 5 * c]);
    const shrunk = nonlinearShrinkage(rows);
    const sample = sampleCovarianceMatrix(rows);
    shrunk.forEach((row, r) =>
      row.forEach((value, c) => expect(Math.abs(value - at(sample, r, c))).toBeLessThan(0.1)),
    );
  });

  it('Marchenko–Pastur finds no factor in noise and one in a market', () => {
    expect(denoisedCovariance(noise(500, 50)).factors).toBe(0);
    const market = noise(500, 51, 9).map(([shared = 0, ...own]) => own.map((x) => x + shared));
    const { factors, covariance, noiseEdge } = denoisedCovariance(market);
    expect(factors).toBe(1);
    expect(noiseEdge).toBeLessThan((1 + Math.sqrt(0.1)) ** 2);
    const correlations = correlationOf(covariance).flatMap((row, r) =>
      row.filter((_, c) => c !== r),
    );
    // All are about ½ in truth; of the sample they scatter by 0.03.
    expect(Math.max(...correlations) - Math.min(...correlations)).toBeLessThan(0.2);
    expect(least(covariance)).toBeGreaterThan(0);
  });

  it('refuses what it cannot use, by name', () => {
    const bad = returnTable(30, 3).map((row) => [...row]);
    bad[4] = [0, Number.NaN, 0];
    expect(thrownBy(() => sampleCovarianceMatrix(bad)).context).toEqual({ row: 4, column: 1 });
    expect(codeOf(() => sampleCovarianceMatrix(bad))).toBe('RETURNS_INVALID');
    expect(codeOf(() => ledoitWolf([[1, 2], [3]]))).toBe('RETURNS_INVALID');
    for (const estimate of [sampleCovarianceMatrix, ewmaCovariance, denoisedCovariance]) {
      expect(codeOf(() => estimate(returnTable(5, 5)))).toBe('OBSERVATIONS_TOO_FEW');
    }
    expect(codeOf(() => nonlinearShrinkage(returnTable(12, 3)))).toBe('OBSERVATIONS_TOO_FEW');
    expect(codeOf(() => ledoitWolf([[1, 2]]))).toBe('OBSERVATIONS_TOO_FEW');
    const still = returnTable(30, 2).map(([a = 0]) => [a, 0.01]);
    expect(codeOf(() => nonlinearShrinkage(still))).toBe('MATRIX_NOT_DEFINITE');
    expect(codeOf(() => denoisedCovariance(still))).toBe('VOLATILITY_ZERO');
    expect(
      codeOf(() =>
        ledoitWolf(
          still.map(([a = 0]) => [a, 0]),
          { target: 'constant_correlation' },
        ),
      ),
    ).toBe('VOLATILITY_ZERO');
  });
});

/** scikit-learn 1.9.1, `ledoit_wolf` on the rows of the test. */
const SKLEARN = {
  shrinkage: 0.8562177967556628,
  covariance: [
    1.092006517251161, 0.022545049468712067, -0.028008773191996888, 0.022545049468712067,
    1.0967225735175752, -0.09696671786798101, -0.028008773191996888, -0.09696671786798101,
    0.9776709092312641,
  ],
};

describe('correlation', () => {
  it('says its age and effective sample size', () => {
    const rows = returnTable(50, 2);
    const plain = correlationEstimate({ rows, lastTsMs: 1_000, nowMs: 61_000 });
    expect(plain).toMatchObject({ ageMs: 60_000, effectiveSampleSize: 50 });
    const weighted = correlationEstimate({ rows, lastTsMs: 0, nowMs: 0, decay: 0.94 });
    expect(weighted.effectiveSampleSize).toBeLessThan(33);
    expect(diagonal(weighted.correlation)).toEqual([1, 1]);
  });
});

describe('nearestCorrelation', () => {
  it("gives Higham's example with its distance", () => {
    const matrix = [
      [1, 1, 0],
      [1, 1, 1],
      [0, 1, 1],
    ];
    const found = nearestCorrelation(matrix);
    expect(at(found.correlation, 0, 1)).toBeCloseTo(0.7607, 4);
    expect(at(found.correlation, 0, 2)).toBeCloseTo(0.1573, 4);
    expect(found.distance).toBeCloseTo(0.5278, 4);
    expect(least(found.correlation)).toBeGreaterThan(-1e-9);
    const definite = nearestCorrelation(matrix, { eigenvalueMin: 1e-4 });
    expect(least(definite.correlation)).toBeGreaterThan(9e-5);
    expect(definite.distance).toBeGreaterThan(found.distance);
  });

  it('leaves a correlation as it is, and says when it cannot', () => {
    const fine = [
      [1, 0.3],
      [0.3, 1],
    ];
    expect(nearestCorrelation(fine).distance).toBeLessThan(1e-12);
    const broken = [
      [1, 1, 0],
      [1, 1, 1],
      [0, 1, 1],
    ];
    expect(codeOf(() => nearestCorrelation(broken, { iterationsMax: 2 }))).toBe(
      'ITERATION_LIMIT_REACHED',
    );
    expect(codeOf(() => nearestCorrelation([[1, 0.5]]))).toBe('MATRIX_INVALID');
    expect(
      codeOf(() =>
        nearestCorrelation([
          [1, 0.5],
          [0.4, 1],
        ]),
      ),
    ).toBe('MATRIX_INVALID');
    expect(codeOf(() => nearestCorrelation([]))).toBe('MATRIX_INVALID');
  });
});

describe('symmetricEigen', () => {
  it('gives pairs that satisfy A v = λ v', () => {
    const matrix = sampleCovarianceMatrix(returnTable(90, 12));
    const { values, vectors } = symmetricEigen(matrix);
    values.forEach((value, index) => {
      const vector = vectors[index] ?? [];
      times(matrix, vector).forEach((x, row) => {
        expect(x).toBeCloseTo(value * (vector[row] ?? 0), 15);
      });
    });
    expect(values).toEqual(values.toSorted((left, right) => right - left));
  });
});

describe('alignedReturns', () => {
  const series = (symbol: string, prices: readonly (readonly [number, number])[]) => ({
    symbol,
    points: prices.map(([tsMs, price]) => ({ tsMs, price })),
  });
  const a = series('A', [
    [1, 10],
    [2, 11],
    [3, 11],
  ]);

  it('puts prices of the same dates together', () => {
    const found = alignedReturns([
      a,
      series('B', [
        [1, 4],
        [2, 2],
        [3, 3],
      ]),
    ]);
    expect(found).toMatchObject({ symbols: ['A', 'B'], tsMs: [2, 3], dropped: 0 });
    expect(found.rows.flat()).toEqual([expect.closeTo(0.1, 12), -0.5, 0, 0.5]);
  });

  it('refuses a missing date, unless told to leave it out for all', () => {
    const b = series('B', [
      [1, 4],
      [3, 3],
    ]);
    const error = thrownBy(() => alignedReturns([a, b]));
    expect(error.code).toBe('DATES_MISALIGNED');
    expect(error.context).toEqual({ symbol: 'B', tsMs: 2 });
    const found = alignedReturns([a, b], { missing: 'intersect' });
    expect(found).toMatchObject({ tsMs: [3], dropped: 1 });
    expect(codeOf(() => alignedReturns([a, series('C', [[9, 1]])], { missing: 'intersect' }))).toBe(
      'OBSERVATIONS_TOO_FEW',
    );
  });

  it.each([
    [
      [
        [1, 10],
        [2, -1],
      ],
    ],
    [
      [
        [1, 10],
        [2, Number.NaN],
      ],
    ],
    [
      [
        [2, 10],
        [2, 11],
      ],
    ],
  ] as const)('refuses %j', (prices) => {
    expect(codeOf(() => alignedReturns([series('A', prices)]))).toBe('RETURNS_INVALID');
  });
});
