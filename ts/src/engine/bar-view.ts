import type { Bar } from '../core/bar.js';

/** The bar in the memory that native code writes; reading a price costs no call. */
export class BarView implements Bar {
  readonly #view: Float64Array;

  constructor(view: Float64Array) {
    this.#view = view;
  }

  get tsMs(): number {
    return this.#view[0] ?? 0;
  }

  get open(): number {
    return this.#view[1] ?? 0;
  }

  get high(): number {
    return this.#view[2] ?? 0;
  }

  get low(): number {
    return this.#view[3] ?? 0;
  }

  get close(): number {
    return this.#view[4] ?? 0;
  }

  get volume(): number {
    return this.#view[5] ?? 0;
  }

  get instrument(): number {
    return this.#view[6] ?? 0;
  }

  get tsOpenMs(): number {
    return this.#view[7] ?? 0;
  }

  /** A copy that the next bar does not write over. */
  toJSON(): Bar {
    const { instrument, tsMs, tsOpenMs, open, high, low, close, volume } = this;
    return { instrument, tsMs, tsOpenMs, open, high, low, close, volume };
  }
}
