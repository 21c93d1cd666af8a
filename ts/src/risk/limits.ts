import { z } from 'zod';

import { HoldfastError } from '../core/holdfast-error.js';
import { decimalText, parseConfig } from '../core/schema.js';

const limit = z.union([z.literal('unlimited'), decimalText], {
  error: 'must be a decimal or the word "unlimited"',
});

/** Schema of the gate's limits: each is a value or the word `unlimited`, none has a default. */
export const limitsSchema = z.strictObject({
  /** Largest quantity of one order, in units of the instrument. */
  orderQtyMax: limit,
  /** Largest notional of one order, in the quote currency. */
  orderNotionalQuoteMax: limit,
  /** Largest position, all open orders filled, as a fraction of equity. */
  positionFracMax: limit,
  /** Largest gross exposure, all open orders filled, as a fraction of equity. */
  grossExposureFracMax: limit,
  /** Largest distance of a limit price from the reference price, as a fraction. */
  priceBandFracMax: limit,
  /** Most orders in any 60 seconds. */
  ordersPerMinuteMax: limit,
  /** Most opening orders in a UTC day. */
  dailyTradesMax: limit,
  /** Loss of the UTC day, as a fraction of its opening equity, that stops opening orders for the day. */
  dailyLossFracMax: limit,
  /** Drawdown of marked equity that stops opening orders for the session. */
  drawdownFracMax: limit,
  /** Whether an opening order must carry a stop loss. */
  stopLossRequired: z.boolean(),
  /** Oldest reference price that an order may be judged by, in milliseconds. */
  priceAgeMsMax: limit,
});

export type LimitsOptions = z.input<typeof limitsSchema>;
export type Limits = Readonly<z.output<typeof limitsSchema>>;

/**
 * Checks limits.
 *
 * @throws HoldfastError `LIMITS_UNKNOWN_KEY` with the nearest key that exists, `LIMITS_INVALID`
 */
export function parseLimits(options: unknown): Limits {
  return parseConfig(limitsSchema, options, 'limits', 'LIMITS_INVALID', 'LIMITS_UNKNOWN_KEY');
}

const toSnake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel = (key: string) =>
  key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The same with the names of a file, so that its errors name what stands there. */
const limitsFileSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(limitsSchema.shape).map(([key, schema]) => [toSnake(key), schema]),
  ),
);

/** Reads the JSON form of a limits file, whose keys are snake_case. @throws HoldfastError as `parseLimits` */
export function parseLimitsJson(text: string): Limits {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HoldfastError('LIMITS_INVALID', 'limits must be a JSON object', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HoldfastError('LIMITS_INVALID', 'limits must be a JSON object');
  }
  const parsed = parseConfig(
    limitsFileSchema,
    value,
    'limits',
    'LIMITS_INVALID',
    'LIMITS_UNKNOWN_KEY',
  );
  return parseLimits(
    Object.fromEntries(Object.entries(parsed).map(([key, each]) => [toCamel(key), each])),
  );
}

/** The form in which limits reach the native core, the journal and files. */
export function limitsRecord(limits: Limits): Readonly<Record<string, string | boolean>> {
  return Object.fromEntries(Object.entries(limits).map(([key, value]) => [toSnake(key), value]));
}
