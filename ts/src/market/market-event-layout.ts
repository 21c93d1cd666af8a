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

/** Unset, `sell` means buy; `lastOfBatch` is set on the second record of a bar. */
export const MARKET_EVENT_FLAGS = { sell: 1, snapshot: 2, lastOfBatch: 4 } as const;

/** Five prices and a volume do not fit one record, so a bar takes two consecutive ones. */
export const BAR_RECORDS = 2;

/** A 64-bit integer as written: a bigint, or a number that is a safe integer. */
export type Int64 = bigint | number;

interface EventSource<Integer> {
  readonly instrument: number;
  readonly stream: number;
  readonly tsRecvNs: Integer;
}

interface Trade<Integer> extends EventSource<Integer> {
  readonly tsEventNs: Integer;
  readonly priceTicks: Integer;
  readonly quantityLots: Integer;
  readonly tradeId: Integer;
  /** The side of the aggressor. */
  readonly side: 'buy' | 'sell';
}

interface Quote<Integer> extends EventSource<Integer> {
  readonly tsEventNs: Integer;
  readonly bidTicks: Integer;
  readonly bidLots: Integer;
  readonly askTicks: Integer;
  readonly askLots: Integer;
}

interface Bar<Integer> extends EventSource<Integer> {
  readonly tsOpenNs: Integer;
  /** The last nanosecond of the bar: open time + interval − 1 ns. */
  readonly tsCloseNs: Integer;
  readonly openTicks: Integer;
  readonly highTicks: Integer;
  readonly lowTicks: Integer;
  readonly closeTicks: Integer;
  readonly volumeLots: Integer;
}

/** An event to write: `stream` is 0 and `tsRecvNs` the record's own time where they are left out. */
type Input<Event extends EventSource<Int64>> = Omit<Event, 'stream' | 'tsRecvNs'> &
  Partial<Pick<Event, 'stream' | 'tsRecvNs'>>;

export type TradeInput = Input<Trade<Int64>>;
export type QuoteInput = Input<Quote<Int64>>;
export type BarInput = Input<Bar<Int64>>;

export type TradeEvent = Trade<bigint>;
export type QuoteEvent = Quote<bigint>;
export type BarEvent = Bar<bigint>;
