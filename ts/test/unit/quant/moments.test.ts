import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excessKurtosis, mean, sampleStdev, skewness } from '#ts/quant/moments.js';

const SAMPLE = [2, 4, 4, 4, 5, 5, 7, 9];

describe('moments', () => {
  it('gives the mean and the sample deviation of a hand-computed sample', () => {
    expect(mean(SAMPLE)).toBe(5);
    // Squared distances from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32; 32 ÷ 7.
    expect(sampleStdev(SAMPLE)).toBeCloseTo(Math.sqrt(32 / 7), 14);
  });

  it('gives skewness and excess kurtosis of a hand-computed sample', () => {
    // m2 = 4, m3 = (−27 − 3 + 8 + 64) ÷ 8 = 5.25, m4 = (81 + 3 + 16 + 256) ÷ 8 = 44.5.
    expect(skewness(SAMPLE)).toBeCloseTo(5.25 / 8, 14);
    expect(excessKurtosis(SAMPLE)).toBeCloseTo(44.5 / 16 - 3, 14);
  });

  it('gives null for samples that are too short', () => {
    expect(mean([])).toBeNull();
    expect(sampleStdev([1])).toBeNull();
    expect(skewness([1, 2])).toBeNull();
    expect(excessKurtosis([1, 2, 3])).toBeNull();
  });

  it('sees no deviation in a constant that floating point cannot hold exactly', () => {
    const constant = Array.from({ length: 1_000 }, () => 0.1);
    expect(sampleStdev(constant)).toBe(0);
    expect(skewness(constant)).toBeNull();
    expect(excessKurtosis(constant)).toBeNull();
  });

  it('scales the deviation with the sample and ignores a shift', () => {
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 30 }), (values) => {
        const deviation = sampleStdev(values) ?? 0;
        const scaled = sampleStdev(values.map((one) => one * 3 + 7)) ?? 0;
        expect(scaled).toBeCloseTo(deviation * 3, 6);
      }),
    );
  });
});
