/** Goes through a journal from a record on; every byte on the way is verified. */
export declare class NativeJournalCursor {
  /**
   * Stands before the record `first`, or at the beginning of what the journal still holds. Without `is_whole` segments
   * that end before are left out, and not verified.
   */
  constructor(
    folder: string,
    first: number,
    isWhole: boolean,
    kinds?: Array<string> | undefined | null,
    order?: string | undefined | null,
  );
  /**
   * Returns the next records that are wanted, at most `count`; none at the end. What stands before damage is returned
   * before the damage is thrown.
   */
  advance(count: number): Array<string>;
  /** Looks for what was written meanwhile. */
  refresh(): void;
  /** Returns the sequence of the record that comes next. */
  get nextSequence(): number;
}

export declare class NativeReplica {
  /** Makes a replica that waits for its first record. */
  constructor();
  /** Takes the next bytes of the stream and returns how many records they completed. */
  feed(bytes: Uint8Array): number;
  /** Returns the state in exact text, as JSON; null before the first record. */
  snapshot(): string | null;
  /** Returns the sequence of the record that must come next. */
  nextSequence(): number;
  /** Returns whether the closing record came. */
  isClosed(): boolean;
}

export declare class NativeSession {
  /** Puts other limits in force, now or when they are due. */
  changeLimits(
    limits: string,
    key?: string | undefined | null,
    untilNs?: string | undefined | null,
  ): void;
  /** Tells the gate of a change outside: the number of a signal with its target and value. */
  gateSignal(number: number, target: number, value: number): void;
  /** Returns the fingerprint of the limits in force. */
  limitsInForce(): string;
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
  /**
   * Returns the function that judges the order or list in the command area, in the same way; the account view then holds
   * the id of the first order.
   */
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
  /** Returns the account with currencies, margin and liquidation prices in exact text, as JSON. */
  accountSnapshot(): string;
  /** Takes a rate of exchange at the present time of the session. Returns bytes of notices. */
  setRate(currency: string, rate: string): number;
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

/** What becomes of sealed segments. */
export interface CompactOptions {
  /** Whether they are packed. */
  packs: boolean;
  /** Most sealed segments that stay. */
  segmentsMax?: number;
  /** Most bytes of them that stay. */
  bytesMax?: number;
  /** The present time in milliseconds, for the age of a lock that somebody else holds. */
  nowMs: number;
}

/** Packs sealed segments and removes those that are not to be kept. */
export declare function journalCompact(folder: string, options: CompactOptions): string;

/**
 * Returns the session's configuration as its first record holds it, with its fingerprint; nothing when the journal begins
 * later.
 */
export declare function journalConfiguration(folder: string): string | null;

/**
 * Returns the records from `first` on, at most `count`, one JSON text each; what stands before a corrupt record is
 * returned when the record is not among those asked for.
 */
export declare function journalRecords(folder: string, first: number, count: number): Array<string>;

/** Replays the journal and returns the outcome. */
export declare function journalReplay(folder: string): string;

/** Verifies checksum and chain of every record and returns the summary. */
export declare function journalVerify(folder: string): string;

/** Verifies a journal beside the heads that a file outside holds, and returns the summary and how many were compared. */
export declare function journalVerifyAnchored(folder: string, anchors: string): string;

/** Checks limits as a whole and returns their fingerprint. */
export declare function limitsFingerprint(limits: string): string;

/** Returns the market event's layout as JSON: its size, and the offset of each field. */
export declare function marketEventLayout(): string;

/** Returns the notional of a price and a quantity. */
export declare function notional(spec: string, price: string, quantity: string): string;

/** Returns the ticks of a price as text. */
export declare function priceTicks(spec: string, price: string): string;

/** Returns the form in which limits keep the second key. */
export declare function secondKeyHash(key: string): string;

/** Runs seeds from `seed_start` on, each twice, and returns the report; `hash_before` is the hash of the batch before. */
export declare function simulateFaults(
  seedStart: number,
  seeds: number,
  steps: number,
  faults: string,
  hashBefore: string,
): string;

/** Simulates a portfolio on all cores: exposures, covariance row by row, drifts, and settings as JSON; resolves to JSON. */
export declare function simulatePortfolio(
  exposures: Float64Array,
  covariance: Float64Array,
  drifts: Float64Array,
  settings: string,
): Promise<string>;
