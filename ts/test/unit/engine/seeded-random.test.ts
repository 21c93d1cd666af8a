import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SeededRandom } from '#ts/engine/seeded-random.js';

const take = (seed: number, count: number) => {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('SIM-08: SeededRandom', () => {
  // Worked out with a second sfc32 over bigints; a change of these changes every session that asks for chance.
  it.each([
    [0, [1_427_488_602, 1_980_682_239, 456_575_201, 3_300_212_312]],
    [1, [573_063_952, 3_268_221_502, 703_077_755, 2_308_299_391]],
    [42, [1_849_552_023, 4_223_452_576, 118_919_111, 3_893_884_377]],
    [2 ** 53 - 1, [4_251_970_214, 283_121_339, 3_233_253_927, 4_087_913_446]],
  ])('gives the known numbers of seed %s', (seed, bits) => {
    expect(take(seed, 4)).toEqual(bits.map((value) => value / 2 ** 32));
  });

  it('gives the same numbers for the same seed and others for another, in the lower and the upper half', () => {
    const seed = fc.integer({ min: 0, max: 2 ** 53 - 2 });
    fc.assert(
      fc.property(seed, (value) => {
        expect(take(value, 8)).toEqual(take(value, 8));
        expect(take(value, 8)).not.toEqual(take(value + 1, 8));
        expect(take(value % 2 ** 32, 8)).not.toEqual(
          take((value % 2 ** 20) * 2 ** 32 + (value % 2 ** 32) + 2 ** 32, 8),
        );
      }),
    );
  });

  it('stays in [0, 1) and spreads evenly', () => {
    const values = take(7, 40_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const buckets = Array.from({ length: 10 }, () => 0);
    for (const value of values)
      buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1;
    // Five standard deviations of a count with 4,000 expected.
    for (const count of buckets) expect(Math.abs(count - 4_000)).toBeLessThan(300);
  });
});
