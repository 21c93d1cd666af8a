import type { Quote, Trade } from '../core/tick.js';

/** The trade in the memory that native code writes. */
export class TradeView implements Trade {
  readonly #view: Float64Array;

  constructor(view: Float64Array) {
    this.#view = view;
  }

  get tsMs(): number {
    return this.#view[0] ?? 0;
  }

  get price(): number {
    return this.#view[1] ?? 0;
  }

  get quantity(): number {
    return this.#view[2] ?? 0;
  }

  get aggressorSide(): 'buy' | 'sell' {
    return this.#view[3] === 1 ? 'sell' : 'buy';
  }

  get instrument(): number {
    return this.#view[6] ?? 0;
  }

  /** A copy that the next event does not write over. */
  toJSON(): Trade {
    const { instrument, tsMs, price, quantity, aggressorSide } = this;
    return { instrument, tsMs, price, quantity, aggressorSide };
  }
}

/** The quote in the memory that native code writes. */
export class QuoteView implements Quote {
  readonly #view: Float64Array;

  constructor(view: Float64Array) {
    this.#view = view;
  }

  get tsMs(): number {
    return this.#view[0] ?? 0;
  }

  get bid(): number {
    return this.#view[1] ?? 0;
  }

  get bidQuantity(): number {
    return this.#view[2] ?? 0;
  }

  get ask(): number {
    return this.#view[3] ?? 0;
  }

  get askQuantity(): number {
    return this.#view[4] ?? 0;
  }

  get instrument(): number {
    return this.#view[6] ?? 0;
  }

  /** A copy that the next event does not write over. */
  toJSON(): Quote {
    const { instrument, tsMs, bid, bidQuantity, ask, askQuantity } = this;
    return { instrument, tsMs, bid, bidQuantity, ask, askQuantity };
  }
}
