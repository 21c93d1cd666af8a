export declare class NativeSession {
  /** Judges the order in the command area once for each key. Returns bytes of notices; a repeat's is the first verdict. */
  submitOnce(key: string): number;
  /** Returns the index of an open order's instrument. */
  instrumentOfOrder(clientOrderId: number): number;
  /** Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them. */
  amend(clientOrderId: number): number;
  /** Opens a session; without a folder there is no journal. */
  constructor(
    config: string,
    journalFolder: string | undefined | null,
    exchange: Uint8Array,
    notices: Uint8Array,
    records: Uint8Array,
  );
  /**
   * Returns the function that plays a market event. It takes its argument from memory and leaves its outcome there, because
   * a call without arguments and results costs a fraction of a method call.
   */
  eventFunction(): () => void;
  /** Returns the function that judges the order in the command area, in the same way; the account view then holds its id. */
  submitFunction(): () => void;
  /** Throws what the event or submit function failed with. */
  takeFailure(): void;
  /** Cancels an order. Returns bytes of notices. */
  cancel(clientOrderId: number): number;
  /** Returns bytes of further notices, for when they did not all fit. */
  moreNotices(): number;
  /** Records that something outside failed. */
  noteFailure(code: string, message: string): void;
  /** Returns the state in exact text, as JSON. */
  snapshot(): string;
  /** Closes the journal and returns the final state as JSON; the last notices wait in the array. */
  close(): string;
  /** Lets go of everything; a later call is an error. */
  dispose(): void;
}

/** Returns the nanoseconds that one addition and one multiplication of amounts take, over `rounds` dependent ones. */
export declare function amountArithmeticNs(rounds: number): Array<number>;

/** Returns the sum of two amounts. */
export declare function amountSum(left: string, right: string): string;

/** Checks an instrument's rules and returns what one tick of one lot is worth. */
export declare function checkInstrument(spec: string): string;

/**
 * Returns the records from `first` on, at most `count`, one JSON text each; what stands before a corrupt record is
 * returned when the record is not among those asked for.
 */
export declare function journalRecords(folder: string, first: number, count: number): Array<string>;

/** Replays the journal and returns the outcome. */
export declare function journalReplay(folder: string): string;

/** Verifies checksum and chain of every record and returns the summary. */
export declare function journalVerify(folder: string): string;

/** Returns the market event's layout as JSON: its size, and the offset of each field. */
export declare function marketEventLayout(): string;

/** Returns the notional of a price and a quantity. */
export declare function notional(spec: string, price: string, quantity: string): string;

/** Returns the ticks of a price as text. */
export declare function priceTicks(spec: string, price: string): string;
