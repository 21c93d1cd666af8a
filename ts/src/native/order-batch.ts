import type { Code } from '../core/codes.generated.js';
import { CONTROL_BITS, CONTROL_CODES, type ControlCode } from '../core/controls.generated.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { shownValue } from '../core/shown-value.js';
import {
  ORDER_TYPES,
  type OrderType,
  type Side,
  SIDES,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '../core/vocabulary.generated.js';
import { type BatchOutcome, BatchRecords } from './batch-record.js';

/** An order of a batch in whole ticks and lots; what it does not name stands as in a single order. */
export interface BatchOrder {
  /** Index of the instrument. */
  readonly instrument: number;
  readonly side: Side;
  /** Default `limit` with `limitTicks`, `market` without. */
  readonly orderType?: OrderType;
  /** Default `gtc`. */
  readonly timeInForce?: TimeInForce;
  readonly lots: number | bigint;
  readonly limitTicks?: number | bigint;
  readonly triggerTicks?: number | bigint;
  readonly stopLossTicks?: number | bigint;
  readonly takeProfitTicks?: number | bigint;
  readonly reduceOnly?: boolean;
  readonly postOnly?: boolean;
  /** Name of the strategy that wants it, one of `strategies` of the limits. */
  readonly strategy?: string;
  /** When the market event happened that caused it, nanoseconds since 1970. */
  readonly causedAtNs?: bigint;
}

/** Fields of a command; the same stand in native/rust/binding/src/command.rs. */
const SIDE = 8;
const ORDER_TYPE = 9;
const TIME_IN_FORCE = 10;
const REDUCE_ONLY = 11;
const FLAGS = 12;
const LOTS = 16;
const LIMIT = 24;
const TRIGGER = 32;
const STOP_LOSS = 40;
const TAKE_PROFIT = 48;
const CAUSE_TIME = 112;
const STRATEGY = 120;
const ORDER_ID = 88;
const FAILED_CONTROLS = 96;
const SUGGESTED_LOTS = 104;

const POST_ONLY = 1;
const CAUSE = 32;
/** The number that stands for none. */
const NONE = -(2n ** 63n);

/** Orders that are judged in one call, and what became of each; memory that is allocated once. */
export class OrderBatch {
  readonly #records: BatchRecords;
  readonly #strategyNumber: (name: string) => number;
  #length = 0;

  constructor(bytes: Uint8Array, strategyNumber: (name: string) => number) {
    this.#records = new BatchRecords(bytes);
    this.#strategyNumber = strategyNumber;
  }

  get capacity(): number {
    return this.#records.capacity;
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /**
   * Adds an order and returns its place in the batch.
   *
   * @throws HoldfastError `CAPACITY_EXHAUSTED`, `ARGUMENT_INVALID` for what is no integer, `ORDER_INVALID` for a word that is none,
   * `STRATEGY_UNKNOWN`
   */
  add(order: BatchOrder): number {
    const [records, slot] = [this.#records, this.#length];
    records.checkRoom(slot, 'orders');
    const { orderType = order.limitTicks === undefined ? 'market' : 'limit' } = order;
    records.setInt64(slot, 0, 'instrument', order.instrument);
    records.setByte(slot, SIDE, indexOf('side', SIDES, order.side));
    records.setByte(slot, ORDER_TYPE, indexOf('orderType', ORDER_TYPES, orderType));
    const { timeInForce = 'gtc', causedAtNs, strategy } = order;
    records.setByte(slot, TIME_IN_FORCE, indexOf('timeInForce', TIMES_IN_FORCE, timeInForce));
    records.setByte(slot, REDUCE_ONLY, isSet('reduceOnly', order.reduceOnly) ? 1 : 0);
    const flags =
      (isSet('postOnly', order.postOnly) ? POST_ONLY : 0) | (causedAtNs === undefined ? 0 : CAUSE);
    records.setByte(slot, FLAGS, flags);
    const number = strategy === undefined ? 0 : this.#strategyNumber(strategy);
    records.setByte(slot, STRATEGY, number & 0xff);
    records.setByte(slot, STRATEGY + 1, number >> 8);
    if (causedAtNs !== undefined) records.setInt64(slot, CAUSE_TIME, 'causedAtNs', causedAtNs);
    records.setInt64(slot, LOTS, 'lots', order.lots);
    this.#price(slot, LIMIT, 'limitTicks', order.limitTicks);
    this.#price(slot, TRIGGER, 'triggerTicks', order.triggerTicks);
    this.#price(slot, STOP_LOSS, 'stopLossTicks', order.stopLossTicks);
    this.#price(slot, TAKE_PROFIT, 'takeProfitTicks', order.takeProfitTicks);
    records.clearOutcome(slot);
    this.#length = slot + 1;
    return slot;
  }

  /** `done`: approved, and asked for; `denied`: by the gate; `refused`: no order, or the engine cannot take one. */
  outcome(slot: number): BatchOutcome {
    return this.#records.outcome(slot);
  }

  /** The first reason of a denial, or of a refusal; null for an approved order. */
  code(slot: number): Code | null {
    return this.#records.code(slot);
  }

  /** The code of every control that a denied order failed. */
  failedCodes(slot: number): readonly ControlCode[] {
    const bits = BigInt.asUintN(64, this.#records.int64(slot, FAILED_CONTROLS));
    return CONTROL_CODES.filter(
      (_, place) => ((bits >> BigInt(CONTROL_BITS[place] ?? 64)) & 1n) === 1n,
    );
  }

  /** The largest quantity that would have passed, of an order that was denied for its size alone; otherwise null. */
  suggestedLots(slot: number): bigint | null {
    const lots = this.#records.int64(slot, SUGGESTED_LOTS);
    return this.outcome(slot) === 'denied' && lots !== NONE ? lots : null;
  }

  /** Zero for a refused order, which has none. */
  clientOrderId(slot: number): number {
    return this.#records.outcome(slot) === 'refused'
      ? 0
      : this.#records.safeInteger(slot, ORDER_ID);
  }

  #price(slot: number, at: number, field: string, ticks: number | bigint | undefined): void {
    if (ticks === undefined) this.#records.setNone(slot, at);
    else this.#records.setInt64(slot, at, field, ticks);
  }
}

function indexOf<Word extends string>(field: string, words: readonly Word[], word: Word): number {
  const index = words.indexOf(word);
  if (index >= 0) return index;
  throw refused(field, `one of ${words.join(', ')}`, word);
}

/** A word such as "true" must not count as false. */
function isSet(field: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw refused(field, 'true or false', value);
}

function refused(field: string, rule: string, told: unknown): HoldfastError {
  const value = shownValue(told);
  return new HoldfastError('ORDER_INVALID', `${field} must be ${rule}, was ${value}`, {
    context: { field, value },
  });
}
