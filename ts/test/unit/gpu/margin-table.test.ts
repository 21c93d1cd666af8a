import { describe, expect, it } from 'vitest';

import { probabilityTable, quantileTable, TABLE_NODES, tableEnd } from '#ts/gpu/margin-table.js';
import { normalProbability, normalQuantile } from '#ts/quant/distribution/normal.js';
import { studentProbability, studentQuantile } from '#ts/quant/distribution/student-t.js';

/** `mapped` of `copula_scenarios.wgsl`, in double precision. */
function mapped(table: Float64Array, end: number, x: number): number {
  const place = Math.min((Math.asinh(x) * (TABLE_NODES - 1)) / end, TABLE_NODES - 1);
  const node = Math.min(Math.floor(place), TABLE_NODES - 2);
  const t = place - node;
  const [base = 0, first = 0, above = 0, second = 0] = table.subarray(2 * node, 2 * node + 4);
  const rise = above - base;
  return base + t * rise + t * (1 - t) * ((1 - t) * (first - rise) - t * (second - rise));
}

const VARIABLES = [0, 1e-6, 0.003, 0.1, 0.77, 1.5, 2.9, 4.2, 6.1, 7.5];

describe('tables of margins', () => {
  it('PRISK-07: give quantiles of other margins to 1e-7 of themselves or 1e-9, far into the tail', () => {
    const pairs = [
      [null, 3],
      [null, 12.5],
      [4, null],
      [2.2, 7],
      [30, 3],
    ] as const;
    for (const [copula, margin] of pairs) {
      const table = quantileTable(copula, margin);
      for (const x of VARIABLES) {
        const tail = copula === null ? normalProbability(-x) : studentProbability(-x, copula);
        const exact = margin === null ? -normalQuantile(tail) : -studentQuantile(tail, margin);
        const found = mapped(table, tableEnd(copula), x);
        expect(Math.abs(found - exact)).toBeLessThan(1e-7 * Math.max(Math.abs(exact), 1e-2));
      }
    }
  });

  it('give probabilities to 1e-8', () => {
    for (const freedom of [null, 1, 4, 30]) {
      const table = probabilityTable(freedom);
      for (const x of VARIABLES) {
        const tail = freedom === null ? normalProbability(-x) : studentProbability(-x, freedom);
        const found = mapped(table, tableEnd(freedom), x);
        expect(Math.abs(found - (0.5 - tail))).toBeLessThan(1e-8);
      }
    }
  });
});
