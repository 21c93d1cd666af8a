import { normalQuantile } from './normal.js';

const ROUNDS = 10;
const MULTIPLIERS = [0xd251_1f53, 0xcd9e_8d57] as const;
const WEYL = [0x9e37_79b9, 0xbb67_ae85] as const;

type Words = readonly [number, number, number, number];

/** Returns the high word of the product of two words of 32 bits, by halves of 16. */
function highWord(left: number, right: number): number {
  const [a, b] = [left >>> 16, left & 0xffff];
  const [c, d] = [right >>> 16, right & 0xffff];
  const middle = b * c + ((b * d) >>> 16);
  const carried = a * d + (middle & 0xffff);
  return (a * c + Math.floor(middle / 65_536) + Math.floor(carried / 65_536)) >>> 0;
}

/** Returns the four words of Philox4x32-10 for a counter and a key (Salmon et al. 2011). */
export function philoxWords(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [low, high] = key;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [multiplier, other] = MULTIPLIERS;
    const next: Words = [
      (highWord(other, c) ^ b ^ low) >>> 0,
      Math.imul(other, c) >>> 0,
      (highWord(multiplier, a) ^ d ^ high) >>> 0,
      Math.imul(multiplier, a) >>> 0,
    ];
    [a, b, c, d] = next;
    low = (low + WEYL[0]) >>> 0;
    high = (high + WEYL[1]) >>> 0;
  }
  return [a, b, c, d];
}

/**
 * Uniform numbers of one scenario. Equal seeds, streams and scenarios give equal numbers, whatever
 * else was drawn: the counter is (scenario, step, block, stream) as in the native simulation.
 */
export class ScenarioDraws {
  readonly #key: readonly [number, number];
  readonly #scenario: number;
  readonly #stream: number;
  #block = 0;
  #left: number[] = [];

  constructor(place: {
    readonly seed: number;
    readonly scenario: number;
    readonly stream: number;
  }) {
    this.#key = [place.seed >>> 0, Math.floor(place.seed / 4_294_967_296) >>> 0];
    this.#scenario = place.scenario >>> 0;
    this.#stream = place.stream >>> 0;
  }

  /** Returns the middle of a word's cell in (0, 1). */
  uniform(): number {
    let word = this.#left.pop();
    if (word === undefined) {
      const words = philoxWords([this.#scenario, 0, this.#block, this.#stream], this.#key);
      this.#block += 1;
      this.#left = [...words].reverse();
      word = this.#left.pop() ?? 0;
    }
    return (word + 0.5) / 4_294_967_296;
  }

  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** Returns a gamma variable with unit scale and shape of at least 1 (Marsaglia & Tsang 2000). */
  gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v))
        return d * v;
    }
  }
}

/** Which numbers of a seed a use takes, so that two uses never share any. */
export const STREAMS = { bootstrap: 16, filtered: 17, copula: 18, shortfallTest: 19 } as const;
