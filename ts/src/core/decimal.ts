import { HoldfastError } from './holdfast-error.js';

/** The exact value mantissa × 10^-scale. */
export interface Decimal {
  readonly mantissa: bigint;
  readonly scale: number;
}

/** More digits than any field needs; the bound keeps hostile input from costing time. */
export const DECIMAL_LENGTH_MAX = 64;

const ZERO = 48;
const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const SCIENTIFIC = /^([+-]?\d(?:\.\d+)?)e([+-]\d+)$/;

/**
 * Reads a decimal string exactly, for example `"-12.50"`.
 *
 * @throws HoldfastError `DECIMAL_INVALID` for anything that is not a plain finite decimal.
 */
export function parseDecimal(text: string): Decimal {
  const match = text.length <= DECIMAL_LENGTH_MAX ? PLAIN.exec(text) : null;
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole.length + fraction.length === 0) {
    throw new HoldfastError(
      'DECIMAL_INVALID',
      `value must be a plain decimal such as "100.25", was "${text.slice(0, DECIMAL_LENGTH_MAX)}"`,
      { context: { value: text.slice(0, DECIMAL_LENGTH_MAX) } },
    );
  }
  const magnitude = BigInt(whole + fraction);
  return { mantissa: match[1] === '-' ? -magnitude : magnitude, scale: fraction.length };
}

/**
 * Reads a number through its shortest decimal form, so that 0.1 is exactly one tenth.
 *
 * @throws HoldfastError `DECIMAL_INVALID` for NaN and the infinities.
 */
export function decimalOfNumber(value: number): Decimal {
  if (!Number.isFinite(value)) {
    throw new HoldfastError('DECIMAL_INVALID', `value must be a finite number, was ${value}`, {
      context: { value: String(value) },
    });
  }
  const text = String(value);
  const scientific = SCIENTIFIC.exec(text);
  if (scientific === null) return parseDecimal(text);
  const { mantissa, scale } = parseDecimal(scientific[1] ?? '');
  const exponent = scale - Number(scientific[2]);
  if (exponent >= 0) return { mantissa, scale: exponent };
  return { mantissa: mantissa * 10n ** BigInt(-exponent), scale: 0 };
}

/** Reads what the public API takes at its edge: a decimal string or a number. */
export function decimalOf(value: string | number): Decimal {
  // What plain JavaScript passes is checked too: a wrong type must not become a wrong price.
  const type: string = typeof value;
  if (type !== 'string' && type !== 'number') {
    throw new HoldfastError(
      'DECIMAL_INVALID',
      `value must be a decimal string or a number, was of type ${type}`,
      { context: { type } },
    );
  }
  return typeof value === 'number' ? decimalOfNumber(value) : parseDecimal(value);
}

/** Prints mantissa × 10^-scale without exponent and without trailing zeros. */
export function formatDecimal(mantissa: bigint, scale: number): string {
  const text = mantissa.toString();
  if (scale === 0) return text;
  const negative = text.charCodeAt(0) === 45;
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  const whole = digits.slice(0, point);
  const unsigned = end === point ? whole : `${whole}.${digits.slice(point, end)}`;
  return negative ? `-${unsigned}` : unsigned;
}

/** How many whole steps a value holds, rounded towards minus infinity, and whether that is exact. */
export function stepsOf(
  value: Decimal,
  step: Decimal,
): { readonly steps: bigint; readonly exact: boolean } {
  const scale = Math.max(value.scale, step.scale);
  const numerator = value.mantissa * 10n ** BigInt(scale - value.scale);
  const denominator = step.mantissa * 10n ** BigInt(scale - step.scale);
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return { steps: quotient, exact: true };
  return { steps: numerator < 0n ? quotient - 1n : quotient, exact: false };
}
