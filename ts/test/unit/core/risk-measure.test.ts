import { describe, expect, it } from 'vitest';
import { correlationMeasure, riskMeasure } from '#ts/core/risk-measure.js';
import { thrownBy } from '../../support/thrown-error.js';

describe('what the gate is told of the portfolio', () => {
  it('are correlations below the diagonal in millionths, and a number for those not known', () => {
    const correlation = [
      [1, 0.25, null],
      [0.25, 1, -0.5],
      [null, -0.5, 1],
    ];
    expect(correlationMeasure({ asOfMs: 7, correlation })).toEqual({
      kind: 0,
      values: BigInt64Array.from([7_000_000n, 3n, 250_000n, 2_000_000n, -500_000n]),
    });
  });

  it('is risk rounded up, so that it is never told smaller than it is', () => {
    const parts = [{ exposure: -5.5, varFrac: 0.0200000001, cvarFrac: 0.03 }];
    const figures = { asOfMs: 1, var: 10.0000001, cvar: 12, score: 33.5, parts };
    expect(riskMeasure(figures)).toEqual({
      kind: 1,
      values: BigInt64Array.from([
        1_000_000n,
        10_000_001n,
        12_000_000n,
        33_500_000n,
        -5_500_000n,
        20_001n,
        30_000n,
      ]),
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])('refuses %s', (value) => {
    const bad = [
      () => riskMeasure({ asOfMs: 1, var: value, cvar: 1, score: 1 }),
      () => riskMeasure({ asOfMs: value, var: 1, cvar: 1, score: 1 }),
      () => correlationMeasure({ asOfMs: 1, correlation: [[1], [value, 1]] }),
    ];
    expect(bad.map((act) => thrownBy(act).code)).toEqual(bad.map(() => 'RISK_MEASURE_INVALID'));
  });
});
