const WORDS = 2 ** 32;
const INTENSITY_MAX = 100;

/** The middle of a word's cell in (0, 1), as native code has it. */
const uniform = (word: number) => (word + 0.5) / WORDS;

/**
 * Returns the first word whose uniform number is past a bound, so that a kernel decides with whole numbers what native code
 * decides in double precision. Where no word is, it is the last: one of 2³² is then decided otherwise.
 */
export function firstWordPast(isPast: (u: number) => boolean): number {
  let [low, high] = [0, WORDS];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isPast(uniform(middle))) high = middle;
    else low = middle + 1;
  }
  return Math.min(low, WORDS - 1);
}

/** Bounds between a Poisson variable's numbers: the twin of `poisson` in native code, with the same sums. */
export function poissonBounds(intensity: number): Uint32Array {
  const bounds: number[] = [];
  let probability = Math.exp(-intensity);
  let below = probability;
  for (let count = 0; count < 10 * INTENSITY_MAX;) {
    const edge = below;
    const isLast = !(uniform(WORDS - 1) > edge);
    if (isLast) break;
    bounds.push(firstWordPast((u) => u > edge));
    count += 1;
    probability *= intensity / count;
    below += probability;
    if (probability === 0) break;
  }
  return Uint32Array.from(bounds);
}

/** Bounds between the places of a distribution, for all but the last. */
export function placeBounds(probabilities: readonly number[]): Uint32Array {
  let below = 0;
  const bounds = probabilities.map((probability) => {
    below += probability;
    const edge = below;
    return firstWordPast((u) => u >= edge);
  });
  return Uint32Array.from(bounds);
}
