import { z } from 'zod';

import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '../core/vocabulary.generated.js';
import { decimalText, parseConfig } from '../core/schema.js';

/** A time as ISO 8601 with its offset, or as milliseconds since 1970; nanoseconds since 1970 as text come out. */
const instant = z
  .union([z.iso.datetime({ offset: true }), z.int()])
  .transform((value) =>
    String(BigInt(typeof value === 'number' ? value : Date.parse(value)) * 1_000_000n),
  );

const wholeNumber = z
  .union([z.string().regex(/^\d+$/, 'must be a whole number'), z.int().nonnegative()])
  .transform(String);

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

const positionSide = orNull(z.enum(['long', 'short']));

const order = z.strictObject({
  /** The venue's id. */
  venue_order_id: z.string().min(1).max(64),
  /** Ours as a number, where the order is one of this bot's. */
  client_order_id: orNull(wholeNumber),
  symbol: z.string(),
  side: z.enum(SIDES),
  type: z.enum(ORDER_TYPES),
  time_in_force: z.enum(TIMES_IN_FORCE).default('gtc'),
  reduce_only: z.boolean().default(false),
  status: z.enum(['open', 'filled', 'canceled', 'expired', 'rejected']).default('open'),
  /** Whole quantity, what has filled included. */
  quantity: decimalText,
  filled: decimalText.default('0'),
  /** Average price of what has filled; one that is no multiple of the tick is not used. */
  average_price: orNull(decimalText),
  limit_price: orNull(decimalText),
  trigger_price: orNull(decimalText),
  post_only: z.boolean().default(false),
  display: orNull(decimalText),
  /** Distance of a trailing stop as a price, or as a fraction of it. */
  trailing_price: orNull(decimalText),
  trailing_frac: orNull(decimalText),
  expires: orNull(instant),
});

const fill = z.strictObject({
  trade_id: wholeNumber,
  venue_order_id: z.string().min(1).max(64),
  client_order_id: orNull(wholeNumber),
  symbol: z.string(),
  side: z.enum(SIDES),
  position_side: positionSide,
  price: decimalText,
  quantity: decimalText,
  /** A rebate is negative. */
  fee: decimalText.default('0'),
  /** The instrument's settlement currency when left out. */
  fee_currency: orNull(z.string()),
  ts: instant,
});

const position = z.strictObject({
  symbol: z.string(),
  position_side: positionSide,
  /** Signed: below zero is short. */
  quantity: decimalText,
  /** Entry price; one that is no multiple of the tick is not used. */
  entry_price: orNull(decimalText),
});

const balance = z.strictObject({
  currency: z.string(),
  /** Settled cash, without open profit. */
  cash: decimalText,
});

/** What a venue says of an account. What is not claimed to be complete proves nothing by being absent. */
export const venueStateSchema = z.strictObject({
  /** When the venue said it, by its clock. */
  ts: instant,
  /** Every order sent up to here that is open is listed; null when orders may be missing. */
  orders_complete_until: orNull(instant),
  /** Every fill from here on is listed; null when fills may be missing. */
  fills_complete_from: orNull(instant),
  /** Whether an instrument that is not listed has no position. */
  positions_complete: z.boolean().default(false),
  orders: z.array(order).default([]),
  fills: z.array(fill).default([]),
  positions: z.array(position).default([]),
  /** A currency that is not listed is not compared. */
  balances: z.array(balance).default([]),
});

/** What a venue says of an account, as it is written. */
export type VenueState = z.input<typeof venueStateSchema>;

/**
 * Checks what a venue says and returns it in the form that the native code reads.
 *
 * @throws HoldfastError `VENUE_SNAPSHOT_INVALID` naming the field
 */
export function venueStateText(value: unknown): string {
  const state = parseConfig(
    venueStateSchema,
    value,
    'venue',
    'VENUE_SNAPSHOT_INVALID',
    'VENUE_SNAPSHOT_INVALID',
  );
  const { ts, orders_complete_until, fills_complete_from, orders, fills, ...rest } = state;
  return JSON.stringify({
    ...rest,
    ts_ns: ts,
    orders_complete_until_ns: orders_complete_until,
    fills_complete_from_ns: fills_complete_from,
    orders: orders.map(({ expires, ...each }) => ({ ...each, expires_ns: expires })),
    fills: fills.map(({ ts: at, ...each }) => ({ ...each, ts_ns: at })),
  });
}

/** Checks what a venue says where its type is not known. @throws HoldfastError as `venueStateText` */
export function assertVenueState(value: unknown): asserts value is VenueState {
  venueStateText(value);
}
