import { COMMAND_BYTES, COMMANDS_MAX, CommandMemory } from './command-memory.js';
import { allocateAligned, loadMarketAddon } from './market-addon.js';

/** Offsets of the exchange area; the same constants stand in native/rust/binding/src/session.rs. */
const EVENT_VIEW = 0;
const ACCOUNT_VIEW = 64;
const EVENT_INDEX = 192;
const OUTCOME = 196;
const NOTICES_WAIT = 200;
const POSITION_VIEWS = 256;
const POSITION_VIEW_BYTES = 64;

/** What one input can cause at once; more is fetched in further calls. */
const NOTICE_BYTES = 65_536;

/** The outcome of a call that failed. */
export const FAILED = 0xffff_ffff;

/**
 * The memory that a session and JavaScript share. Native code writes the views after every call, so that reading a
 * price or the equity costs no call.
 */
export class SessionMemory {
  readonly exchange: Uint8Array;
  readonly notices: Uint8Array;
  /**
   * The event of the last call. Bar: close time ms, open, high, low, close, volume, instrument, open time ms. Trade:
   * time ms, price, quantity, 1 when the aggressor sold. Quote: time ms, bid, bid quantity, ask, ask quantity.
   */
  readonly event: Float64Array;
  /** Equity, cash, net position value, drawdown, fees, open orders, gross exposure, id of the last order. */
  readonly account: Float64Array;
  /** Orders on their way to native code, behind the views of the positions. */
  readonly commands: CommandMemory;
  readonly #uint32: Uint32Array;
  readonly #words: BigInt64Array;
  readonly #doubles: Float64Array;

  constructor(instruments: number) {
    const addon = loadMarketAddon();
    const commands = POSITION_VIEWS + instruments * POSITION_VIEW_BYTES;
    const bytes = commands + COMMANDS_MAX * COMMAND_BYTES;
    this.exchange = allocateAligned(addon, bytes);
    this.notices = allocateAligned(addon, NOTICE_BYTES);
    const { buffer, byteOffset } = this.exchange;
    this.#uint32 = new Uint32Array(buffer, byteOffset, bytes / 4);
    this.#words = new BigInt64Array(buffer, byteOffset, bytes / 8);
    this.#doubles = new Float64Array(buffer, byteOffset, bytes / 8);
    this.commands = new CommandMemory(this.exchange, commands);
    this.event = new Float64Array(buffer, byteOffset + EVENT_VIEW, 8);
    this.account = new Float64Array(buffer, byteOffset + ACCOUNT_VIEW, 8);
  }

  /** Which of the drained records the next event begins at. */
  set eventIndex(index: number) {
    this.#uint32[EVENT_INDEX / 4] = index;
  }

  /** Bytes of notices that the last event or order left, or `FAILED`. */
  get outcome(): number {
    return this.#uint32[OUTCOME / 4] ?? FAILED;
  }

  /** Whether more notices wait than fitted. */
  get noticesWait(): boolean {
    return this.#uint32[NOTICES_WAIT / 4] !== 0;
  }

  positionLots(instrument: number): bigint {
    return this.#words[(POSITION_VIEWS + instrument * POSITION_VIEW_BYTES) / 8] ?? 0n;
  }

  positionQuantity(instrument: number): number {
    return this.#positionDouble(instrument, 1);
  }

  markPrice(instrument: number): number {
    return this.#positionDouble(instrument, 2);
  }

  positionValue(instrument: number): number {
    return this.#positionDouble(instrument, 3);
  }

  openCost(instrument: number): number {
    return this.#positionDouble(instrument, 4);
  }

  /** Profit of what is open, in the settlement currency. */
  openProfit(instrument: number): number {
    return this.#positionDouble(instrument, 5);
  }

  /** Lots of the short side when hedging, negative; zero when netting. */
  shortLots(instrument: number): bigint {
    return this.#words[(POSITION_VIEWS + instrument * POSITION_VIEW_BYTES) / 8 + 6] ?? 0n;
  }

  #positionDouble(instrument: number, field: number): number {
    return this.#doubles[(POSITION_VIEWS + instrument * POSITION_VIEW_BYTES) / 8 + field] ?? 0;
  }
}
