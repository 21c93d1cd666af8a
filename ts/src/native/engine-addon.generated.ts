export declare class NativeActors {
  /** Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them. */
  amend(clientOrderId: number): number;
  /** Asks for every open order to be cancelled, of an instrument or of all. Returns bytes of notices. */
  cancelAll(instrument?: number | undefined | null): number;
  /** Returns an order as JSON, also one that ended a while ago; null when it is not known. */
  order(clientOrderId: number): string | null;
  /** Returns the orders that have not ended as a JSON list, actor by actor. */
  openOrders(): string;
  /** Returns what each actor's restart found, as a JSON list; null for journals that were begun. */
  restartReport(): string | null;
  /** Returns whether not every actor was compared with the venue since the journals were resumed. */
  awaitsVenue(): boolean;
  /** Compares every actor with its part of what the venue said. Returns bytes of notices. */
  reconcile(venue: string): number;
  /** Decides about a difference of an actor. Returns bytes of notices. */
  decide(actor: number, item: string, decision: string, reason: string): number;
  /** Returns items, mode and the requests that wait of each actor, as a JSON list. */
  reconciliation(): string;
  /** Returns the venue's id of an order that was adopted from it. */
  venueOrderId(clientOrderId: number): string | null;
  /** Returns when everything recorded so far is as durable as the policy of the journals says. */
  commit(): void;
  /**
   * Divides an account among actors and opens them on worker threads; a journal is a folder with one for each. The latch of
   * the fuse over all of them is in its own folder, or in the journal's.
   */
  constructor(
    config: string,
    parts: Array<ActorPart>,
    workers: number,
    idPrefix: string,
    journal: EngineJournal | undefined | null,
    arrays: EngineArrays,
    latchFolder?: string | undefined | null,
  );
  /**
   * Returns one of the functions that take their arguments from memory: `submitBatch`, `applyReports`, `market` (which
   * sends and does not wait), `round`, `settle`, `drain`, `submitList`.
   */
  function(name: string): () => void;
  /** Throws what a function without result failed with. */
  takeFailure(): void;
  /** Returns bytes of further notices, for when they did not all fit. */
  moreNotices(): number;
  /** Asks for an order to be cancelled. Returns bytes of notices. */
  cancel(clientOrderId: number): number;
  /** The outcome of an order's last command is unknown. Returns bytes of notices. */
  loseTrack(clientOrderId: number): number;
  /** Puts a trading mode in force for every actor, a looser one only as a reset. Returns bytes of notices. */
  setMode(mode: number, reason: string, isReset: boolean): number;
  /** Returns the account added up, and each actor's part, as JSON. */
  figures(): string;
  /** Returns how the egress fuse over all actors stands, as JSON. */
  fuse(): string;
  /** Returns the actors that stopped and why, as JSON. */
  stopped(): string;
  /** Ends the threads, closes the journals, and returns the final state as JSON. */
  close(): string;
  /** Lets go of everything; a later call is an error. */
  dispose(): void;
}

export declare class NativeBreakers {
  /** Begins with memory that is zero, or joins it when another thread began and no settings are given. */
  constructor(
    memory: Uint8Array,
    calls: Uint8Array,
    defaults: string | undefined | null,
    rule: string | undefined | null,
    nowMs: number,
  );
  /** Returns the function that asks for a pass: component, time and confidence are read from the call area. */
  acquireFunction(): () => void;
  /** Returns the function that asks whether a call would pass. */
  permitsFunction(): () => void;
  /** Returns the function that counts an outcome. */
  settleFunction(): () => void;
  /** Returns the index of a component, which is made on first use. */
  component(name: string): number;
  /** Declares dependencies, flags and settings of a component, as JSON, and returns its index. */
  declare(name: string, spec: string): number;
  /** Puts settings in force, of one component or of all that share them. */
  setSettings(index: number | undefined | null, settings: string): void;
  /** Overrides a breaker by hand and returns whether that changed it. */
  overrideState(index: number, action: number, nowMs: number): boolean;
  /** Forbids manual overrides, or allows them again. */
  forbidOverrides(forbidden: boolean): void;
  /** Returns whether the global circuit is open. */
  isGlobalOpen(nowMs: number): boolean;
  /** Returns what is known of every component, as JSON. */
  snapshot(nowMs: number): string;
  /** Takes the changes that wait, oldest first, as JSON: whose (component, dependant, global), index, states, cause, time. */
  takeChanges(): string;
}

export declare class NativeEngine {
  /** Takes the memory of checks, for so many orders. */
  shareChecks(bytes: Uint8Array, capacity: number): void;
  /**
   * Judges the first orders of the memory of checks at the time of the call, each alone, or counted together with those
   * ahead of it that pass; nothing is sent and nothing changes.
   */
  checkBatch(count: number, together: boolean, strategy: number): void;
  /** Notes that the caller asks the venue to cancel an order. Returns bytes of notices. */
  gateCancel(clientOrderId: number): number;
  /**
   * Judges a change of an order to what stands in the command area; the caller sends it. Leaves a verdict as a submission
   * does, and returns bytes of notices.
   */
  gateAmend(clientOrderId: number): number;
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
  /** Returns what the controls did so far, as JSON; numbers are texts in the control's unit. */
  gateCoverage(): string;
  /** Returns the hash over the whole state, hexadecimal. */
  imageHash(): string;
  /** Returns an order as JSON, also one that ended a while ago; null when it is not known. */
  order(clientOrderId: number): string | null;
  /** Returns the index of an order's instrument; null when the order is not known. */
  instrumentOfOrder(clientOrderId: number): number | null;
  /** Returns the orders that have not ended as a JSON list, by rising id. */
  openOrders(): string;
  /** Returns how many orders have not ended. */
  openOrderCount(): number;
  /** Writes the view of an instrument's position. */
  position(instrument: number): void;
  /** Returns the ranges of an instrument's reports that are missing, as a JSON list of first and last numbers in text. */
  missingReports(instrument: number): string;
  /** Returns the place of a currency among those of the account. */
  currencyIndex(currency: string): number;
  /** Returns the number of the trading mode in force. */
  mode(): number;
  /** Returns the state in exact text, as JSON. */
  snapshot(): string;
  /** Returns the account with currencies, margin and liquidation prices in exact text, as JSON. */
  accountSnapshot(): string;
  /** Returns what the restart found, as JSON; null for a journal that was begun. */
  restartReport(): string | null;
  /** Returns whether nothing was compared with the venue since the journal was resumed. */
  awaitsVenue(): boolean;
  /** Compares with what the venue said. Returns bytes of notices. */
  reconcile(venue: string): number;
  /** Decides about a difference. Returns bytes of notices. */
  decide(item: string, decision: string, reason: string): number;
  /** Returns items, mode and the requests that wait, as JSON. */
  reconciliation(): string;
  /** Returns the venue's id of an order that was adopted from it. */
  venueOrderId(clientOrderId: number): string | null;
  /** Sets after how many nanoseconds a request without an answer is in doubt. */
  setAnswerLimit(limitNs: number): void;
  /** Lets time pass up to that of the call. Returns bytes of notices. */
  tick(): number;
  /** Returns when `tick` is due, in nanoseconds since 1970; null while nothing waits. */
  nextTimer(): bigint | null;
  /** Judges the order in the command area once for each key. Returns bytes of notices; a repeat's is the first verdict. */
  submitOnce(key: string): number;
  /** Asks for an order to be cancelled. Returns bytes of notices. */
  cancel(clientOrderId: number): number;
  /** Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them. */
  amend(clientOrderId: number): number;
  /** The outcome of an order's last command is unknown. Returns bytes of notices. */
  loseTrack(clientOrderId: number): number;
  /** Puts a trading mode in force, a looser one only as a reset. Returns bytes of notices. */
  setMode(mode: number, reason: string, isReset: boolean): number;
  /** Takes a rate of exchange. Returns bytes of notices. */
  setRate(currency: string, rate: string): number;
  /** Tells the gate of the portfolio: kind 0 are correlations, kind 1 is risk. Returns bytes of notices. */
  riskMeasured(kind: number, values: BigInt64Array): number;
  /** Takes a funding payment; what the account receives is negative. Returns bytes of notices. */
  funding(instrument: number, paid: string): number;
  /** Divides the capital among the strategies by a plan in JSON; the key is the second key of the limits. */
  planCapital(plan: string, key?: string | undefined | null): number;
  /** Returns what each strategy may have at risk, in the order of the limits, as JSON of decimal texts. */
  allocations(): string;
  /** Records that something outside failed. */
  noteFailure(code: string, message: string): void;
  /** Records how a venue was chosen for the order that is submitted next; the text is JSON. */
  noteRoute(route: string): void;
  /** Returns the index of the instrument of a key's first order, while the key is remembered. */
  instrumentOfKey(key: string): number | null;
  /** Returns when everything recorded so far is as durable as the journal's policy says. */
  commit(): void;
  /** Opens an engine; without a journal nothing is recorded. The fuse's latch is in its own folder, or in the journal's. */
  constructor(
    config: string,
    idPrefix: string,
    journal: EngineJournal | undefined | null,
    arrays: EngineArrays,
    latchFolder?: string | undefined | null,
  );
  /**
   * Returns one of the functions that take their arguments from memory and leave their outcome there: `submit`, `report`,
   * `market`, `submitBatch`, `applyReports`, `drain`, and those of a gate.
   */
  function(name: string): () => void;
  /** Throws what a function without result failed with. */
  takeFailure(): void;
  /** Returns bytes of further notices, for when they did not all fit. */
  moreNotices(): number;
  /** Closes the journal and returns the final state as JSON; the last notices wait in the array. */
  close(): string;
  /** Returns how the egress fuse stands, as JSON. */
  fuse(): string;
  /** Lets go of everything; a later call is an error. */
  dispose(): void;
}

export declare class NativeFaultSession {
  /** Judges the order in the command area once for each key. Returns bytes of notices. */
  submitOnce(key: string): number;
  /** Returns the index of an open order's instrument. */
  instrumentOfOrder(clientOrderId: number): number;
  /** Cancels an order. Returns bytes of notices. */
  cancel(clientOrderId: number): number;
  /** Changes an order to what stands in the command area. Returns bytes of notices. */
  amend(clientOrderId: number): number;
  /** Takes a rate of exchange. Returns bytes of notices. */
  setRate(currency: string, rate: string): number;
  /** Makes a run; `records` holds every market event of it. */
  constructor(options: string, exchange: Uint8Array, notices: Uint8Array, records: Uint8Array);
  /**
   * Lets everything happen up to the market event at a record, or up to what the strategy hears of. Returns 0 when it is
   * reached, 1 for news, 2 when the process began anew, 3 when it is reached and the process is dead.
   */
  advance(record: number): number;
  /** Writes the view of the event at a record without playing it: what has passed, for indicators that begin anew. */
  showEvent(record: number): void;
  /** Returns virtual time in milliseconds since 1970. */
  nowMs(): number;
  /** Returns whether the process is dead. */
  isDown(): boolean;
  /** Returns the lots of an instrument that the venue keeps. */
  venueLots(instrument: number): number;
  /** Stops the faults, waits until both sides agree, and replays the journal. */
  finish(): void;
  /** Returns what became of the run so far, as JSON. */
  outcome(): string;
  /** Returns the function that plays the event that was advanced to, as a session's. */
  eventFunction(): () => void;
  /** Returns the function that judges the order or list in the command area, as a session's. */
  submitFunction(): () => void;
  /** Throws what the event or submit function failed with. */
  takeFailure(): void;
  /** Returns bytes of further notices. */
  moreNotices(): number;
  /** Returns the account with currencies, margin and liquidation prices in exact text, as JSON. */
  accountSnapshot(): string;
  /** Lets go of everything; a later call is an error. */
  dispose(): void;
}

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

/** A portfolio with its covariance, kept current. */
export declare class NativeParametricRisk {
  /** Takes the covariance row by row, exposures, and settings: VaR and CVaR multipliers of two levels, six score limits. */
  constructor(
    covariance: Float64Array,
    exposures: Float64Array,
    limits: Float64Array,
    exchange: Uint8Array,
  );
  /**
   * Returns the function that changes one exposure. It takes asset and exposure from the exchange memory and leaves the
   * deviation there, or NaN when it changed nothing, because arguments would cost more than the change does.
   */
  updater(): () => void;
  /** Changes one exposure; returns the deviation of profits that follows. */
  setExposure(asset: number, exposure: number): number;
  /** Returns the deviation if one exposure were another one. */
  whatIf(asset: number, exposure: number): number;
  /** Writes nine figures of the exposures that are held. */
  evaluateHeld(equity: number, peak: number, heatFrac: number, out: Float64Array): void;
  /** Writes nine figures for each portfolio of a batch: rows are equity, peak, heat, then the exposures. */
  evaluateMany(portfolios: Float64Array, out: Float64Array): void;
  /** Writes what one more unit of exposure to each asset adds to the deviation of profits. */
  marginals(out: Float64Array): void;
  /** Writes what each asset adds to the deviation of profits. */
  components(out: Float64Array): void;
}

export declare class NativeReconciler {
  /** Rebuilds the engine of a journal; with `writes` the journal is opened for appending, and what is decided is in it. */
  constructor(folder: string, writes: boolean, nowMs: number);
  /** Returns what the restart found, as JSON. */
  report(): string;
  /** Compares with what the venue said and returns the state, as JSON. */
  compare(venue: string): string;
  /** Decides about an item and returns the state, as JSON. */
  decide(item: string, decision: string, reason: string): string;
  /** Returns items, mode and commands, as JSON. */
  state(): string;
  /** Takes a snapshot and gives the journal back; closing twice does nothing. */
  close(): void;
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
  /** Tells the gate of the portfolio: kind 0 are correlations, kind 1 is risk, as the numbers that the native core reads. */
  riskMeasured(kind: number, values: BigInt64Array): void;
  /** Returns the fingerprint of the limits in force. */
  limitsInForce(): string;
  /** Judges the order in the command area once for each key. Returns bytes of notices; a repeat's is the first verdict. */
  submitOnce(key: string): number;
  /** Puts a trading mode in force that is as strict as the present one or stricter. Returns bytes of notices. */
  setMode(mode: number, reason: string): number;
  /** Returns the number of the trading mode in force. */
  mode(): number;
  /** Returns the index of an open order's instrument. */
  instrumentOfOrder(clientOrderId: number): number;
  /** Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them. */
  amend(clientOrderId: number): number;
  /** Opens a session; without a folder there is no journal. The policy is `os`, `always` or `batch:MILLISECONDS`. */
  constructor(
    config: string,
    journalFolder: string | undefined | null,
    exchange: Uint8Array,
    notices: Uint8Array,
    records: Uint8Array,
    journalPolicy?: string | undefined | null,
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

/** What one actor owns. */
export interface ActorPart {
  /** Places of its instruments in the account's list. */
  instruments: Array<number>;
  /** Its part of the account's cash. */
  budget: string;
}

/** Returns the nanoseconds that one addition and one multiplication of amounts take, over `rounds` dependent ones. */
export declare function amountArithmeticNs(rounds: number): Array<number>;

/** Returns the sum of two amounts. */
export declare function amountSum(left: string, right: string): string;

/**
 * Returns the nanoseconds that a pass with its outcome, and a question whether a call would pass, take in native code,
 * over `rounds` of each.
 */
export declare function breakerCallNs(settings: string, rounds: number): Array<number>;

/** Returns where JavaScript finds what it reads by itself, in 32-bit words, and how much memory breakers take, as JSON. */
export declare function breakerLayout(): string;

/** Checks an instrument's rules and returns what one tick of one lot is worth. */
export declare function checkInstrument(spec: string): string;

/**
 * Returns the Cholesky factor of a covariance matrix, row by row without the zeros.
 *
 * # Errors
 * `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`.
 */
export declare function choleskyFactor(covariance: Float64Array, order: number): Float64Array;

/** What becomes of sealed segments. */
export interface CompactOptions {
  /** Whether they are packed. */
  packs: boolean;
  /** Most sealed segments that stay. */
  segmentsMax?: number;
  /** Most bytes of them that stay. */
  bytesMax?: number;
  /** Whether only those go that end before every valid snapshot. */
  behindSnapshots: boolean;
  /** The present time in milliseconds, for the age of a lock that somebody else holds. */
  nowMs: number;
}

/** The arrays that an engine and JavaScript share; each begins at a cache line. */
export interface EngineArrays {
  exchange: Uint8Array;
  notices: Uint8Array;
  orders: Uint8Array;
  reports: Uint8Array;
  requests: Uint8Array;
  market: Uint8Array;
}

/** Where an engine's journal is, and how it is kept. */
export interface EngineJournal {
  folder: string;
  /** `always`, `os` or `batch:MILLISECONDS`. */
  policy: string;
  /** The present time in milliseconds, for the age of a lock that somebody else holds. */
  nowMs: number;
  /** `never`, `always`, or `if_present`: begin a journal where there is none. */
  resume: string;
  /** Records between two snapshots; at each sealed segment when left out, and 0 for none but that of the close. */
  snapshotEveryRecords?: number;
  /** How many snapshots stay. */
  snapshotsKept: number;
}

/** Sets the latch of a folder back, and returns how it stands then. */
export declare function fuseReset(
  folder: string,
  by: string,
  reason: string,
  nowMs: number,
): string;

/** Returns how the latch of a folder stands, with the resets before. */
export declare function fuseStatus(folder: string): string;

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

/** Returns the text that a venue sees of an order id. */
export declare function orderIdText(prefix: string, clientOrderId: number): string;

/** Returns the order id of a text that a venue sent. */
export declare function parseOrderId(prefix: string, text: string): number;

/** What a simulation answers. */
export interface PortfolioAnswer {
  /** JSON text of the figures, or of a failure. */
  figures: string;
  /** One a scenario, where they were asked for. */
  outcomes?: Float32Array;
}

/** Returns the ticks of a price as text. */
export declare function priceTicks(spec: string, price: string): string;

/** What a simulation answers. */
export interface ScenarioAnswer {
  /** JSON text of the figures, or of a failure. */
  figures: string;
  /** Profit and loss of each scenario, where they were asked for. */
  outcomes?: Float64Array;
}

/**
 * Checks a plan, and works out what a graphics device takes of it.
 *
 * # Errors
 * `ARGUMENT_INVALID`, `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`.
 */
export declare function scenarioNumbers(plan: string, history: Float64Array): ScenarioNumbers;

/** What a graphics device takes of a plan. */
export interface ScenarioNumbers {
  /** Cholesky factors, row by row without the zeros. */
  factors: Float64Array;
  /** Value, delta, gamma, theta and vega of each option. */
  options: Float64Array;
  /** What a reader of the results has to know. */
  warning?: string;
}

/** Returns the form in which limits keep the second key. */
export declare function secondKeyHash(key: string): string;

/** Runs seeds from `seed_start` on, each twice, and returns the report; `hash_before` is the hash of the batch before. */
export declare function simulateFaults(
  seedStart: number,
  seeds: number,
  steps: number,
  faults: string,
  acts: string,
  hashBefore: string,
): string;

/** Simulates a portfolio on all cores: exposures, covariance row by row, drifts, and settings as JSON. */
export declare function simulatePortfolio(
  exposures: Float64Array,
  covariance: Float64Array,
  drifts: Float64Array,
  settings: string,
): Promise<PortfolioAnswer>;

/** Simulates a book on all cores: the plan as JSON, and the rows of a history where the model has one. */
export declare function simulateScenarios(
  plan: string,
  history: Float64Array,
): Promise<ScenarioAnswer>;
