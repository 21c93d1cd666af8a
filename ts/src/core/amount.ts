import { formatDecimal, parseDecimal } from './decimal.js';
import { HoldfastError } from './holdfast-error.js';
import { type ShortDecimal, parseShort, powerOfTen, printShort, toFloat } from './short-decimal.js';

/** Decimals of the representation; the same in the native core. */
export const AMOUNT_SCALE = 18;

const RAW_MAX = 2n ** 127n - 1n;
const RAW_MIN = -(2n ** 127n);

/** The lower two parts of an amount run from 0 to below this. */
const PART = 1e14;
const PART_RAW = 10n ** 14n;
/** Decimals above the lowest part, which holds the other 14; an amount with no more is made without a division. */
export const MIDDLE_SCALE = 4;
/** Up to here an amount is in range whatever its lower parts are: RAW_MAX is 17,014,118,346.04… × 10²⁸. */
const HIGH_SURE = 17_014_118_345;

/** What happens to the remainder of a division. */
export type Rounding = 'floor' | 'ceil' | 'towards_zero' | 'half_even';

function overflow(operation: string): HoldfastError {
  return new HoldfastError(
    'AMOUNT_OVERFLOW',
    `${operation} must stay within 128 bits at ${AMOUNT_SCALE} decimals`,
    { context: { operation } },
  );
}

function mismatch(left: string, right: string): HoldfastError {
  return new HoldfastError(
    'CURRENCY_MISMATCH',
    `currencies must be the same, were ${left} and ${right}`,
    { context: { left, right } },
  );
}

function notUnits(units: number, scale: number): HoldfastError {
  return new HoldfastError(
    'ARGUMENT_INVALID',
    `units must be a safe integer and scale a whole number from 0 to ${AMOUNT_SCALE}, ` +
      `were ${units} and ${scale}`,
    { context: { units, scale } },
  );
}

/**
 * An exact amount of one currency: a count of 10⁻¹⁸ units in the range of 128 bits.
 *
 * @example
 * Amount.parse('0.1', 'USD').plus(Amount.parse('0.2', 'USD')).toString(); // "0.3"
 */
export class Amount {
  readonly currency: string;
  /**
   * The amount is high × 10¹⁰ + middle × 10⁻⁴ + low × 10⁻¹⁸; numbers, because they add at a fraction of the cost of
   * bigint. They are properties of the object and have one form for each amount, so that deep equality, as test
   * frameworks have it, compares amounts by value.
   */
  private readonly high: number;
  private readonly middle: number;
  private readonly low: number;

  private constructor(high: number, middle: number, low: number, currency: string) {
    this.high = high;
    this.middle = middle;
    this.low = low;
    this.currency = currency;
  }

  /**
   * Makes an amount from its count of 10⁻¹⁸ units.
   *
   * @throws HoldfastError `AMOUNT_OVERFLOW`
   */
  static fromRaw(raw: bigint, currency: string): Amount {
    return Amount.#ofRaw(raw, currency, 'value');
  }

  /**
   * Makes an amount of units × 10^-scale: `{ units: 1250, scale: 2 }` is 12.50.
   *
   * @throws HoldfastError `ARGUMENT_INVALID` unless the units are a safe integer and the scale is from 0 to 18
   */
  static fromUnits({ units, scale }: ShortDecimal, currency: string): Amount {
    if (scale === MIDDLE_SCALE && units >= 0 && units < PART && Number.isInteger(units)) {
      return new Amount(0, units, 0, currency);
    }
    const step = powerOfTen(Math.abs(scale - MIDDLE_SCALE));
    if (!Number.isSafeInteger(units) || !(scale >= 0 && scale <= AMOUNT_SCALE && step > 0)) {
      throw notUnits(units, scale);
    }
    let middle = scale <= MIDDLE_SCALE ? units * step : Math.floor(units / step);
    let low = 0;
    if (scale > MIDDLE_SCALE) {
      // The quotient is a double, and may have been rounded up to the next whole number.
      if (middle * step > units) middle -= 1;
      low = (units - middle * step) * powerOfTen(AMOUNT_SCALE - scale);
    }
    if (!Number.isSafeInteger(middle)) {
      return Amount.fromRaw(BigInt(units) * 10n ** BigInt(AMOUNT_SCALE - scale), currency);
    }
    const high = middle >= 0 && middle < PART ? 0 : Math.floor(middle / PART);
    return new Amount(high, middle - high * PART, low, currency);
  }

  /**
   * Reads a decimal string.
   *
   * @throws HoldfastError `DECIMAL_INVALID`, `AMOUNT_TOO_PRECISE`, `AMOUNT_OVERFLOW`
   */
  static parse(text: string, currency: string): Amount {
    const short = parseShort(text);
    if (short !== null) return Amount.fromUnits(short, currency);
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

  static #ofRaw(raw: bigint, currency: string, operation: string): Amount {
    if (raw > RAW_MAX || raw < RAW_MIN) throw overflow(operation);
    let upper = raw / PART_RAW;
    let low = raw % PART_RAW;
    if (low < 0n) {
      upper -= 1n;
      low += PART_RAW;
    }
    let high = upper / PART_RAW;
    let middle = upper % PART_RAW;
    if (middle < 0n) {
      high -= 1n;
      middle += PART_RAW;
    }
    return new Amount(Number(high), Number(middle), Number(low), currency);
  }

  /** The count of 10⁻¹⁸ units. */
  get raw(): bigint {
    return (BigInt(this.high) * PART_RAW + BigInt(this.middle)) * PART_RAW + BigInt(this.low);
  }

  /** @throws HoldfastError `CURRENCY_MISMATCH`, `AMOUNT_OVERFLOW` */
  plus(other: Amount): Amount {
    if (this.currency !== other.currency) throw mismatch(this.currency, other.currency);
    let high = this.high + other.high;
    let middle = this.middle + other.middle;
    let low = this.low + other.low;
    if (high === 0 && low === 0 && middle < PART) return new Amount(0, middle, 0, this.currency);
    if (low >= PART) {
      low -= PART;
      middle += 1;
    }
    if (middle >= PART) {
      middle -= PART;
      high += 1;
    }
    return inRange(new Amount(high, middle, low, this.currency), high, 'sum');
  }

  /** @throws HoldfastError `CURRENCY_MISMATCH`, `AMOUNT_OVERFLOW` */
  minus(other: Amount): Amount {
    if (this.currency !== other.currency) throw mismatch(this.currency, other.currency);
    let high = this.high - other.high;
    let middle = this.middle - other.middle;
    let low = this.low - other.low;
    if (low < 0) {
      low += PART;
      middle -= 1;
    }
    if (middle < 0) {
      middle += PART;
      high -= 1;
    }
    return inRange(new Amount(high, middle, low, this.currency), high, 'difference');
  }

  /**
   * Multiplies by an integer, exactly.
   *
   * @throws HoldfastError `AMOUNT_OVERFLOW`
   */
  times(factor: bigint): Amount {
    if (this.high === 0 && this.low === 0) {
      // A product below PART was not rounded; zero is left out for the sake of its sign.
      const middle = this.middle * Number(factor);
      if (middle > 0 && middle < PART) return new Amount(0, middle, 0, this.currency);
    }
    return Amount.#ofRaw(this.raw * factor, this.currency, 'product');
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
    if (this.currency !== other.currency) throw mismatch(this.currency, other.currency);
    const difference = this.high - other.high || this.middle - other.middle || this.low - other.low;
    return difference === 0 ? 0 : difference < 0 ? -1 : 1;
  }

  equals(other: Amount): boolean {
    return (
      this.low === other.low &&
      this.middle === other.middle &&
      this.high === other.high &&
      this.currency === other.currency
    );
  }

  /** The nearest binary float, for analytics only. */
  toNumber(): number {
    const value = toFloat(shortUnits(this.high, this.middle, this.low), MIDDLE_SCALE);
    return Number.isNaN(value) ? Number(this.toString()) : value;
  }

  toString(): string {
    const text = printShort(shortUnits(this.high, this.middle, this.low), MIDDLE_SCALE);
    return text ?? formatDecimal(this.raw, AMOUNT_SCALE);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The parts of an amount as units of 10⁻⁴; NaN when that takes more digits or decimals. */
function shortUnits(high: number, middle: number, low: number): number {
  if (low !== 0 || high > 0 || high < -1) return Number.NaN;
  return high === 0 ? middle : middle - PART;
}

/** Lets an amount pass that is in range, whose highest part is given. */
function inRange(amount: Amount, high: number, operation: string): Amount {
  if (high <= HIGH_SURE && high >= -HIGH_SURE) return amount;
  const { raw } = amount;
  if (raw > RAW_MAX || raw < RAW_MIN) throw overflow(operation);
  return amount;
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
