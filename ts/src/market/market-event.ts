import { HoldfastError } from '../core/holdfast-error.js';
import {
  checkBar,
  checkInt64,
  checkQuantity,
  checkUnsigned,
  eventInvalid,
} from './market-event-check.js';
import {
  BAR_RECORDS,
  type BarEvent,
  type BarInput,
  type Int64,
  MARKET_EVENT_BYTES,
  MARKET_EVENT_FLAGS,
  MARKET_EVENT_KINDS,
  MARKET_EVENT_OFFSETS as AT,
  type MarketEventKind,
  type QuoteEvent,
  type QuoteInput,
  type TradeEvent,
  type TradeInput,
} from './market-event-layout.js';

export * from './market-event-layout.js';

const KIND_BY_NUMBER: ReadonlyMap<number, MarketEventKind> = new Map([
  [MARKET_EVENT_KINDS.trade, 'trade'],
  [MARKET_EVENT_KINDS.quote, 'quote'],
  [MARKET_EVENT_KINDS.depth, 'depth'],
  [MARKET_EVENT_KINDS.bar, 'bar'],
  [MARKET_EVENT_KINDS.gap, 'gap'],
  [MARKET_EVENT_KINDS.status, 'status'],
]);
const NO_KIND = 0;

/** The fields of eight bytes, and how many of those a record has. */
const INT64_SLOT = {
  tsEventNs: AT.tsEventNs / 8,
  tsRecvNs: AT.tsRecvNs / 8,
  sequence: AT.sequence / 8,
  priceTicks: AT.priceTicks / 8,
  quantityLots: AT.quantityLots / 8,
  aux0: AT.aux0 / 8,
  aux1: AT.aux1 / 8,
} as const;
const INT64_SLOTS = MARKET_EVENT_BYTES / 8;

const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;
const UINT32_RANGE = 2 ** 32;

/** The payload of a record: four 64-bit integers whose meaning depends on the kind. */
interface Payload {
  readonly tsEventNs: Int64;
  readonly priceTicks: Int64;
  readonly quantityLots: Int64;
  readonly aux0: Int64;
  readonly aux1: Int64;
}

interface Stamp {
  readonly kind: MarketEventKind;
  readonly flags: number;
  readonly source: Pick<BarInput, 'instrument' | 'stream' | 'tsRecvNs'>;
}

/**
 * Writes and reads market events in a buffer of 64-byte records, such as `ring.records`.
 *
 * Fields are checked on the way in and kinds on the way out (`EVENT_INVALID`), indices always
 * (`ARGUMENT_INVALID`). A record whose write failed is no event.
 */
export class MarketEventBuffer {
  /** How many records the buffer holds. */
  readonly capacity: number;

  readonly #view: DataView;
  readonly #int64: BigInt64Array;
  readonly #uint32: Uint32Array;

  /** Errors: `ARGUMENT_INVALID` unless `records` holds whole records at a multiple of 8 bytes. */
  constructor(records: Uint8Array) {
    const { buffer, byteOffset, byteLength } = records;
    if (byteLength % MARKET_EVENT_BYTES !== 0 || byteOffset % 8 !== 0) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `records must hold whole records of ${MARKET_EVENT_BYTES} bytes and start at a multiple ` +
          `of 8 bytes, was ${byteLength} bytes at ${byteOffset}`,
        { context: { byteLength, byteOffset } },
      );
    }
    this.capacity = byteLength / MARKET_EVENT_BYTES;
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#int64 = new BigInt64Array(buffer, byteOffset, byteLength / 8);
    this.#uint32 = new Uint32Array(buffer, byteOffset, byteLength / 4);
  }

  writeTrade(index: number, trade: TradeInput): void {
    this.#erase(index, 1);
    const { tsEventNs, priceTicks, quantityLots, tradeId, side } = trade;
    if (side !== 'buy' && side !== 'sell') throw eventInvalid('side', "'buy' or 'sell'", side);
    checkQuantity('quantityLots', quantityLots);
    checkInt64('tradeId', tradeId);
    this.#writePayload(index, { tsEventNs, priceTicks, quantityLots, aux0: tradeId, aux1: 0 });
    const flags = side === 'sell' ? MARKET_EVENT_FLAGS.sell : 0;
    this.#stamp(index, { kind: 'trade', flags, source: trade });
  }

  writeQuote(index: number, quote: QuoteInput): void {
    this.#erase(index, 1);
    const { tsEventNs, bidTicks, bidLots, askTicks, askLots } = quote;
    checkInt64('bidTicks', bidTicks);
    checkInt64('askTicks', askTicks);
    checkQuantity('bidLots', bidLots);
    checkQuantity('askLots', askLots);
    this.#writePayload(index, {
      tsEventNs,
      priceTicks: bidTicks,
      quantityLots: bidLots,
      aux0: askTicks,
      aux1: askLots,
    });
    this.#stamp(index, { kind: 'quote', flags: 0, source: quote });
  }

  /** Writes the two records of a bar, at `index` and `index + 1`. */
  writeBar(index: number, bar: BarInput): void {
    this.#erase(index, BAR_RECORDS);
    checkBar(bar);
    this.#writePayload(index, {
      tsEventNs: bar.tsOpenNs,
      priceTicks: bar.openTicks,
      quantityLots: bar.volumeLots,
      aux0: bar.highTicks,
      aux1: bar.lowTicks,
    });
    this.#writePayload(index + 1, {
      tsEventNs: bar.tsCloseNs,
      priceTicks: bar.closeTicks,
      quantityLots: bar.volumeLots,
      aux0: 0,
      aux1: 0,
    });
    this.#stamp(index + 1, { kind: 'bar', flags: MARKET_EVENT_FLAGS.lastOfBatch, source: bar });
    this.#stamp(index, { kind: 'bar', flags: 0, source: bar });
  }

  /** Returns what the record at `index` is. Errors: `EVENT_INVALID` where it is no event. */
  kind(index: number): MarketEventKind {
    this.#checkIndex(index, 1);
    const number = this.#view.getUint8(index * MARKET_EVENT_BYTES + AT.kind);
    const kind = KIND_BY_NUMBER.get(number);
    if (kind === undefined) throw eventInvalid('kind', 'the number of a kind', number);
    return kind;
  }

  flags(index: number): number {
    this.#checkIndex(index, 1);
    return this.#view.getUint8(index * MARKET_EVENT_BYTES + AT.flags);
  }

  /** Returns the number that the ring gave the record at publish. */
  sequence(index: number): bigint {
    this.#checkIndex(index, 1);
    return BigInt.asUintN(64, this.#int64At(index, 'sequence'));
  }

  readTrade(index: number): TradeEvent {
    this.#expectKind(index, 'trade');
    return {
      ...this.#source(index),
      tsEventNs: this.#int64At(index, 'tsEventNs'),
      priceTicks: this.#int64At(index, 'priceTicks'),
      quantityLots: this.#int64At(index, 'quantityLots'),
      tradeId: this.#int64At(index, 'aux0'),
      side: (this.flags(index) & MARKET_EVENT_FLAGS.sell) === 0 ? 'buy' : 'sell',
    };
  }

  readQuote(index: number): QuoteEvent {
    this.#expectKind(index, 'quote');
    return {
      ...this.#source(index),
      tsEventNs: this.#int64At(index, 'tsEventNs'),
      bidTicks: this.#int64At(index, 'priceTicks'),
      bidLots: this.#int64At(index, 'quantityLots'),
      askTicks: this.#int64At(index, 'aux0'),
      askLots: this.#int64At(index, 'aux1'),
    };
  }

  /** Returns the bar whose two records are at `index` and `index + 1`. */
  readBar(index: number): BarEvent {
    this.#checkIndex(index, BAR_RECORDS);
    this.#expectKind(index, 'bar');
    this.#expectKind(index + 1, 'bar');
    const first = this.#source(index);
    const second = this.#source(index + 1);
    const isPair =
      first.instrument === second.instrument &&
      first.stream === second.stream &&
      (this.flags(index) & MARKET_EVENT_FLAGS.lastOfBatch) === 0 &&
      (this.flags(index + 1) & MARKET_EVENT_FLAGS.lastOfBatch) !== 0;
    if (!isPair) throw eventInvalid('index', 'that of the first of two records of a bar', index);
    return {
      ...second,
      tsOpenNs: this.#int64At(index, 'tsEventNs'),
      tsCloseNs: this.#int64At(index + 1, 'tsEventNs'),
      openTicks: this.#int64At(index, 'priceTicks'),
      highTicks: this.#int64At(index, 'aux0'),
      lowTicks: this.#int64At(index, 'aux1'),
      closeTicks: this.#int64At(index + 1, 'priceTicks'),
      volumeLots: this.#int64At(index + 1, 'quantityLots'),
    };
  }

  #checkIndex(index: number, count: number): void {
    if (Number.isInteger(index) && index >= 0 && index + count <= this.capacity) return;
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `index must be an integer from 0 to ${this.capacity - count}, was ${index}`,
      { context: { index, capacity: this.capacity } },
    );
  }

  #expectKind(index: number, expected: MarketEventKind): void {
    const kind = this.kind(index);
    if (kind !== expected) throw eventInvalid('kind', expected, kind);
  }

  /** Makes the records no event, so that a write which fails half-way leaves none behind. */
  #erase(index: number, count: number): void {
    this.#checkIndex(index, count);
    for (let at = index; at < index + count; at += 1) {
      this.#view.setUint8(at * MARKET_EVENT_BYTES + AT.kind, NO_KIND);
    }
  }

  #writePayload(index: number, payload: Payload): void {
    this.#writeInt64(index, 'tsEventNs', payload.tsEventNs);
    this.#writeInt64(index, 'priceTicks', payload.priceTicks);
    this.#writeInt64(index, 'quantityLots', payload.quantityLots);
    this.#writeInt64(index, 'aux0', payload.aux0);
    this.#writeInt64(index, 'aux1', payload.aux1);
    this.#writeInt64(index, 'sequence', 0);
  }

  /** Writes the rest of the head, the kind last: only now the record is an event. */
  #stamp(index: number, { kind, flags, source }: Stamp): void {
    const { instrument, stream = 0, tsRecvNs = this.#int64At(index, 'tsEventNs') } = source;
    checkUnsigned('instrument', instrument, UINT32_MAX);
    checkUnsigned('stream', stream, UINT16_MAX);
    this.#writeInt64(index, 'tsRecvNs', tsRecvNs);
    const at = index * MARKET_EVENT_BYTES;
    this.#view.setUint32(at + AT.instrument, instrument, true);
    this.#view.setUint16(at + AT.stream, stream, true);
    this.#view.setUint8(at + AT.flags, flags);
    this.#view.setUint8(at + AT.kind, MARKET_EVENT_KINDS[kind]);
  }

  #writeInt64(index: number, field: keyof typeof INT64_SLOT, value: Int64): void {
    checkInt64(field, value);
    const slot = index * INT64_SLOTS + INT64_SLOT[field];
    if (typeof value === 'bigint') {
      this.#int64[slot] = value;
      return;
    }
    // A number is written as two halves: a bigint made for it would cost more than the write.
    this.#uint32[2 * slot] = value >>> 0;
    this.#uint32[2 * slot + 1] = Math.floor(value / UINT32_RANGE);
  }

  #int64At(index: number, field: keyof typeof INT64_SLOT): bigint {
    return this.#int64[index * INT64_SLOTS + INT64_SLOT[field]] ?? 0n;
  }

  #source(index: number): { instrument: number; stream: number; tsRecvNs: bigint } {
    const at = index * MARKET_EVENT_BYTES;
    return {
      instrument: this.#view.getUint32(at + AT.instrument, true),
      stream: this.#view.getUint16(at + AT.stream, true),
      tsRecvNs: this.#int64At(index, 'tsRecvNs'),
    };
  }
}
