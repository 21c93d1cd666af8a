import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beta, correlation, correlationMatrix, maxPairCorrelation } from '#ts/quant/correlation.js';

describe('correlation', () => {
  it('gives the hand-computed coefficient', () => {
    // Deviations (−1, 0, 1) and (−1, 1, 0): covariance sum 1, both squares 2.
    expect(correlation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 14);
  });

  it('leaves out pairs with a gap and gives null without deviation', () => {
    expect(correlation([1, null, 2, 3], [1, 9, 3, 2])).toBeCloseTo(0.5, 14);
    expect(correlation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(correlation([1], [2])).toBeNull();
  });

  it('lies between −1 and 1, is symmetric, and 1 with itself', () => {
    const value = fc.integer({ min: -1_000, max: 1_000 });
    const pairs = fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(pairs, (points) => {
        const left = points.map(([x]) => x / 1_000);
        const right = points.map(([, y]) => y / 1_000);
        const coefficient = correlation(left, right);
        expect(correlation(right, left)).toBe(coefficient);
        if (coefficient !== null) expect(Math.abs(coefficient)).toBeLessThanOrEqual(1);
        const self = correlation(left, left);
        if (self !== null) expect(self).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe('beta', () => {
  it('is the slope against the benchmark', () => {
    const benchmark = [0.01, -0.02, 0.03];
    expect(beta({ returns: benchmark.map((value) => value * 1.5), benchmark })).toBeCloseTo(
      1.5,
      12,
    );
    expect(beta({ returns: [1, 2], benchmark: [1, 1] })).toBeNull();
  });
});

describe('correlationMatrix', () => {
  it('PORT-02: has ones on the diagonal, and PORT-03: the pair that moves together most', () => {
    const matrix = correlationMatrix([
      [1, 2, 3],
      [1, 3, 2],
      [3, 2, 1],
    ]);
    expect(matrix.map((row, index) => row[index])).toEqual([1, 1, 1]);
    expect(maxPairCorrelation(matrix)).toMatchObject({ leftIndex: 0, rightIndex: 2 });
    expect(maxPairCorrelation(matrix)?.correlation).toBeCloseTo(-1, 12);
    expect(correlationMatrix([[1, 2]])).toEqual([[1]]);
    expect(maxPairCorrelation([[1]])).toBeNull();
  });
});
