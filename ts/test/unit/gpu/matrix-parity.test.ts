import { afterAll, describe, expect, it } from 'vitest';

import { Gpu } from '#ts/gpu/index.js';
import { correlationOf } from '#ts/quant/covariance/correlation-estimate.js';
import { sampleCovarianceMatrix } from '#ts/quant/covariance/index.js';
import { SeededRandom } from '#ts/engine/seeded-random.js';

const gpu = await Gpu.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = gpu !== null;
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 120_000;
const EPSILON = 2 ** -22;

function table(rows: number, columns: number, size: number): number[][] {
  const random = new SeededRandom(rows * 1_000 + columns);
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => (random.next() - 0.5) * size),
  );
}

describe.skipIf(!hasAdapter)('matrices on a graphics adapter', () => {
  afterAll(() => gpu?.close());

  it.each([
    // No side a multiple of a tile, and more tiles than one.
    { rows: 50, assets: 3 },
    { rows: 257, assets: 16 },
    { rows: 90, assets: 41 },
  ])(
    'PRISK-05: a covariance of $rows rows and $assets assets is the processor’s',
    async ({ rows, assets }) => {
      const returns = table(rows, assets, 0.04);
      const found = await gpu?.covariance(returns);
      const expected = sampleCovarianceMatrix(returns);
      expect(found).toMatchObject({ rows: assets, columns: assets, adapter: gpu?.adapter });
      const largest = Math.max(...expected.map((row, asset) => row[asset] ?? 0));
      expected.flat().forEach((value, place) => {
        const distance = Math.abs((found?.values[place] ?? Number.NaN) - value);
        expect(distance).toBeLessThan(EPSILON * rows * largest);
      });
    },
    TIMEOUT_MS,
  );

  it(
    'PRISK-05: correlations are the processor’s, of an asset that hardly moves too',
    async () => {
      const returns = table(190, 21, 0.04).map((row) =>
        row.map((value, asset) => (asset === 4 ? value * 1e-6 : value)),
      );
      const found = await gpu?.correlation(returns);
      const expected = correlationOf(sampleCovarianceMatrix(returns)).flat();
      expect(found?.values).toHaveLength(expected.length);
      expected.forEach((value, place) => {
        const distance = Math.abs((found?.values[place] ?? Number.NaN) - value);
        expect(distance).toBeLessThan(EPSILON * 190);
      });
      const still = [
        [1, 2],
        [1, 3],
      ];
      await expect(gpu?.correlation(still)).rejects.toMatchObject({
        code: 'VOLATILITY_ZERO',
        context: { column: 0 },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'PRISK-03: a stress grid is the gain of each portfolio in each scenario',
    async () => {
      const scenarios = table(70, 21, 0.6);
      const portfolios = table(19, 21, 1e6);
      const found = await gpu?.stressGrid({ scenarios, portfolios });
      expect(found).toMatchObject({ rows: 70, columns: 19 });
      scenarios.forEach((moves, row) => {
        portfolios.forEach((exposures, column) => {
          const gains = exposures.map(
            (exposure, asset) => exposure * Math.expm1(moves[asset] ?? 0),
          );
          const exact = gains.reduce((sum, gain) => sum + gain, 0);
          const magnitude = gains.reduce((sum, gain) => sum + Math.abs(gain), 0);
          const distance = Math.abs((found?.values[row * 19 + column] ?? Number.NaN) - exact);
          expect(distance).toBeLessThan(EPSILON * 21 * magnitude);
        });
      });
    },
    TIMEOUT_MS,
  );

  it('refuses what is no matrix by row and column', async () => {
    await expect(
      gpu?.stressGrid({ scenarios: [[1], [1, 2]], portfolios: [[1]] }),
    ).rejects.toMatchObject({
      code: 'MATRIX_INVALID',
      context: { field: 'scenarios', row: 1 },
    });
    await expect(
      gpu?.stressGrid({ scenarios: [[1]], portfolios: [[Number.NaN]] }),
    ).rejects.toMatchObject({ code: 'MATRIX_INVALID', context: { field: 'portfolios', row: 0 } });
    await expect(gpu?.stressGrid({ scenarios: [], portfolios: [] })).rejects.toMatchObject({
      code: 'MATRIX_INVALID',
    });
    await expect(gpu?.covariance([[1], [Number.NaN]])).rejects.toMatchObject({
      code: 'RETURNS_INVALID',
    });
  });
});
