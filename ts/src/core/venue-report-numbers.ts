import { createHash } from 'node:crypto';

import { decimalOf } from './decimal.js';
import { HoldfastError } from './holdfast-error.js';

const FEE_SCALE_MAX = 18;
const UINT64_MAX = 2n ** 64n - 1n;
const WHOLE_NUMBER = /^[1-9]\d{0,19}$/;

/** A fee as a report carries it: `feeUnits` × 10^-`feeScale`. @throws HoldfastError `DECIMAL_INVALID`, `AMOUNT_TOO_PRECISE` */
export function feeNumbers(amount: string | number): {
  readonly feeUnits: bigint;
  readonly feeScale: number;
} {
  let { mantissa, scale } = decimalOf(amount);
  while (scale > FEE_SCALE_MAX && mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale -= 1;
  }
  if (scale <= FEE_SCALE_MAX) return { feeUnits: mantissa, feeScale: scale };
  throw new HoldfastError(
    'AMOUNT_TOO_PRECISE',
    `fee must have at most ${FEE_SCALE_MAX} decimals, was ${amount}`,
    { context: { field: 'fee', value: String(amount) } },
  );
}

/** A number stands for itself, a text that is none for 64 bits of its SHA-256: the same text is the same trade. */
export function tradeNumber(tradeId: string | number | bigint): bigint {
  const text = String(tradeId);
  if (WHOLE_NUMBER.test(text) && BigInt(text) <= UINT64_MAX) return BigInt(text);
  if (typeof tradeId === 'string' && text !== '' && !/^-?\d+(?:\.\d+)?$/.test(text)) {
    const number = createHash('sha256').update(text).digest().readBigUInt64LE(0);
    return number === 0n ? 1n : number;
  }
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `tradeId must be a whole number from 1 or a text, was ${text === '' ? 'empty' : text}`,
    { context: { field: 'tradeId', value: text } },
  );
}
