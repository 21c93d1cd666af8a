import { type EngineMemory, EXCHANGE_AT } from './engine-memory.js';

/** Fields of an order; the same stand in native/rust/binding/src/command.rs. */
const SIDE = 8;
const ORDER_TYPE = 9;
const TIME_IN_FORCE = 10;
const REDUCE_ONLY = 11;
const FLAGS = 12;
const LIST_LENGTH = 14;
const STRATEGY = 120;
/** What became of it: native/rust/binding/src/engine_handle/batches.rs. */
const OUTCOME = 80;
const ORDER_ID = 88;
const SUGGESTED_LOTS = 104;
const APPROVED = 1;

/** native/rust/binding/src/engine_handle/gate.rs. */
const NEAR = 192;
const TRIPPED = 200;

/** Where an order's numbers stand, in bytes. */
export const ORDER_FIELDS = {
  instrument: 0,
  lots: 16,
  limit: 24,
  trigger: 32,
  stopLoss: 40,
  takeProfit: 48,
  trailing: 56,
  display: 64,
  expires: 72,
  cause: 112,
} as const;

export const ORDER_FLAGS = {
  postOnly: 1,
  trailingTicks: 2,
  trailingShare: 4,
  display: 8,
  expires: 16,
  cause: 32,
} as const;

/** The number that stands for none. */
const NONE = -(2n ** 63n);
const UINT32_RANGE = 2 ** 32;
const NS_PER_US = 1_000;
/** A record of the market; the same layout as in ts/src/market/market-event-layout.ts. */
const QUOTE_KIND = 2;
const QUOTE_AT = {
  time: 0,
  received: 1,
  bid: 3,
  bidLots: 4,
  ask: 5,
  askLots: 6,
  instrument: 14,
  kind: 60,
};
const MARKET_RECORD_BYTES = 64;

/** Words of an order that are indices of the vocabulary, and its flags. */
export interface OrderWords {
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly reduceOnly: boolean;
  readonly flags: number;
  /** From 1 in the order of the limits; 0 when none is named. */
  readonly strategy: number;
}

/**
 * The part of an engine's memory that a gate reads and writes by itself: one order, its outcome, and what is near or has
 * tripped. Whole numbers are written as two halves, because a bigint made for them would cost more than the write.
 */
export class GateMemory {
  readonly #bytes: Uint8Array;
  readonly #uint32: Uint32Array;
  readonly #words: BigInt64Array;
  readonly #market: Uint8Array;
  readonly #marketWords: BigInt64Array;
  readonly #marketUint32: Uint32Array;
  readonly #order = EXCHANGE_AT.commands;

  constructor({ exchange, market }: EngineMemory) {
    const { buffer, byteOffset, byteLength } = exchange;
    this.#bytes = exchange;
    this.#uint32 = new Uint32Array(buffer, byteOffset, byteLength / 4);
    this.#words = new BigInt64Array(buffer, byteOffset, byteLength / 8);
    this.#market = market;
    this.#marketWords = new BigInt64Array(market.buffer, market.byteOffset, market.byteLength / 8);
    this.#marketUint32 = new Uint32Array(market.buffer, market.byteOffset, market.byteLength / 4);
  }

  /** Time of the next call from whole microseconds since 1970, which a double counts exactly until the year 2255. */
  setCallTimeUs(us: number): void {
    const [high, low] = [Math.floor(us / UINT32_RANGE), us % UINT32_RANGE];
    const lowNs = low * NS_PER_US;
    const at = EXCHANGE_AT.callTime / 4;
    this.#uint32[at] = lowNs;
    this.#uint32[at + 1] = high * NS_PER_US + Math.floor(lowNs / UINT32_RANGE);
  }

  /** Begins an order that stands alone; its prices are none until they are set. */
  beginOrder(instrument: number, words: OrderWords): void {
    const at = this.#order;
    this.#uint32[at / 4] = instrument;
    this.#uint32[at / 4 + 1] = 0;
    this.#bytes[at + SIDE] = words.side;
    this.#bytes[at + ORDER_TYPE] = words.orderType;
    this.#bytes[at + TIME_IN_FORCE] = words.timeInForce;
    this.#bytes[at + REDUCE_ONLY] = words.reduceOnly ? 1 : 0;
    this.#bytes[at + FLAGS] = words.flags;
    this.#bytes[at + LIST_LENGTH] = 0;
    this.#bytes[at + STRATEGY] = words.strategy & 0xff;
    this.#bytes[at + STRATEGY + 1] = words.strategy >> 8;
  }

  /** Writes a whole number of an order: a safe integer, or a bigint of 64 bits. */
  set(field: number, value: number | bigint): void {
    const at = this.#order + field;
    if (typeof value === 'number') {
      this.#uint32[at / 4] = value;
      // Nearly every number fits the lower half, and a division costs more than the write.
      const isShort = value >= 0 && value < UINT32_RANGE;
      this.#uint32[at / 4 + 1] = isShort ? 0 : Math.floor(value / UINT32_RANGE);
    } else this.#words[at / 8] = value;
  }

  setNone(field: number): void {
    const at = (this.#order + field) / 4;
    this.#uint32[at] = 0;
    this.#uint32[at + 1] = 0x8000_0000;
  }

  setFlags(flags: number): void {
    this.#bytes[this.#order + FLAGS] = flags;
  }

  /** Whether the order that was judged last is allowed. */
  get isAllowed(): boolean {
    return this.#bytes[this.#order + OUTCOME] === APPROVED;
  }

  /** Index of its instrument. */
  get instrument(): number {
    return this.#uint32[this.#order / 4] ?? 0;
  }

  get orderId(): number {
    const at = (this.#order + ORDER_ID) / 4;
    return (this.#uint32[at] ?? 0) + (this.#uint32[at + 1] ?? 0) * UINT32_RANGE;
  }

  /** The largest quantity that would have passed; null where there is none. */
  get suggestedLots(): bigint | null {
    const lots = this.#words[(this.#order + SUGGESTED_LOTS) / 8] ?? NONE;
    return lots === NONE ? null : lots;
  }

  /** Whether any control is near its limit, which costs no bigint to ask. */
  get hasNear(): boolean {
    return ((this.#uint32[NEAR / 4] ?? 0) | (this.#uint32[NEAR / 4 + 1] ?? 0)) !== 0;
  }

  get hasTripped(): boolean {
    return ((this.#uint32[TRIPPED / 4] ?? 0) | (this.#uint32[TRIPPED / 4 + 1] ?? 0)) !== 0;
  }

  /** Controls as bits, in the order of `CONTROL_CODES`. */
  get near(): bigint {
    return BigInt.asUintN(64, this.#words[NEAR / 8] ?? 0n);
  }

  get tripped(): bigint {
    return BigInt.asUintN(64, this.#words[TRIPPED / 8] ?? 0n);
  }

  /** Writes the best bid and offer as the one record of the market. */
  writeQuote(
    instrument: number,
    tsNs: bigint,
    quote: readonly [bigint, bigint, bigint, bigint],
  ): void {
    this.#market.fill(0, 0, MARKET_RECORD_BYTES);
    const [bid, bidLots, ask, askLots] = quote;
    this.#marketWords[QUOTE_AT.time] = tsNs;
    this.#marketWords[QUOTE_AT.received] = tsNs;
    this.#marketWords[QUOTE_AT.bid] = bid;
    this.#marketWords[QUOTE_AT.bidLots] = bidLots;
    this.#marketWords[QUOTE_AT.ask] = ask;
    this.#marketWords[QUOTE_AT.askLots] = askLots;
    this.#marketUint32[QUOTE_AT.instrument] = instrument;
    this.#market[QUOTE_AT.kind] = QUOTE_KIND;
  }
}
