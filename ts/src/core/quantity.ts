import { type Decimal, formatDecimal } from './decimal.js';
import { printShort, toFloat } from './short-decimal.js';

/** A quantity: an integer count of its instrument's lots. Made by `Instrument.quantity()` and its kin. */
export class Quantity {
  readonly lots: bigint;
  /** The number nearest to `lots`, and the same one where it is a safe integer. */
  readonly lotsNumber: number;
  readonly #lot: Decimal;

  constructor(lots: bigint, lot: Decimal) {
    this.lots = lots;
    this.lotsNumber = Number(lots);
    this.#lot = lot;
  }

  /**
   * Whether it counts such lots, and not those of an instrument with others; null for what claims to be a quantity by its
   * prototype alone.
   */
  static counts(value: Quantity, lot: Decimal): boolean | null {
    if (!(#lot in value)) return null;
    const own = value.#lot;
    return own === lot || (own.mantissa === lot.mantissa && own.scale === lot.scale);
  }

  /** The nearest binary float, for analytics only. */
  toNumber(): number {
    const value = toFloat(this.lotsNumber * Number(this.#lot.mantissa), this.#lot.scale);
    return Number.isNaN(value) ? Number(this.toString()) : value;
  }

  toString(): string {
    const text = printShort(this.lotsNumber * Number(this.#lot.mantissa), this.#lot.scale);
    return text ?? formatDecimal(this.lots * this.#lot.mantissa, this.#lot.scale);
  }

  toJSON(): string {
    return this.toString();
  }
}
