import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionalValueAtRisk, quantile, valueAtRisk } from '#ts/quant/tail-risk.js';

/** −0.20, −0.19, …, 0.00: position (21 − 1) × 0.05 = 1 falls on the second smallest. */
const LADDER = Array.from({ length: 21 }, (_, index) => (index - 20) / 100);

describe('quantile', () => {
  it('interpolates between order statistics (type 7)', () => {
    expect(quantile({ values: [4, 1, 3, 2], probability: 0.25 })).toBe(1.75);
    expect(quantile({ values: [4, 1, 3, 2], probability: 0 })).toBe(1);
    expect(quantile({ values: [4, 1, 3, 2], probability: 1 })).toBe(4);
    expect(quantile({ values: [], probability: 0.5 })).toBeNull();
  });
});

describe('value at risk', () => {
  it('is the loss at the quantile, and its conditional form the mean loss beyond', () => {
    expect(valueAtRisk({ returns: LADDER, confidence: 0.95 })).toBeCloseTo(0.19, 12);
    expect(conditionalValueAtRisk({ returns: LADDER, confidence: 0.95 })).toBeCloseTo(0.195, 12);
  });

  it('gives null under twenty returns', () => {
    expect(valueAtRisk({ returns: LADDER.slice(0, 19), confidence: 0.95 })).toBeNull();
    expect(conditionalValueAtRisk({ returns: LADDER.slice(0, 19), confidence: 0.95 })).toBeNull();
  });

  it('never exceeds its conditional form', () => {
    const value = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 80 }), (points) => {
        const tail = { returns: points.map((point) => point / 10_000), confidence: 0.95 };
        const beyond = conditionalValueAtRisk(tail) ?? Number.NaN;
        expect(beyond).toBeGreaterThanOrEqual((valueAtRisk(tail) ?? Number.NaN) - 1e-15);
      }),
    );
  });
});
