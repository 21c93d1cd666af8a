import { formatDecimal, parseDecimal } from './decimal.js';
import { HoldfastError } from './holdfast-error.js';

/** Decimals of the representation; the same in the native core. */
export const AMOUNT_SCALE = 18;

const RAW_MAX = 2n ** 127n - 1n;
const RAW_MIN = -(2n ** 127n);

/** What happens to the remainder of a division. */
export type Rounding = 'floor' | 'ceil' | 'towards_zero' | 'half_even';

function overflow(operation: string): HoldfastError {
  return new HoldfastError(
    'AMOUNT_OVERFLOW',
    `${operation} must stay within 128 bits at ${AMOUNT_SCALE} decimals`,
    { context: { operation } },
  );
}

/**
 * An exact amount of one currency: a count of 10⁻¹⁸ units in the range of 128 bits.
 *
 * @example
 * Amount.parse('0.1', 'USD').plus(Amount.parse('0.2', 'USD')).toString(); // "0.3"
 */
export class Amount {
  readonly raw: bigint;
  readonly currency: string;

  private constructor(raw: bigint, currency: string) {
    this.raw = raw;
    this.currency = currency;
  }

  /**
   * Makes an amount from its count of 10⁻¹⁸ units.
   *
   * @throws HoldfastError `AMOUNT_OVERFLOW`
   */
  static fromRaw(raw: bigint, currency: string): Amount {
    if (raw > RAW_MAX || raw < RAW_MIN) throw overflow('value');
    return new Amount(raw, currency);
  }

  /**
   * Reads a decimal string.
   *
   * @throws HoldfastError `DECIMAL_INVALID`, `AMOUNT_TOO_PRECISE`, `AMOUNT_OVERFLOW`
   */
  static parse(text: string, currency: string): Amount {
    const { mantissa, scale } = parseDecimal(text);
    if (scale <= AMOUNT_SCALE) {
      return Amount.fromRaw(mantissa * 10n ** BigInt(AMOUNT_SCALE - scale), currency);
    }
    const divisor = 10n ** BigInt(scale - AMOUNT_SCALE);
    if (mantissa % divisor !== 0n) {
      throw new HoldfastError(
        'AMOUNT_TOO_PRECISE',
        `amount must have at most ${AMOUNT_SCALE} decimals, was ${text}`,
        { context: { value: text } },
      );
    }
    return Amount.fromRaw(mantissa / divisor, currency);
  }

  #same(other: Amount): void {
    if (this.currency === other.currency) return;
    throw new HoldfastError(
      'CURRENCY_MISMATCH',
      `currencies must be the same, were ${this.currency} and ${other.currency}`,
      { context: { left: this.currency, right: other.currency } },
    );
  }

  /** @throws HoldfastError `CURRENCY_MISMATCH`, `AMOUNT_OVERFLOW` */
  plus(other: Amount): Amount {
    if (this.currency !== other.currency) this.#same(other);
    const raw = this.raw + other.raw;
    if (raw > RAW_MAX || raw < RAW_MIN) throw overflow('sum');
    return new Amount(raw, this.currency);
  }

  /** @throws HoldfastError `CURRENCY_MISMATCH`, `AMOUNT_OVERFLOW` */
  minus(other: Amount): Amount {
    if (this.currency !== other.currency) this.#same(other);
    const raw = this.raw - other.raw;
    if (raw > RAW_MAX || raw < RAW_MIN) throw overflow('difference');
    return new Amount(raw, this.currency);
  }

  /**
   * Multiplies by an integer, exactly.
   *
   * @throws HoldfastError `AMOUNT_OVERFLOW`
   */
  times(factor: bigint): Amount {
    const raw = this.raw * factor;
    if (raw > RAW_MAX || raw < RAW_MIN) throw overflow('product');
    return new Amount(raw, this.currency);
  }

  /**
   * Returns `this × numerator ÷ denominator`, rounded once, as named.
   *
   * @throws HoldfastError `DIVISION_BY_ZERO`, `AMOUNT_OVERFLOW`
   */
  timesRatio(numerator: bigint, denominator: bigint, rounding: Rounding): Amount {
    return Amount.fromRaw(divide(this.raw * numerator, denominator, rounding), this.currency);
  }

  negated(): Amount {
    return Amount.fromRaw(-this.raw, this.currency);
  }

  /** Returns -1, 0 or 1. @throws HoldfastError `CURRENCY_MISMATCH` */
  compare(other: Amount): -1 | 0 | 1 {
    this.#same(other);
    return this.raw === other.raw ? 0 : this.raw < other.raw ? -1 : 1;
  }

  equals(other: Amount): boolean {
    return this.raw === other.raw && this.currency === other.currency;
  }

  /** The nearest binary float, for analytics only. */
  toNumber(): number {
    return Number(this.toString());
  }

  toString(): string {
    return formatDecimal(this.raw, AMOUNT_SCALE);
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * Divides integers with a named rounding.
 *
 * @throws HoldfastError `DIVISION_BY_ZERO`
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator === 0n) {
    throw new HoldfastError('DIVISION_BY_ZERO', 'denominator must not be zero');
  }
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  const negative = remainder < 0n !== denominator < 0n;
  const away = negative ? quotient - 1n : quotient + 1n;
  switch (rounding) {
    case 'towards_zero':
      return quotient;
    case 'floor':
      return negative ? away : quotient;
    case 'ceil':
      return negative ? quotient : away;
    case 'half_even': {
      const twice = magnitude(remainder) * 2n;
      const bound = magnitude(denominator);
      if (twice !== bound) return twice < bound ? quotient : away;
      return quotient % 2n === 0n ? quotient : away;
    }
  }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
