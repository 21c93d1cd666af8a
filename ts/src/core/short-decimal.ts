/**
 * Decimals of at most 15 digits, in plain numbers: such a decimal counts units that a double holds exactly, and is the
 * only one of that length that is read as its double. Nearly every price and amount is short, and arithmetic on
 * numbers costs a fraction of that on bigint. What is not short is null or NaN here, and the caller takes bigint.
 */
export interface ShortDecimal {
  /** Units of 10^-scale. */
  readonly units: number;
  readonly scale: number;
}

const DIGITS_MAX = 15;
/** Digits, a sign and a point. */
const LENGTH_MAX = DIGITS_MAX + 2;
const UNITS_MAX = 999_999_999_999_999;

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** The powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Returns 10^exponent; NaN where a double does not hold it exactly. */
export function powerOfTen(exponent: number): number {
  return POWERS[exponent] ?? Number.NaN;
}

/** Reads a short decimal such as `"-12.50"`; null for any other text, whether it is a decimal or not. */
export function parseShort(text: string): ShortDecimal | null {
  const { length } = text;
  if (length > LENGTH_MAX) return null;
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  let units = 0;
  let point = -1;
  for (let at = first; at < length; at += 1) {
    const character = text.charCodeAt(at);
    if (character >= ZERO && character <= NINE) units = units * 10 + (character - ZERO);
    else if (character === POINT && point < 0) point = at;
    else return null;
  }
  const digits = length - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > DIGITS_MAX) return null;
  // Zero minus the units, because minus zero would be another number.
  return { units: first === 1 ? 0 - units : units, scale: point < 0 ? 0 : length - point - 1 };
}

/** Prints without exponent and without trailing zeros; null for what is not short. */
export function printShort(units: number, scale: number): string | null {
  const magnitude = Math.abs(units);
  const power = powerOfTen(scale);
  if (!(magnitude <= UNITS_MAX && power > 0)) return null;
  // A quotient of short decimals is never rounded up to a whole number, so its floor is exact.
  const whole = Math.floor(magnitude / power);
  const tail = magnitude - whole * power;
  const text = tail === 0 ? `${whole}` : `${whole}.${fractionText(tail, scale)}`;
  return units < 0 ? `-${text}` : text;
}

function fractionText(tail: number, scale: number): string {
  let digits = scale;
  let short = tail;
  for (; short % 100 === 0; short /= 100) digits -= 2;
  if (short % 10 === 0) {
    short /= 10;
    digits -= 1;
  }
  const text = String(short);
  return text.length === digits ? text : text.padStart(digits, '0');
}

/** The nearest binary float; NaN for what is not short. */
export function toFloat(units: number, scale: number): number {
  return Math.abs(units) <= UNITS_MAX ? units / powerOfTen(scale) : Number.NaN;
}

/** How many steps a value is; NaN unless value and step are short and the steps are whole. */
export function shortSteps(value: string | number, step: ShortDecimal): number {
  const units = unitsOf(value, step.scale);
  // Units are whole or none, and nearly every step is one of them.
  if (step.units === 1) return units + 0;
  const steps = units / step.units;
  // A quotient that was rounded to a whole number does not multiply back.
  if (!Number.isInteger(steps) || steps * step.units !== units) return Number.NaN;
  return steps + 0;
}

/** Counts units of 10^-scale in a value; NaN when they are too many or not whole. */
function unitsOf(value: string | number, scale: number): number {
  if (typeof value === 'number') {
    const units = Math.round(value * powerOfTen(scale));
    return toFloat(units, scale) === value ? units : Number.NaN;
  }
  if (typeof value !== 'string') return Number.NaN;
  const short = parseShort(value);
  if (short === null) return Number.NaN;
  const units = short.units * powerOfTen(scale - short.scale);
  return Math.abs(units) <= UNITS_MAX ? units : Number.NaN;
}
