import { afterAll, describe, expect, it } from 'vitest';

import { Gpu } from '#ts/gpu/index.js';
import { SeededRandom } from '#ts/engine/seeded-random.js';
import { factorOf } from '#ts/native/portfolio-simulation.js';

const gpu = await Gpu.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = gpu !== null;
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 120_000;
const EPSILON = 2 ** -22;

/** A covariance of returns with a common factor, positive definite by the rest of each asset. */
function covariance(order: number): number[][] {
  const random = new SeededRandom(order);
  const loadings = Array.from({ length: order }, () => 0.01 + 0.02 * random.next());
  return loadings.map((one, row) =>
    loadings.map((other, column) => one * other + (row === column ? 1e-4 : 0)),
  );
}

describe.skipIf(!hasAdapter)('the Cholesky factor of a graphics adapter', () => {
  afterAll(() => gpu?.close());

  it.each([1, 5, 16, 17, 50, 130, 512])(
    'PRISK-07: of %d rows gives the matrix back, and is the processor’s',
    async (order) => {
      const matrix = covariance(order);
      const found = await gpu?.cholesky(matrix);
      expect(found).toMatchObject({ rows: order, columns: order, adapter: gpu?.adapter });
      const entry = (row: number, column: number) =>
        found?.values[row * order + column] ?? Number.NaN;
      const flat = Float64Array.from(matrix.flat());
      const columns = { exposures: new Float64Array(order), covariance: flat };
      const settings = {
        geometric: false,
        scenarios: 0,
        steps: 1,
        seed: '0',
        levels: [],
        outcomes: false,
      };
      const exact = factorOf({ ...columns, drifts: new Float64Array(order), settings });
      let [residual, distance, above] = [0, 0, 0];
      for (let row = 0; row < order; row += 1) {
        for (let column = 0; column < order; column += 1) {
          if (column > row) above = Math.max(above, Math.abs(entry(row, column)));
          let sum = 0;
          for (let k = 0; k <= Math.min(row, column); k += 1)
            sum += entry(row, k) * entry(column, k);
          const scale = Math.sqrt((matrix[row]?.[row] ?? 0) * (matrix[column]?.[column] ?? 0));
          residual = Math.max(residual, Math.abs(sum - (matrix[row]?.[column] ?? 0)) / scale);
          if (column > row) continue;
          const other = exact[(row * (row + 1)) / 2 + column] ?? Number.NaN;
          distance = Math.max(distance, Math.abs(entry(row, column) - other) / Math.sqrt(scale));
        }
      }
      expect(above).toBe(0);
      expect(residual).toBeLessThan(EPSILON * (order + 1));
      expect(distance).toBeLessThan(EPSILON * (order + 1) * 10);
    },
    TIMEOUT_MS,
  );

  it(
    'MATRIX_NOT_DEFINITE names the row, also in a later panel',
    async () => {
      const matrix = covariance(40);
      const twice = matrix.map((row, at) => (at === 30 ? [...(matrix[3] ?? [])] : row));
      const same = twice.map((row) => row.map((value, at) => (at === 30 ? (row[3] ?? 0) : value)));
      const last = same[30];
      if (last !== undefined) last[30] = (same[3]?.[3] ?? 0) * 0.9;
      await expect(gpu?.cholesky(same)).rejects.toMatchObject({
        code: 'MATRIX_NOT_DEFINITE',
        context: { row: 30 },
      });
    },
    TIMEOUT_MS,
  );

  it('MATRIX_INVALID for what is no symmetric matrix of finite numbers', async () => {
    for (const matrix of [
      [],
      [[1, 2]],
      [
        [1, 0.5],
        [0.4, 1],
      ],
      [[Number.NaN]],
      [[1e39]],
    ]) {
      await expect(gpu?.cholesky(matrix)).rejects.toMatchObject({ code: 'MATRIX_INVALID' });
    }
    const large = Array.from({ length: 513 }, () => new Array<number>(513).fill(0));
    await expect(gpu?.cholesky(large)).rejects.toMatchObject({ code: 'MATRIX_INVALID' });
  });
});
