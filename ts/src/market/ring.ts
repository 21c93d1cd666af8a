import { types } from 'node:util';

import { type ErrorContext, HoldfastError } from '../core/holdfast-error.js';
import {
  CACHE_LINE_BYTES,
  type MarketAddon,
  type RingSide,
  type RingStats,
  allocateAligned,
  fromMarketAddon,
  loadMarketAddon,
} from '../native/market-addon.js';
import { MARKET_EVENT_BYTES } from './market-event.js';

export type { RingStats };

/** Records in the largest ring: 64 MiB. */
export const RING_CAPACITY_MAX = 1_048_576;

/** Records in one publish or drain: the size of `records`. */
export const RING_BATCH_MAX = 1024;

export interface RingOptions {
  /** In records; a power of two, at most `RING_CAPACITY_MAX`. */
  readonly capacity: number;
}

const IDLE = 0;
const SLEEPING = 1;
/** A store is visible to other cores within a microsecond; this is ample. */
const FIRST_SLEEP_MS = 1;

/**
 * A ring of 64-byte market events between two threads: one publishes, one drains.
 *
 * Overflow policy: a full ring takes what fits, `publish` says how many, and the stall is counted.
 * Nothing is overwritten and nothing is lost; the producer decides whether to wait or to conflate.
 * `drain` copies records out; `peek` and `consume` read them where they stand.
 *
 * The first `publish` claims the producer's side and the first `drain` the consumer's, until
 * `close()` or the end of the thread; a second producer or consumer is refused (`RING_INVALID`).
 *
 * @example
 * const ring = Ring.create({ capacity: 4096 });
 * worker.postMessage(ring.memory);          // there: Ring.attach(memory), fill records, publish
 * for (;;) {
 *   const isLast = ring.isClosedForWrite;   // before the drain, so that no record is missed
 *   const count = ring.drain();             // ring.records holds `count` records
 *   if (count === 0 && isLast) break;
 *   if (count === 0) ring.waitForRecords(1000);
 * }
 */
export class Ring {
  /** Hand this to the other thread. */
  readonly memory: SharedArrayBuffer;
  /** This side's own staging buffer: filled before a publish, read after a drain. */
  readonly records: Uint8Array;
  /** The ring's own records, for reading what `peek` found. */
  readonly slots: Uint8Array;

  readonly #side: RingSide;
  /** Count, first record to publish or first slot to read, count that was moved. */
  readonly #transfer: Uint32Array;
  #peekedSlot = 0;
  readonly #recordsWake: Int32Array;
  readonly #spaceWake: Int32Array;

  private constructor(addon: MarketAddon, memory: SharedArrayBuffer) {
    const bytes = new Uint8Array(memory);
    const recordsBytes = RING_BATCH_MAX * MARKET_EVENT_BYTES;
    const staging = allocateAligned(addon, recordsBytes + CACHE_LINE_BYTES);
    const { recordsWakeBytes, spaceWakeBytes, headerBytes } = addon.layout().ring;
    const base = addon.alignmentOffset(bytes, MARKET_EVENT_BYTES);
    this.#side = native(() => addon.openRing(bytes, staging));
    this.#transfer = new Uint32Array(staging.buffer, staging.byteOffset + recordsBytes, 3);
    this.#recordsWake = new Int32Array(memory, base + recordsWakeBytes, 1);
    this.#spaceWake = new Int32Array(memory, base + spaceWakeBytes, 1);
    const { capacity } = this.#side.stats();
    this.slots = new Uint8Array(memory, base + headerBytes, capacity * MARKET_EVENT_BYTES);
    this.memory = memory;
    this.records = staging.subarray(0, recordsBytes);
  }

  /**
   * Returns a ring in fresh memory.
   *
   * Errors: `ARGUMENT_INVALID`, `RING_INVALID` (capacity), `NATIVE_MISSING`.
   */
  static create(options: RingOptions): Ring {
    const capacity: unknown = options?.capacity;
    if (!Number.isSafeInteger(capacity) || typeof capacity !== 'number') {
      throw argumentInvalid('capacity must be an integer number of records', capacity);
    }
    if (capacity < 1 || capacity > RING_CAPACITY_MAX) {
      throw new HoldfastError(
        'RING_INVALID',
        `capacity must be from 1 to ${RING_CAPACITY_MAX} records, was ${capacity}`,
        { context: { capacity, capacityMax: RING_CAPACITY_MAX } },
      );
    }
    const addon = loadMarketAddon();
    const memory = new SharedArrayBuffer(native(() => addon.ringBytes(capacity), { capacity }));
    native(() => addon.initializeRing(new Uint8Array(memory), capacity), { capacity });
    return new Ring(addon, memory);
  }

  /**
   * Returns this thread's view of the ring that another thread created.
   *
   * Errors: `ARGUMENT_INVALID`, `RING_INVALID` (no ring in that memory), `NATIVE_MISSING`.
   */
  static attach(memory: SharedArrayBuffer): Ring {
    if (!types.isSharedArrayBuffer(memory)) {
      throw argumentInvalid("memory must be a ring's SharedArrayBuffer", memory);
    }
    return new Ring(loadMarketAddon(), memory);
  }

  /**
   * Publishes `count` records, from record `from` of `records` on, and returns how many the ring
   * took. After a partial publish, `publish(count - taken, from + taken)` sends the rest.
   *
   * Errors: `ARGUMENT_INVALID`, `HANDLE_CLOSED`, `RING_INVALID` (a second producer).
   */
  publish(count: number, from = 0): number {
    const transfer = this.#transfer;
    checkCount('count', count, RING_BATCH_MAX);
    checkCount('from', from, RING_BATCH_MAX - count);
    transfer[0] = count;
    transfer[1] = from;
    try {
      this.#side.publish();
    } catch (error) {
      throw fromMarketAddon(error, { count, from, batchMax: RING_BATCH_MAX });
    }
    const accepted = transfer[2] ?? 0;
    if (accepted > 0) wake(this.#recordsWake);
    return accepted;
  }

  /**
   * Moves up to `max` records to the start of `records` and returns how many there were.
   *
   * Errors: `ARGUMENT_INVALID`, `HANDLE_CLOSED`, `RING_INVALID` (a second consumer).
   */
  drain(max: number = RING_BATCH_MAX): number {
    const transfer = this.#transfer;
    checkCount('max', max, RING_BATCH_MAX);
    transfer[0] = max;
    try {
      this.#side.drain();
    } catch (error) {
      throw fromMarketAddon(error, { max, batchMax: RING_BATCH_MAX });
    }
    const drained = transfer[2] ?? 0;
    if (drained > 0) wake(this.#spaceWake);
    return drained;
  }

  /**
   * Returns how many of the oldest records, up to `max`, can be read in place: they stand in `slots` from `peekedSlot`
   * on, until `consume`. A batch that goes over the ring's end comes in two parts.
   *
   * Errors: `ARGUMENT_INVALID`, `HANDLE_CLOSED`, `RING_INVALID` (a second consumer).
   */
  peek(max: number = RING_BATCH_MAX): number {
    checkCount('max', max, RING_CAPACITY_MAX);
    const transfer = this.#transfer;
    transfer[0] = max;
    try {
      this.#side.peek();
    } catch (error) {
      throw fromMarketAddon(error, { max });
    }
    this.#peekedSlot = transfer[1] ?? 0;
    return transfer[2] ?? 0;
  }

  /** The slot of the first record that the last `peek` found. */
  get peekedSlot(): number {
    return this.#peekedSlot;
  }

  /**
   * Gives the slots of the `count` oldest records back to the producer.
   *
   * Errors: `ARGUMENT_INVALID` (also for more than wait), `HANDLE_CLOSED`, `RING_INVALID`.
   */
  consume(count: number): void {
    checkCount('count', count, RING_CAPACITY_MAX);
    this.#transfer[0] = count;
    try {
      this.#side.consume();
    } catch (error) {
      throw fromMarketAddon(error, { count });
    }
    if (count > 0) wake(this.#spaceWake);
  }

  /** Sleeps until a record would fit; false when the time is up first. */
  waitForSpace(timeoutMs: number): boolean {
    const hasSpace = () => this.#side.writable() > 0;
    return native(() => sleepUntil(hasSpace, this.#spaceWake, timeoutMs));
  }

  /** Sleeps until a record can be drained; false when the time is up first, or none will come. */
  waitForRecords(timeoutMs: number): boolean {
    const hasNews = () => this.#side.readable() > 0 || this.#side.isWriteClosed();
    return native(
      () => sleepUntil(hasNews, this.#recordsWake, timeoutMs) && this.#side.readable() > 0,
    );
  }

  /** Says that nothing more will be published; what is in the ring can still be drained. */
  closeWrite(): void {
    native(() => this.#side.closeWrite());
    wake(this.#recordsWake);
  }

  get isClosedForWrite(): boolean {
    return native(() => this.#side.isWriteClosed());
  }

  /** Returns the counts since the ring was created, as far as both sides have come. */
  stats(): RingStats {
    return native(() => this.#side.stats());
  }

  /** Lets go of this side, so that another may take its place. Idempotent. */
  close(): void {
    this.#side.close();
  }
}

/** Native code reads 32 bits, to which any number would silently be cut. */
function checkCount(name: string, count: number, max: number): void {
  if (count >>> 0 === count && count <= max) return;
  throw argumentInvalid(`${name} must be an integer from 0 to ${max}`, count, { argument: name });
}

function argumentInvalid(rule: string, value: unknown, context: ErrorContext = {}): HoldfastError {
  const was = typeof value === 'number' || typeof value === 'string' ? value : typeof value;
  return new HoldfastError('ARGUMENT_INVALID', `${rule}, was ${was}`, {
    context: { ...context, was },
  });
}

function native<T>(call: () => T, context: ErrorContext = {}): T {
  try {
    return call();
  } catch (error) {
    throw fromMarketAddon(error, context);
  }
}

/**
 * A sleeper says so and then looks a last time; a waker publishes and then looks for a sleeper.
 * To keep publish cheap no fence orders the waker's two steps, so that in a window of nanoseconds
 * neither sees the other. The first sleep is therefore short: by its end every store has long
 * been visible, and whoever publishes after it sees the sleeper.
 */
function sleepUntil(isReady: () => boolean, word: Int32Array, timeoutMs: number): boolean {
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
    throw argumentInvalid('timeoutMs must be a number of at least 0', timeoutMs);
  }
  const deadlineMs = performance.now() + timeoutMs;
  let ready = isReady();
  while (!ready) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) break;
    const hasSaidSo = Atomics.exchange(word, 0, SLEEPING) === SLEEPING;
    ready = isReady();
    if (ready) break;
    Atomics.wait(word, 0, SLEEPING, hasSaidSo ? leftMs : Math.min(leftMs, FIRST_SLEEP_MS));
    ready = isReady();
  }
  Atomics.store(word, 0, IDLE);
  return ready;
}

function wake(word: Int32Array): void {
  if (Atomics.load(word, 0) === IDLE) return;
  Atomics.store(word, 0, IDLE);
  Atomics.notify(word, 0, 1);
}
