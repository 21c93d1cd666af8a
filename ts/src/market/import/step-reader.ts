import { type Decimal, formatDecimal, parseDecimal, stepsOf } from '../../core/decimal.js';

/** What becomes of a value between two steps; `nearest` takes the upper one at exactly half. */
export type StepRounding = 'refuse' | 'nearest' | 'down';

export type StepOutcome = 'exact' | 'rounded' | 'off-step' | 'not-a-number' | 'out-of-range';

/** Doubles hold every decimal of 15 digits apart, so the quick way reads no more. */
const QUICK_DIGITS_MAX = 15;
/** Half of 2^53: sums of a numerator and a divisor stay exact. */
const QUICK_INTEGER_MAX = 2 ** 52;
/** Wider than any price or volume; it keeps `1e999999999` from filling the memory. */
const EXPONENT_MAX = 40;
const I64_MAX = 2n ** 63n - 1n;
const ZERO: Decimal = { mantissa: 0n, scale: 0 };
const SCIENTIFIC = /^([+-]?[\d.]+)[eE]([+-]?\d{1,3})$/;

/**
 * Reads decimal text as whole ticks or lots, exactly. Short plain decimals take a path over
 * integers below 2^52; all others take the bigint path, which gives the same answers.
 */
export class StepReader {
  readonly step: Decimal;
  readonly #rounding: StepRounding;
  /** Digits of the file's integers that stand behind an implied point (4 for prices × 10,000). */
  readonly #impliedScale: number;
  /** For a value of this scale: what to multiply it by and what one step then measures. */
  readonly #factors: number[] = [];
  readonly #divisors: number[] = [];
  /** Largest change by rounding, in units of 10^-index. */
  readonly #changeMax: number[] = [];
  #exactChangeMax: Decimal = ZERO;
  #roundedCount = 0;
  #steps = 0n;
  /** What rounding did to the value that was read last: units of 10^-index, or an exact decimal. */
  #quickChange = 0;
  #quickScale = 0;
  #exactChange: Decimal | null = null;

  constructor(options: {
    readonly step: string;
    readonly rounding: StepRounding;
    readonly impliedScale?: number;
  }) {
    this.step = parseDecimal(options.step);
    this.#rounding = options.rounding;
    this.#impliedScale = options.impliedScale ?? 0;
    const mantissa = Number(this.step.mantissa);
    for (let scale = 0; scale <= QUICK_DIGITS_MAX + this.#impliedScale; scale += 1) {
      const widen = Math.max(0, this.step.scale - scale);
      const divisor = mantissa * 10 ** Math.max(0, scale - this.step.scale);
      this.#factors.push(10 ** widen);
      this.#divisors.push(divisor <= QUICK_INTEGER_MAX ? divisor : 0);
      this.#changeMax.push(0);
    }
  }

  /** The value that was read last, in steps; only after `exact` or `rounded`. */
  get steps(): bigint {
    return this.#steps;
  }

  /** Counts the rounding of the value that was read last, once its row is known to be used. */
  commit(): void {
    if (this.#quickChange > 0) {
      const max = this.#changeMax[this.#quickScale] ?? 0;
      if (this.#quickChange > max) this.#changeMax[this.#quickScale] = this.#quickChange;
    } else if (this.#exactChange !== null) {
      this.#exactChangeMax = largerOf(this.#exactChangeMax, this.#exactChange);
    } else {
      return;
    }
    this.#roundedCount += 1;
  }

  get roundedCount(): number {
    return this.#roundedCount;
  }

  /** The largest change that rounding made, exact. */
  get roundedMax(): Decimal {
    return this.#changeMax.reduce<Decimal>(
      (max, change, index) =>
        largerOf(max, { mantissa: BigInt(change), scale: Math.max(index, this.step.scale) }),
      this.#exactChangeMax,
    );
  }

  read(text: string): StepOutcome {
    const length = text.length;
    let mantissa = 0;
    let digits = 0;
    let pointAt = -1;
    for (let i = 0; i < length; i += 1) {
      const character = text.charCodeAt(i);
      if (character >= 48 && character <= 57) {
        mantissa = mantissa * 10 + (character - 48);
        digits += 1;
      } else if (character === 46 && pointAt < 0) {
        pointAt = digits;
      } else {
        return this.#readExact(text);
      }
    }
    if (digits === 0 || digits > QUICK_DIGITS_MAX) return this.#readExact(text);
    const scale = (pointAt < 0 ? 0 : digits - pointAt) + this.#impliedScale;
    const divisor = this.#divisors[scale] ?? 0;
    const numerator = mantissa * (this.#factors[scale] ?? 0);
    if (divisor === 0 || numerator > QUICK_INTEGER_MAX) return this.#readExact(text);
    return this.#divide(numerator, divisor, scale);
  }

  /** Reads a value that was computed, for example a price times an adjustment factor. */
  readDecimal(value: Decimal): StepOutcome {
    const { steps, exact } = stepsOf(value, this.step);
    if (exact) return this.#keep(steps, 'exact');
    if (this.#rounding === 'refuse') return this.#keep(steps, 'off-step');
    const below = distance(value, steps, this.step);
    const above = distance(value, steps + 1n, this.step);
    const up = this.#rounding === 'nearest' && !isLess(below, above);
    const outcome = this.#keep(up ? steps + 1n : steps, 'rounded');
    this.#exactChange = up ? above : below;
    return outcome;
  }

  /** The two multiples of the step around an off-step value that was just read. */
  neighbours(): { readonly below: string; readonly above: string } {
    const { mantissa, scale } = this.step;
    return {
      below: formatDecimal(this.#steps * mantissa, scale),
      above: formatDecimal((this.#steps + 1n) * mantissa, scale),
    };
  }

  #divide(numerator: number, divisor: number, scale: number): StepOutcome {
    // A quotient of two integers below 2^52 is off by one at most, and the remainder tells.
    let steps = Math.floor(numerator / divisor);
    let remainder = numerator - steps * divisor;
    if (remainder < 0) {
      steps -= 1;
      remainder += divisor;
    }
    this.#steps = BigInt(steps);
    this.#quickChange = 0;
    this.#exactChange = null;
    if (remainder === 0) return 'exact';
    if (this.#rounding === 'refuse') return 'off-step';
    const up = this.#rounding === 'nearest' && remainder * 2 >= divisor;
    this.#quickChange = up ? divisor - remainder : remainder;
    this.#quickScale = scale;
    if (up) this.#steps += 1n;
    return 'rounded';
  }

  #readExact(text: string): StepOutcome {
    const value = decimalOfText(text);
    if (value === null) return 'not-a-number';
    const { mantissa, scale } = value;
    return this.readDecimal({ mantissa, scale: scale + this.#impliedScale });
  }

  #keep(steps: bigint, outcome: StepOutcome): StepOutcome {
    this.#quickChange = 0;
    this.#exactChange = null;
    if (steps > I64_MAX || steps < -I64_MAX) return 'out-of-range';
    this.#steps = steps;
    return outcome;
  }
}

/** Reads plain or scientific notation exactly; null for anything else. */
export function decimalOfText(text: string): Decimal | null {
  const scientific = SCIENTIFIC.exec(text);
  const exponent = Number(scientific?.[2] ?? 0);
  if (Math.abs(exponent) > EXPONENT_MAX) return null;
  let plain: Decimal;
  try {
    plain = parseDecimal(scientific?.[1] ?? text);
  } catch {
    return null;
  }
  const scale = plain.scale - exponent;
  if (scale >= 0) return { mantissa: plain.mantissa, scale };
  return { mantissa: plain.mantissa * 10n ** BigInt(-scale), scale: 0 };
}

function distance(value: Decimal, steps: bigint, step: Decimal): Decimal {
  const scale = Math.max(value.scale, step.scale);
  const exact = value.mantissa * 10n ** BigInt(scale - value.scale);
  const rounded = steps * step.mantissa * 10n ** BigInt(scale - step.scale);
  return { mantissa: exact < rounded ? rounded - exact : exact - rounded, scale };
}

/** The larger of two decimals. */
export function largerOf(left: Decimal, right: Decimal): Decimal {
  return isLess(left, right) ? right : left;
}

function isLess(left: Decimal, right: Decimal): boolean {
  const scale = Math.max(left.scale, right.scale);
  const leftMantissa = left.mantissa * 10n ** BigInt(scale - left.scale);
  return leftMantissa < right.mantissa * 10n ** BigInt(scale - right.scale);
}
