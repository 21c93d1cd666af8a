import { HoldfastError } from '../core/holdfast-error.js';

/** One market event is one cache line: the same bytes in C++, Rust and TypeScript. */
export const MARKET_EVENT_BYTES = 64;

/** Where each field starts in a record. The C++ struct is the twin; a test compares the two. */
export const MARKET_EVENT_OFFSETS = {
  tsEventNs: 0,
  tsRecvNs: 8,
  sequence: 16,
  priceTicks: 24,
  quantityLots: 32,
  aux0: 40,
  aux1: 48,
  instrument: 56,
  kind: 60,
  flags: 61,
  stream: 62,
} as const;

/** The number of each kind; zero is none, so that zeroed memory is never a valid event. */
export const MARKET_EVENT_KINDS = {
  trade: 1,
  quote: 2,
  depth: 3,
  bar: 4,
  gap: 5,
  status: 6,
} as const;

export type MarketEventKind = keyof typeof MARKET_EVENT_KINDS;

export const MARKET_EVENT_FLAGS = { sell: 1, snapshot: 2, lastOfBatch: 4 } as const;

/** A 64-bit integer: a bigint, or a number that is a safe integer. Reads give bigints. */
export type Int64 = bigint | number;

/** What every event may say; `tsRecvNs` is the event time and `stream` 0 where it is left out. */
export interface EventSource {
  readonly instrument: number;
  readonly stream?: number;
  readonly tsRecvNs?: Int64;
}

export interface TradeInput extends EventSource {
  readonly tsEventNs: Int64;
  readonly priceTicks: Int64;
  readonly quantityLots: Int64;
  readonly tradeId: Int64;
  /** The side of the aggressor. */
  readonly side: 'buy' | 'sell';
}

export interface QuoteInput extends EventSource {
  readonly tsEventNs: Int64;
  readonly bidTicks: Int64;
  readonly bidLots: Int64;
  readonly askTicks: Int64;
  readonly askLots: Int64;
}

/** The close time is the last nanosecond of the bar: open time + interval − 1 ns. */
export interface BarInput extends EventSource {
  readonly tsOpenNs: Int64;
  readonly tsCloseNs: Int64;
  readonly openTicks: Int64;
  readonly highTicks: Int64;
  readonly lowTicks: Int64;
  readonly closeTicks: Int64;
  readonly volumeLots: Int64;
}

/** An event as read: every field is there, and every 64-bit integer is a bigint. */
type Read<Input> = {
  readonly [Key in keyof Input]-?: NonNullable<Input[Key]> extends Int64
    ? bigint extends NonNullable<Input[Key]>
      ? bigint
      : number
    : NonNullable<Input[Key]>;
};

export type TradeEvent = Read<TradeInput>;
export type QuoteEvent = Read<QuoteInput>;
export type BarEvent = Read<BarInput>;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT32_RANGE = 2 ** 32;

/** Throws `EVENT_INVALID` for a field that breaks its rule. */
export function eventInvalid(field: string, rule: string, value: unknown): HoldfastError {
  const was = typeof value === 'number' || typeof value === 'string' ? value : String(value);
  return new HoldfastError('EVENT_INVALID', `${field} must be ${rule}, was ${was}`, {
    context: { field, was },
  });
}
