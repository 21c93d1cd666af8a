import { COMMAND_BYTES, COMMANDS_MAX, CommandMemory } from './command-memory.js';
import { allocateAligned, loadMarketAddon } from './market-addon.js';

/** Offsets of the exchange area; the same constants stand in native/rust/binding/src/engine_handle.rs. */
const CALL_TIME = 64;
const COUNT = 72;
const OUTCOME = 76;
const NOTICES_WAIT = 80;
const LISTENS = 84;
const LAST_ORDER = 88;
const WAITING = 96;
const COMMANDS = 256;

/** Where the time of a call and the commands stand, for who writes them by himself. */
export const EXCHANGE_AT = { callTime: CALL_TIME, commands: COMMANDS } as const;

/** What one call can cause at once; more is fetched in further calls. */
const NOTICE_BYTES = 65_536;
/** Market records of one call: a bar has two. */
const MARKET_BYTES = 128;

/** Bytes of an order, a report or a request of a batch. */
export const BATCH_RECORD_BYTES = 128;

/** The memory that an engine and JavaScript share. */
export class EngineMemory {
  readonly exchange: Uint8Array;
  readonly notices: Uint8Array;
  readonly orders: Uint8Array;
  readonly reports: Uint8Array;
  readonly requests: Uint8Array;
  readonly market: Uint8Array;
  /** Orders on their way to native code, one or a list. */
  readonly commands: CommandMemory;
  /** Quantity, mark, value, open cost and open profit of the position that was asked for last, from index 1. */
  readonly position: Float64Array;
  readonly #uint32: Uint32Array;
  readonly #words: BigInt64Array;
  readonly #doubles: Float64Array;

  /** @param batchMax records of each batch */
  constructor(batchMax: number) {
    const addon = loadMarketAddon();
    const bytes = COMMANDS + COMMANDS_MAX * COMMAND_BYTES;
    this.exchange = allocateAligned(addon, bytes);
    this.notices = allocateAligned(addon, NOTICE_BYTES);
    this.orders = allocateAligned(addon, batchMax * BATCH_RECORD_BYTES);
    // One more than the batch: the last record is for a report that comes alone.
    this.reports = allocateAligned(addon, (batchMax + 1) * BATCH_RECORD_BYTES);
    this.requests = allocateAligned(addon, batchMax * BATCH_RECORD_BYTES);
    this.market = allocateAligned(addon, MARKET_BYTES);
    const { buffer, byteOffset } = this.exchange;
    this.#uint32 = new Uint32Array(buffer, byteOffset, bytes / 4);
    this.#words = new BigInt64Array(buffer, byteOffset, bytes / 8);
    this.#doubles = new Float64Array(buffer, byteOffset, bytes / 8);
    this.position = new Float64Array(buffer, byteOffset, 8);
    this.commands = new CommandMemory(this.exchange, COMMANDS);
  }

  /** Time of the next call, nanoseconds. */
  set callTimeNs(tsNs: bigint) {
    this.#words[CALL_TIME / 8] = tsNs;
  }

  /** How many records the next call is about, or how many requests the last one wrote. */
  get count(): number {
    return this.#uint32[COUNT / 4] ?? 0;
  }

  set count(count: number) {
    this.#uint32[COUNT / 4] = count;
  }

  /** Whether somebody listens, so that every call gathers notices. */
  set listens(listens: boolean) {
    this.#uint32[LISTENS / 4] = listens ? 1 : 0;
  }

  /** Bytes of notices that the last call left, or `FAILED`. */
  get outcome(): number {
    return this.#uint32[OUTCOME / 4] ?? 0xffff_ffff;
  }

  /** Whether more notices wait than fitted. */
  get noticesWait(): boolean {
    return this.#uint32[NOTICES_WAIT / 4] !== 0;
  }

  /** Id of the order that was judged last, or of the first of a list. */
  get lastOrder(): number {
    return this.#doubles[LAST_ORDER / 8] ?? 0;
  }

  /** Requests that wait since requests were drained last. */
  get requestsWaiting(): number {
    return this.#uint32[WAITING / 4] ?? 0;
  }

  /** Net lots of the position that was asked for last. */
  get positionLots(): bigint {
    return this.#words[0] ?? 0n;
  }
}
