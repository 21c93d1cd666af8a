import { type Decimal, formatDecimal } from './decimal.js';
import { printShort, toFloat } from './short-decimal.js';

/** A price: an integer count of its instrument's ticks. Made by `Instrument.price()` and its kin. */
export class Price {
  readonly ticks: bigint;
  /** The number nearest to `ticks`, and the same one where it is a safe integer. */
  readonly ticksNumber: number;
  readonly #tick: Decimal;

  constructor(ticks: bigint, tick: Decimal) {
    this.ticks = ticks;
    this.ticksNumber = Number(ticks);
    this.#tick = tick;
  }

  /**
   * Whether it counts such ticks, and not those of an instrument with others; null for what claims to be a price by its
   * prototype alone.
   */
  static counts(value: Price, tick: Decimal): boolean | null {
    if (!(#tick in value)) return null;
    const own = value.#tick;
    return own === tick || (own.mantissa === tick.mantissa && own.scale === tick.scale);
  }

  /** The nearest binary float, for analytics only. */
  toNumber(): number {
    const value = toFloat(this.ticksNumber * Number(this.#tick.mantissa), this.#tick.scale);
    return Number.isNaN(value) ? Number(this.toString()) : value;
  }

  toString(): string {
    const text = printShort(this.ticksNumber * Number(this.#tick.mantissa), this.#tick.scale);
    return text ?? formatDecimal(this.ticks * this.#tick.mantissa, this.#tick.scale);
  }

  toJSON(): string {
    return this.toString();
  }
}
