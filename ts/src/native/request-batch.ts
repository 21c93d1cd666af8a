import {
  ORDER_ROLES,
  ORDER_TYPES,
  type OrderRole,
  type OrderType,
  type Side,
  SIDES,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '../core/vocabulary.generated.js';
import { BatchRecords } from './batch-record.js';
import { BATCH_RECORD_BYTES } from './engine-memory.js';

/** What is asked of the venue. */
export const REQUEST_KINDS = ['place', 'cancel', 'replace', 'query'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** A request in whole ticks and lots; null stands for what the order has not. */
export interface BatchRequest {
  readonly kind: RequestKind;
  readonly clientOrderId: number;
  /** What the venue sees of the id. */
  readonly clientOrderIdText: string;
  readonly parent: number;
  readonly instrument: number;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly role: OrderRole;
  readonly reduceOnly: boolean;
  readonly postOnly: boolean;
  readonly lots: bigint;
  readonly limitTicks: bigint | null;
  readonly triggerTicks: bigint | null;
  readonly trailingTicks: bigint | null;
  readonly trailingMillionths: bigint | null;
  readonly displayLots: bigint | null;
  readonly expiresNs: bigint | null;
  /** Of a `replace`: its number among the amendments of the order, and the number of the one whose form it changes. */
  readonly amendment: number;
  readonly follows: number;
}

/** Fields of a request; the same stand in native/rust/engine/src/request_record.rs. */
const SIDE = 1;
const ORDER_TYPE = 2;
const TIME_IN_FORCE = 3;
const FLAGS = 4;
const ROLE = 5;
const TEXT_LENGTH = 6;
const ORDER_ID = 8;
const INSTRUMENT = 16;
const LOTS = 24;
const LIMIT = 32;
const TRIGGER = 40;
const TRAILING = 48;
const DISPLAY = 56;
const EXPIRES = 64;
const PARENT = 72;
const AMENDMENT = 80;
const FOLLOWS = 84;
const TEXT = 88;

const REDUCE_ONLY = 1;
const POST_ONLY = 2;
const HAS_LIMIT = 4;
const HAS_TRIGGER = 8;
const TRAILS_TICKS = 16;
const TRAILS_SHARE = 32;
const HAS_DISPLAY = 64;
const HAS_EXPIRY = 128;

/** Requests that were drained in one call; the next call writes over them. */
export class RequestBatch {
  readonly #records: BatchRecords;
  #length = 0;

  constructor(bytes: Uint8Array) {
    this.#records = new BatchRecords(bytes);
  }

  get capacity(): number {
    return this.#records.capacity;
  }

  get length(): number {
    return this.#length;
  }

  /** How many were drained; for the engine, which knows. */
  drained(count: number): void {
    this.#length = count;
  }

  /** The bytes of the drained requests, 128 each. */
  get bytes(): Uint8Array {
    return this.#records.bytes.subarray(0, this.#length * BATCH_RECORD_BYTES);
  }

  kind(slot: number): RequestKind {
    return entry(REQUEST_KINDS, this.#records.byte(slot, 0));
  }

  clientOrderId(slot: number): number {
    return this.#records.safeInteger(slot, ORDER_ID);
  }

  instrument(slot: number): number {
    return this.#records.uint32(slot, INSTRUMENT);
  }

  /** The whole request. */
  read(slot: number): BatchRequest {
    const records = this.#records;
    const flags = records.byte(slot, FLAGS);
    const optional = (flag: number, at: number) =>
      (flags & flag) === 0 ? null : records.int64(slot, at);
    const text = slot * BATCH_RECORD_BYTES + TEXT;
    const characters = records.bytes.slice(text, text + records.byte(slot, TEXT_LENGTH));
    return {
      kind: this.kind(slot),
      clientOrderId: this.clientOrderId(slot),
      clientOrderIdText: String.fromCharCode(...characters),
      parent: records.safeInteger(slot, PARENT),
      instrument: this.instrument(slot),
      side: entry(SIDES, records.byte(slot, SIDE)),
      orderType: entry(ORDER_TYPES, records.byte(slot, ORDER_TYPE)),
      timeInForce: entry(TIMES_IN_FORCE, records.byte(slot, TIME_IN_FORCE)),
      role: entry(ORDER_ROLES, records.byte(slot, ROLE)),
      reduceOnly: (flags & REDUCE_ONLY) !== 0,
      postOnly: (flags & POST_ONLY) !== 0,
      lots: records.int64(slot, LOTS),
      limitTicks: optional(HAS_LIMIT, LIMIT),
      triggerTicks: optional(HAS_TRIGGER, TRIGGER),
      trailingTicks: optional(TRAILS_TICKS, TRAILING),
      trailingMillionths: optional(TRAILS_SHARE, TRAILING),
      displayLots: optional(HAS_DISPLAY, DISPLAY),
      expiresNs: optional(HAS_EXPIRY, EXPIRES),
      amendment: records.uint32(slot, AMENDMENT),
      follows: records.uint32(slot, FOLLOWS),
    };
  }
}

function entry<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  // The vocabulary is generated from the native enums, so an index past it means two builds were mixed.
  if (value === undefined) throw new RangeError(`native value ${index} is not in the vocabulary`);
  return value;
}
