import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { firstWordPast, placeBounds, poissonBounds } from '#ts/gpu/word-bounds.js';

const uniform = (word: number) => (word + 0.5) / 2 ** 32;
const words = fc.integer({ min: 0, max: 2 ** 32 - 2 });

/** The place of a word among bounds, as a kernel finds it. */
function placeOf(word: number, bounds: Uint32Array, last: number): number {
  let place = 0;
  while (place < last && word >= (bounds[place] ?? 0)) place += 1;
  return place;
}

/** `poisson` of native code. */
function poisson(intensity: number, u: number): number {
  let probability = Math.exp(-intensity);
  let [below, count] = [probability, 0];
  while (u > below && count < 1_000) {
    count += 1;
    probability *= intensity / count;
    below += probability;
    if (probability === 0) break;
  }
  return count;
}

describe('bounds between words', () => {
  it('a word is past a bound exactly when its uniform number is', () => {
    fc.assert(
      fc.property(words, fc.double({ min: 0, max: 1, noNaN: true }), (word, bound) => {
        expect(word >= firstWordPast((u) => u >= bound)).toBe(uniform(word) >= bound);
      }),
      { numRuns: 1_000 },
    );
    expect(firstWordPast(() => true)).toBe(0);
    expect(firstWordPast(() => false)).toBe(2 ** 32 - 1);
  });

  it('PRISK-07: numbers of jumps are those of native code for every draw', () => {
    const intensities = [0, 1e-12, 0.01, 0.3, 1, 7.5, 30, 100];
    const bounds = new Map(intensities.map((value) => [value, poissonBounds(value)]));
    expect(bounds.get(0)).toHaveLength(0);
    fc.assert(
      fc.property(words, fc.constantFrom(...intensities), (word, intensity) => {
        const found = bounds.get(intensity) ?? new Uint32Array();
        expect(placeOf(word, found, found.length)).toBe(poisson(intensity, uniform(word)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('PRISK-07: regimes are those of native code for every draw, those without a chance included', () => {
    const chances = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(words, chances, (word, weights) => {
        const sum = weights.reduce((total, weight) => total + weight, 0);
        fc.pre(sum > 0);
        const row = weights.map((weight) => weight / sum);
        let below = 0;
        const first = row.findIndex((probability) => {
          below += probability;
          return uniform(word) < below;
        });
        const expected = first < 0 ? row.length - 1 : first;
        expect(placeOf(word, placeBounds(row), row.length - 1)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
