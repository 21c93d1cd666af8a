/** Bytes of one command; the same constants stand in native/rust/binding/src/command.rs. */
export const COMMAND_BYTES = 128;
/** Most orders of one list. */
export const COMMANDS_MAX = 8;

/** The number that stands for "none" in a command. */
const NONE = -(2n ** 63n);

/** Of the first command: how the orders of a list depend on each other, and how many they are; 0 stands alone. */
const LIST_CONTINGENCY = 13;
const LIST_LENGTH = 14;

const POST_ONLY = 1;
const TRAILING_TICKS = 2;
const TRAILING_SHARE = 4;
const DISPLAY = 8;
const EXPIRES = 16;
const CAUSE = 32;

/** When what caused the order happened, and the number of its strategy; they stand behind the outcome. */
const CAUSE_TIME = 112;
const STRATEGY = 120;

/** What an order asks for beyond type and prices; at most one of the trailing distances. */
export interface CommandTerms {
  readonly postOnly: boolean;
  readonly trailingTicks: bigint | undefined;
  readonly trailingMillionths: bigint | undefined;
  readonly displayLots: bigint | undefined;
  readonly expiresNs: bigint | undefined;
  /** When the market event happened that caused it. */
  readonly causeNs: bigint | undefined;
}

/** An order on its way to native code: indices of the vocabulary, ticks and lots. */
export interface Command {
  readonly instrument: number;
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly reduceOnly: boolean;
  /** From 1 in the order of the limits; 0 when none is named. */
  readonly strategy: number;
  readonly lots: bigint;
  readonly limitTicks: bigint | undefined;
  readonly triggerTicks: bigint | undefined;
  readonly stopLossTicks: bigint | undefined;
  readonly takeProfitTicks: bigint | undefined;
  readonly terms: CommandTerms | undefined;
}

/** What an open order is to become: whole lots and ticks; what is undefined stays as it is. */
export interface AmendCommand {
  readonly lots: bigint | undefined;
  readonly limitTicks: bigint | undefined;
  readonly triggerTicks: bigint | undefined;
}

/** The part of the exchange area that carries orders to native code. */
export class CommandMemory {
  readonly #offset: number;
  readonly #bytes: Uint8Array;
  readonly #words: BigInt64Array;

  constructor(exchange: Uint8Array, offset: number) {
    this.#offset = offset;
    this.#bytes = exchange;
    this.#words = new BigInt64Array(exchange.buffer, exchange.byteOffset, exchange.byteLength / 8);
  }

  /** Writes an order that stands alone. */
  write(command: Command): void {
    this.#write(command, 0);
    this.#bytes[this.#offset + LIST_LENGTH] = 0;
  }

  /** Writes orders that depend on each other; `contingency` is an index of the vocabulary. */
  writeList(contingency: number, commands: readonly Command[]): void {
    // More than fit are counted, not written: native code refuses the list by its length.
    for (const [slot, command] of commands.slice(0, COMMANDS_MAX).entries())
      this.#write(command, slot);
    this.#bytes[this.#offset + LIST_CONTINGENCY] = contingency;
    this.#bytes[this.#offset + LIST_LENGTH] = Math.min(commands.length, COMMANDS_MAX + 1);
  }

  /** Writes what an order is to become, to where the first order of a list would stand. */
  writeAmendment({ lots, limitTicks, triggerTicks }: AmendCommand): void {
    const word = this.#offset / 8;
    this.#words[word + 2] = lots ?? NONE;
    this.#words[word + 3] = limitTicks ?? NONE;
    this.#words[word + 4] = triggerTicks ?? NONE;
  }

  #write(command: Command, slot: number): void {
    const at = this.#offset + slot * COMMAND_BYTES;
    const word = at / 8;
    this.#words[word] = BigInt(command.instrument);
    this.#bytes[at + 8] = command.side;
    this.#bytes[at + 9] = command.orderType;
    this.#bytes[at + 10] = command.timeInForce;
    this.#bytes[at + 11] = command.reduceOnly ? 1 : 0;
    this.#bytes[at + 12] = 0;
    this.#bytes[at + STRATEGY] = command.strategy & 0xff;
    this.#bytes[at + STRATEGY + 1] = command.strategy >> 8;
    this.#words[word + 2] = command.lots;
    this.#words[word + 3] = command.limitTicks ?? NONE;
    this.#words[word + 4] = command.triggerTicks ?? NONE;
    this.#words[word + 5] = command.stopLossTicks ?? NONE;
    this.#words[word + 6] = command.takeProfitTicks ?? NONE;
    if (command.terms !== undefined) this.#writeTerms(command.terms, at);
  }

  #writeTerms(terms: CommandTerms, at: number): void {
    const word = at / 8;
    let flags = terms.postOnly ? POST_ONLY : 0;
    const set = (flag: number, index: number, value: bigint | undefined) => {
      if (value === undefined) return;
      flags |= flag;
      this.#words[word + index] = value;
    };
    set(TRAILING_TICKS, 7, terms.trailingTicks);
    set(TRAILING_SHARE, 7, terms.trailingMillionths);
    set(DISPLAY, 8, terms.displayLots);
    set(EXPIRES, 9, terms.expiresNs);
    set(CAUSE, CAUSE_TIME / 8, terms.causeNs);
    this.#bytes[at + 12] = flags;
  }
}
