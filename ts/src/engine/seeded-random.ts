/** A seeded generator (sfc32, Chris Doty-Humphrey's PractRand): the same seed gives the same numbers everywhere. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    // The first outputs depend on few bits of the seed only.
    for (let round = 0; round < 12; round += 1) this.#bits();
  }

  /** The next number, from 0 (inclusive) to 1 (exclusive), a multiple of 2⁻³². */
  next(): number {
    return this.#bits() / 2 ** 32;
  }

  #bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
