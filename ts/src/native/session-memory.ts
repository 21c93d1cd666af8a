import { allocateAligned, loadMarketAddon } from './market-addon.js';

/** Offsets of the exchange area; the same constants stand in native/rust/binding/src/session.rs. */
const EVENT_VIEW = 0;
const ACCOUNT_VIEW = 64;
const COMMAND = 128;
const EVENT_INDEX = 192;
const OUTCOME = 196;
const NOTICES_WAIT = 200;
const POSITION_VIEWS = 256;
const POSITION_VIEW_BYTES = 64;

/** What one input can cause at once; more is fetched in further calls. */
const NOTICE_BYTES = 65_536;

/** The outcome of a call that failed. */
export const FAILED = 0xffff_ffff;

/** The number that stands for "none" in a command. */
const NONE = -(2n ** 63n);

/** An order on its way to native code: indices of the vocabulary, ticks and lots. */
export interface Command {
  readonly instrument: number;
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly reduceOnly: boolean;
  readonly lots: bigint;
  readonly limitTicks: bigint | undefined;
  readonly triggerTicks: bigint | undefined;
  readonly stopLossTicks: bigint | undefined;
  readonly takeProfitTicks: bigint | undefined;
}

/** What an open order is to become: whole lots and ticks; what is undefined stays as it is. */
export interface AmendCommand {
  readonly lots: bigint | undefined;
  readonly limitTicks: bigint | undefined;
  readonly triggerTicks: bigint | undefined;
}

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
  readonly #bytes: Uint8Array;
  readonly #uint32: Uint32Array;
  readonly #words: BigInt64Array;
  readonly #doubles: Float64Array;

  constructor(instruments: number) {
    const addon = loadMarketAddon();
    const bytes = POSITION_VIEWS + instruments * POSITION_VIEW_BYTES;
    this.exchange = allocateAligned(addon, bytes);
    this.notices = allocateAligned(addon, NOTICE_BYTES);
    const { buffer, byteOffset } = this.exchange;
    this.#bytes = this.exchange;
    this.#uint32 = new Uint32Array(buffer, byteOffset, bytes / 4);
    this.#words = new BigInt64Array(buffer, byteOffset, bytes / 8);
    this.#doubles = new Float64Array(buffer, byteOffset, bytes / 8);
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

  writeCommand(command: Command): void {
    const word = COMMAND / 8;
    this.#words[word] = BigInt(command.instrument);
    this.#bytes[COMMAND + 8] = command.side;
    this.#bytes[COMMAND + 9] = command.orderType;
    this.#bytes[COMMAND + 10] = command.timeInForce;
    this.#bytes[COMMAND + 11] = command.reduceOnly ? 1 : 0;
    this.#words[word + 2] = command.lots;
    this.#words[word + 3] = command.limitTicks ?? NONE;
    this.#words[word + 4] = command.triggerTicks ?? NONE;
    this.#words[word + 5] = command.stopLossTicks ?? NONE;
    this.#words[word + 6] = command.takeProfitTicks ?? NONE;
  }

  /** Writes what an order is to become; what is undefined stays as it is. */
  writeAmendment(amendment: AmendCommand): void {
    const word = COMMAND / 8;
    this.#words[word + 2] = amendment.lots ?? NONE;
    this.#words[word + 3] = amendment.limitTicks ?? NONE;
    this.#words[word + 4] = amendment.triggerTicks ?? NONE;
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

  #positionDouble(instrument: number, field: number): number {
    return this.#doubles[(POSITION_VIEWS + instrument * POSITION_VIEW_BYTES) / 8 + field] ?? 0;
  }
}
