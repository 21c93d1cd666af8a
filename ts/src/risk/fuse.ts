import { z } from 'zod';

import { decimalText, parseConfig } from '../core/schema.js';

const unlimited = z.literal('unlimited');

/** A count of orders as text. */
const count = z
  .union([unlimited, z.int().positive().max(0xffff_ffff)], {
    error: 'must be a whole number from 1, or the word "unlimited"',
  })
  .transform(String);

/** An amount in the account's currency, a whole multiple of its equity such as `25x`, or `unlimited`. */
const money = z.union([unlimited, z.string().regex(/^[1-9]\d*x$/), decimalText], {
  error: 'must be a decimal, a multiple of equity such as "25x", or the word "unlimited"',
});

const scopeShape = {
  ordersPerSecondMax: count.optional(),
  ordersPerMinuteMax: count.optional(),
  ordersPerDayMax: count.optional(),
  notionalPerSecondMax: money.optional(),
  notionalPerMinuteMax: money.optional(),
  notionalPerDayMax: money.optional(),
  orderNotionalMax: money.optional(),
};
const instrumentScope = z.strictObject({
  ...scopeShape,
  /** In units of the instrument. */
  orderQuantityMax: z.union([unlimited, decimalText]).optional(),
});

/** Schema of the ceilings of the egress fuse; what is left out has its default. */
export const fuseSchema = z.strictObject({
  /** Of everything together. Default 100 orders a second, 1,000 a minute, 100,000 a day; notional 50x, 250x, 2500x equity. */
  account: z.strictObject(scopeShape).optional(),
  /** Of each instrument by itself; nothing by default. */
  eachInstrument: instrumentScope.optional(),
  /** Of single instruments by symbol, in place of `eachInstrument`. */
  instruments: z.record(z.string().min(1), instrumentScope).optional(),
  /** Notional that was sent and not answered. Default `100x`. */
  unansweredNotionalMax: money.optional(),
  /** How often the same order, parent or cause may leave within the window. Default 100. */
  repeatsMax: count.optional(),
  /** Default 60,000. */
  repeatWindowMs: z.int().positive().max(0xffff_ffff).optional(),
});

/** The ceilings, and where the latch is that outlives the process. */
export const latchedFuseSchema = fuseSchema.extend({
  /** Folder of the latch; the journal's when left out. Keep it over journals. */
  latch: z.string().min(1).optional(),
});

export type LatchedFuseOptions = z.input<typeof latchedFuseSchema>;
export type FuseOptions = z.input<typeof fuseSchema>;
export type FuseCeilings = z.output<typeof fuseSchema>;

/** @throws HoldfastError `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY` */
export function parseFuse(options: FuseOptions): FuseCeilings {
  return parseConfig(fuseSchema, options, 'fuse', 'LIMITS_INVALID', 'LIMITS_UNKNOWN_KEY');
}

const toSnake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function snakeKeys(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [toSnake(key), value]));
}

/** Writes ceilings as the native core reads them; undefined where everything has its default. */
export function fuseRecord(ceilings: FuseCeilings): Record<string, unknown> | undefined {
  const { account, eachInstrument, instruments, ...rest } = ceilings;
  const bySymbol = Object.entries(instruments ?? {}).map(([symbol, scope]) => [
    symbol,
    snakeKeys(scope),
  ]);
  const record = {
    ...snakeKeys(rest),
    ...(account === undefined ? {} : { account: snakeKeys(account) }),
    ...(eachInstrument === undefined ? {} : { each_instrument: snakeKeys(eachInstrument) }),
    ...(bySymbol.length === 0 ? {} : { instruments: Object.fromEntries(bySymbol) }),
  };
  return Object.keys(record).length === 0 ? undefined : record;
}
