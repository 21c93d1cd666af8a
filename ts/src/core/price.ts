import { type Decimal, formatDecimal } from './decimal.js';

/** A price: an integer count of its instrument's ticks. Made by `Instrument.price()` and its kin. */
export class Price {
  readonly ticks: bigint;
  readonly #tick: Decimal;

  constructor(ticks: bigint, tick: Decimal) {
    this.ticks = ticks;
    this.#tick = tick;
  }

  /** The nearest binary float, for analytics only. */
  toNumber(): number {
    return Number(this.toString());
  }

  toString(): string {
    return formatDecimal(this.ticks * this.#tick.mantissa, this.#tick.scale);
  }

  toJSON(): string {
    return this.toString();
  }
}
