import { CONTROL_CODES, type ControlCode } from '../core/controls.generated.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Side } from '../core/vocabulary.generated.js';
import { CACHE_LINE_BYTES } from './market-addon.js';

/** Orders of one call; a multiple of a cache line, so that each array begins at one. */
export const CHECKS_MAX = 4_096;
/** Lots, limit and stop, failed controls, instrument, flags; the same stand in native/rust/binding/src/engine_handle/checks.rs. */
const ORDER_BYTES = 37;

const SELLS = 1;
const REDUCES_ONLY = 2;
/** The upper half of the bit of an order that cannot be judged. */
const REFUSED_HIGH = 0x8000_0000;

/** A limit order, or a market order without `limitTicks`, that is judged and not sent; in whole ticks and lots. */
export interface CheckOrder {
  /** Index of the instrument. */
  readonly instrument: number;
  readonly side: Side;
  readonly lots: number;
  readonly limitTicks?: number;
  readonly stopLossTicks?: number;
  readonly reduceOnly?: boolean;
}

/** Orders that are judged together, and what each failed: an array for each of their numbers, allocated once. */
export class CheckBatch {
  readonly capacity = CHECKS_MAX;
  readonly #lots: Float64Array;
  readonly #limits: Float64Array;
  readonly #stops: Float64Array;
  /** Failed controls as pairs of 32 bits, the lower first. */
  readonly #failed: Uint32Array;
  readonly #instruments: Uint32Array;
  readonly #flags: Uint8Array;
  #length = 0;

  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset: start } = bytes;
    const [capacity, word] = [CHECKS_MAX, 8];
    this.#lots = new Float64Array(buffer, start, capacity);
    this.#limits = new Float64Array(buffer, start + word * capacity, capacity);
    this.#stops = new Float64Array(buffer, start + 2 * word * capacity, capacity);
    this.#failed = new Uint32Array(buffer, start + 3 * word * capacity, 2 * capacity);
    this.#instruments = new Uint32Array(buffer, start + 4 * word * capacity, capacity);
    this.#flags = new Uint8Array(buffer, start + 36 * capacity, capacity);
  }

  static get bytes(): number {
    return Math.ceil((CHECKS_MAX * ORDER_BYTES) / CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /**
   * Adds an order and returns its place. A number that is no integer is found by the check, which refuses the order.
   *
   * @throws HoldfastError `CAPACITY_EXHAUSTED`, `ORDER_INVALID` for a side that is none
   */
  add(order: CheckOrder): number {
    const slot = this.#length;
    const { instrument, side, lots, limitTicks, stopLossTicks, reduceOnly } = order;
    if (slot >= CHECKS_MAX) throw full();
    if (side !== 'buy' && side !== 'sell') throw notASide(side);
    this.#lots[slot] = Number.isNaN(lots) ? 0 : lots;
    // NaN stands for none here; one that is given must not pass for it.
    this.#limits[slot] = limitTicks === undefined ? Number.NaN : limitTicks || 0;
    this.#stops[slot] = stopLossTicks === undefined ? Number.NaN : stopLossTicks || 0;
    // What is no index of 32 bits becomes one that no instrument has.
    this.#instruments[slot] = instrument >>> 0 === instrument ? instrument : 0xffff_ffff;
    this.#flags[slot] = (side === 'sell' ? SELLS : 0) | (reduceOnly === true ? REDUCES_ONLY : 0);
    // Nothing passes that was not judged.
    this.#failed[2 * slot + 1] = REFUSED_HIGH;
    this.#length = slot + 1;
    return slot;
  }

  /** Whether every control passes. */
  passes(slot: number): boolean {
    return slot < this.#length && this.#failed[2 * slot] === 0 && this.#failed[2 * slot + 1] === 0;
  }

  /** Whether the order cannot be judged: it contradicts itself, its instrument is not known, or it was not checked yet. */
  refused(slot: number): boolean {
    return slot >= this.#length || (this.#high(slot) & REFUSED_HIGH) !== 0;
  }

  /** The bits of the controls that failed; bit 63 is that of a refused order. */
  failedBits(slot: number): bigint {
    if (slot >= this.#length) return 1n << 63n;
    return (BigInt(this.#high(slot)) << 32n) | BigInt(this.#failed[2 * slot] ?? 0);
  }

  /** The code of every control that failed; none for an order that passes, or that is refused. */
  failedCodes(slot: number): readonly ControlCode[] {
    if (this.refused(slot)) return [];
    const bits = this.failedBits(slot);
    return CONTROL_CODES.filter((_, control) => ((bits >> BigInt(control)) & 1n) === 1n);
  }

  /** How many orders pass. */
  get passing(): number {
    let count = 0;
    for (let slot = 0; slot < this.#length; slot += 1) count += this.passes(slot) ? 1 : 0;
    return count;
  }

  #high(slot: number): number {
    return this.#failed[2 * slot + 1] ?? REFUSED_HIGH;
  }
}

function full(): HoldfastError {
  return new HoldfastError(
    'CAPACITY_EXHAUSTED',
    `a batch must have at most ${CHECKS_MAX} orders to check; check what it holds`,
    { context: { capacity: CHECKS_MAX } },
  );
}

function notASide(side: unknown): HoldfastError {
  return new HoldfastError('ORDER_INVALID', `side must be one of buy, sell, was ${String(side)}`, {
    context: { field: 'side', value: String(side) },
  });
}
