import { type Decimal, formatDecimal } from './decimal.js';

/** A quantity: an integer count of its instrument's lots. Made by `Instrument.quantity()` and its kin. */
export class Quantity {
  readonly lots: bigint;
  readonly #lot: Decimal;

  constructor(lots: bigint, lot: Decimal) {
    this.lots = lots;
    this.#lot = lot;
  }

  /** The nearest binary float, for analytics only. */
  toNumber(): number {
    return Number(this.toString());
  }

  toString(): string {
    return formatDecimal(this.lots * this.#lot.mantissa, this.#lot.scale);
  }

  toJSON(): string {
    return this.toString();
  }
}
