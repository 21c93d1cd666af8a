import { formatDecimal, parseDecimal } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { DecimalText } from '../session-result.js';

/** Decimals of an amount everywhere in the library, so that sums at this scale are exact. */
const AMOUNT_SCALE = 18;

/**
 * Reads an amount as its mantissa × 10⁻¹⁸.
 *
 * @throws HoldfastError `AMOUNT_TOO_PRECISE` for more than 18 decimals, `DECIMAL_INVALID` for other
 * text.
 */
export function rawOfAmount(text: DecimalText): bigint {
  const { mantissa, scale } = parseDecimal(text);
  if (scale <= AMOUNT_SCALE) return mantissa * 10n ** BigInt(AMOUNT_SCALE - scale);
  throw new HoldfastError(
    'AMOUNT_TOO_PRECISE',
    `amount must have at most ${AMOUNT_SCALE} decimals, was "${text}"`,
    { context: { value: text } },
  );
}

/** Prints a mantissa × 10⁻¹⁸ exactly. */
export function amountOfRaw(raw: bigint): DecimalText {
  return formatDecimal(raw, AMOUNT_SCALE);
}

/** Returns minuend − subtrahend, exactly. */
export function differenceOf(operands: {
  readonly minuend: DecimalText;
  readonly subtrahend: DecimalText;
}): DecimalText {
  return amountOfRaw(rawOfAmount(operands.minuend) - rawOfAmount(operands.subtrahend));
}

/**
 * Prints an exact amount for reading: rounded half away from zero to `decimals` places, always all
 * of them, thousands grouped by commas, with a true minus sign. For display only: files keep the
 * exact text.
 */
export function displayAmount(text: DecimalText, decimals = 2): string {
  const { mantissa, scale } = parseDecimal(text);
  const magnitude = mantissa < 0n ? -mantissa : mantissa;
  const shown =
    scale <= decimals
      ? magnitude * 10n ** BigInt(decimals - scale)
      : (magnitude * 2n + 10n ** BigInt(scale - decimals)) / (2n * 10n ** BigInt(scale - decimals));
  const digits = shown.toString().padStart(decimals + 1, '0');
  const whole = groupThousands(digits.slice(0, digits.length - decimals));
  const fraction = decimals === 0 ? '' : `.${digits.slice(digits.length - decimals)}`;
  return `${mantissa < 0n && shown > 0n ? '−' : ''}${whole}${fraction}`;
}

/** Puts a comma between groups of three digits of a whole number. */
export function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
