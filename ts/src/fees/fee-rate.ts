import type { Amount, Rounding } from '../core/amount.js';
import { type Decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';

/** Costs round up: what the model tells is never less than what the venue takes. */
export const COST_ROUNDING: Rounding = 'ceil';

/** An exact share of a notional: 0.001 is ten basis points, and a negative one is a rebate. */
export class FeeRate {
  readonly #value: Decimal;

  private constructor(value: Decimal) {
    this.#value = value;
  }

  /** @throws HoldfastError `DECIMAL_INVALID`, `FEE_SCHEDULE_INVALID` for a rate beyond one whole */
  static parse(text: string): FeeRate {
    const value = parseDecimal(text);
    const one = 10n ** BigInt(value.scale);
    if (value.mantissa > one || value.mantissa < -one) {
      throw new HoldfastError('FEE_SCHEDULE_INVALID', `a rate must be from -1 to 1, was ${text}`, {
        context: { value: text },
      });
    }
    return new FeeRate(value);
  }

  get isRebate(): boolean {
    return this.#value.mantissa < 0n;
  }

  /** Takes a discount off what is paid; a rebate stays what it is. */
  discounted(discount: FeeRate): FeeRate {
    if (this.isRebate) return this;
    const { mantissa, scale } = discount.#value;
    const kept = 10n ** BigInt(scale) - mantissa;
    return new FeeRate({ mantissa: this.#value.mantissa * kept, scale: this.#value.scale + scale });
  }

  /** The share of an amount, rounded against the payer. @throws HoldfastError `AMOUNT_OVERFLOW` */
  of(amount: Amount): Amount {
    const one = 10n ** BigInt(this.#value.scale);
    return amount.timesRatio(this.#value.mantissa, one, COST_ROUNDING);
  }

  compare(other: FeeRate): number {
    const scale = Math.max(this.#value.scale, other.#value.scale);
    const at = ({ mantissa, scale: own }: Decimal) => mantissa * 10n ** BigInt(scale - own);
    const [left, right] = [at(this.#value), at(other.#value)];
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** In basis points, exactly. */
  toBps(): string {
    const { mantissa, scale } = this.#value;
    return formatDecimal(mantissa * 10_000n, scale);
  }

  toString(): string {
    return formatDecimal(this.#value.mantissa, this.#value.scale);
  }

  toJSON(): string {
    return this.toString();
  }
}
