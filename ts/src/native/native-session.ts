import type { AmendCommand, Command } from './command-memory.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';
import type { NativeSession as AddonSession } from './engine-addon.generated.js';
import { type Notice, NoticeReader } from './notice-reader.js';
import { FAILED, SessionMemory } from './session-memory.js';

export interface NativeSessionOptions {
  /** Configuration as the native core writes it into the journal. */
  readonly configJson: string;
  /** Folder of the journal; without one there is no journal. */
  readonly journalFolder: string | undefined;
  /** `os` when left out, `always` or `batch:MILLISECONDS`. */
  readonly journalPolicy?: string | undefined;
  readonly instruments: number;
  /** The buffer that market records are drained into. */
  readonly records: Uint8Array;
  /** Opens another native object with the calls that a strategy needs, in place of a simulated session. */
  readonly open?: (exchange: Uint8Array, notices: Uint8Array) => AddonSession;
}

/** A signal to the gate: its number, what it is about, and its value. */
export interface GateSignalParts {
  readonly number: number;
  readonly target: number;
  readonly value: number;
}

/** The simulated session of the native core; errors come out as HoldfastError. */
export class NativeSession {
  readonly memory: SessionMemory;
  readonly #session: AddonSession;
  readonly #play: () => void;
  readonly #submit: () => void;
  readonly #notices: NoticeReader;

  constructor(options: NativeSessionOptions) {
    const addon = loadEngineAddon();
    this.memory = new SessionMemory(options.instruments);
    this.#notices = new NoticeReader(this.memory.notices);
    const { exchange, notices } = this.memory;
    this.#session = engineCall(
      () =>
        options.open?.(exchange, notices) ??
        new addon.NativeSession(
          options.configJson,
          options.journalFolder,
          exchange,
          notices,
          options.records,
          options.journalPolicy,
        ),
    );
    this.#play = this.#session.eventFunction();
    this.#submit = this.#session.submitFunction();
  }

  /** Plays the market event whose records begin at `index`; what it caused is appended to `into`. */
  playEvent(index: number, into: Notice[]): void {
    this.memory.eventIndex = index;
    this.#play();
    this.#collectOutcome(into);
  }

  /** Appends what happened between two market events to `into`. */
  takeNotices(into: Notice[]): void {
    this.#collect(
      engineCall(() => this.#session.moreNotices()),
      into,
    );
  }

  /** Leaves out the steps of orders that nobody wants to hear of. */
  set wantsEveryStep(wanted: boolean) {
    this.#notices.wantsEveryStep = wanted;
  }

  /** Judges and places an order; returns its id. */
  submit(command: Command, into: Notice[]): number {
    this.memory.commands.write(command);
    this.#submit();
    this.#collectOutcome(into);
    return this.memory.account[7] ?? 0;
  }

  /** Judges and places orders that depend on each other; returns the id of the first. */
  submitList(contingency: number, commands: readonly Command[], into: Notice[]): number {
    this.memory.commands.writeList(contingency, commands);
    this.#submit();
    this.#collectOutcome(into);
    return this.memory.account[7] ?? 0;
  }

  /** As `submit`, once for each key; returns the id of the key's first order. */
  submitOnce(key: string, command: Command, into: Notice[]): number {
    this.memory.commands.write(command);
    this.#collect(
      this.#failing(() => this.#session.submitOnce(key), into),
      into,
    );
    return this.memory.account[7] ?? 0;
  }

  cancel(clientOrderId: number, into: Notice[]): void {
    const bytes = this.#failing(() => this.#session.cancel(clientOrderId), into);
    if (bytes > 0) this.#collect(bytes, into);
  }

  /** The account with currencies, margin and liquidation prices. */
  accountSnapshot(): AccountSnapshot {
    return JSON.parse(engineCall(() => this.#session.accountSnapshot())) as AccountSnapshot;
  }

  /** Takes a rate of exchange at the present time of the session. */
  setRate(currency: string, rate: string, into: Notice[]): void {
    const bytes = this.#failing(() => this.#session.setRate(currency, rate), into);
    if (bytes > 0) this.#collect(bytes, into);
  }

  /** Index of the instrument of an open order; `ORDER_UNKNOWN` when none is open by this id. */
  instrumentOfOrder(clientOrderId: number): number {
    return engineCall(() => this.#session.instrumentOfOrder(clientOrderId));
  }

  /** Judges an amendment and asks the venue for it; the verdict is appended to `into`. */
  amend(clientOrderId: number, amendment: AmendCommand, into: Notice[]): void {
    this.memory.commands.writeAmendment(amendment);
    const bytes = this.#failing(() => this.#session.amend(clientOrderId), into);
    if (bytes > 0) this.#collect(bytes, into);
  }

  /** Number of the trading mode in force. */
  get mode(): number {
    return engineCall(() => this.#session.mode());
  }

  /** Puts a trading mode in force that is as strict as the present one or stricter. */
  setMode(mode: number, reason: string, into: Notice[]): void {
    const bytes = this.#failing(() => this.#session.setMode(mode, reason), into);
    if (bytes > 0) this.#collect(bytes, into);
  }

  /** Puts other limits in force, now or when they are due; `record` is their written form. */
  changeLimits(record: Readonly<Record<string, unknown>>, key?: string, untilNs?: bigint): void {
    const limits = JSON.stringify(record);
    engineCall(() => this.#session.changeLimits(limits, key, untilNs?.toString()));
  }

  /** Tells the gate of a change outside, as the written form of a signal. */
  gateSignal(signal: GateSignalParts): void {
    const { number, target, value } = signal;
    engineCall(() => this.#session.gateSignal(number, target, value));
  }

  /** Tells the gate of the portfolio's correlations or risk. */
  riskMeasured(measure: { readonly kind: number; readonly values: BigInt64Array }): void {
    engineCall(() => this.#session.riskMeasured(measure.kind, measure.values));
  }

  /** Fingerprint of the limits in force. */
  limitsInForce(): string {
    return engineCall(() => this.#session.limitsInForce());
  }

  noteFailure(code: string, message: string): void {
    engineCall(() => this.#session.noteFailure(code, message));
  }

  /** The state in exact text. */
  snapshot(): NativeSnapshot {
    return JSON.parse(engineCall(() => this.#session.snapshot())) as NativeSnapshot;
  }

  /** Closes the journal; the notices of the last day are appended to `into`. */
  close(into: Notice[]): ClosedSession {
    const closed = JSON.parse(engineCall(() => this.#session.close())) as ClosedSession;
    this.#collect(
      engineCall(() => this.#session.moreNotices()),
      into,
    );
    return closed;
  }

  /** Lets go of the native state; a later call is HANDLE_CLOSED. Idempotent. */
  dispose(): void {
    this.#session.dispose();
  }

  #collectOutcome(into: Notice[]): void {
    const bytes = this.memory.outcome;
    if (bytes === 0) return;
    if (bytes === FAILED) this.#failing(() => this.#session.takeFailure(), into);
    else this.#collect(bytes, into);
  }

  /** Collects what a call caused before it failed: left where it is, the next call would be answered with it. */
  #failing<Result>(call: () => Result, into: Notice[]): Result {
    try {
      return engineCall(call);
    } catch (error) {
      this.#collect(this.#leftNotices(), into);
      throw error;
    }
  }

  #leftNotices(): number {
    try {
      return this.#session.moreNotices();
    } catch {
      // A handle that is closed has none; why the call failed is what is told.
      return 0;
    }
  }

  #collect(bytes: number, into: Notice[]): void {
    this.#notices.read(bytes, into);
    while (this.memory.noticesWait) {
      this.#notices.read(
        engineCall(() => this.#session.moreNotices()),
        into,
      );
    }
  }
}

export interface PositionSnapshot {
  readonly symbol: string;
  readonly quantity: string;
  readonly open_cost: string;
  readonly avg_px: number | null;
  readonly mark_px: string | null;
  readonly value: string;
  readonly realized: string;
  readonly unrealized: string;
}

export interface CurrencySnapshot {
  readonly currency: string;
  readonly rate: string | null;
  readonly rate_age_ns: string | null;
  readonly start_cash: string;
  readonly cash: string;
  readonly equity: string;
  readonly fees: string;
  readonly funding: string;
  readonly interest: string;
  readonly initial_margin: string;
  readonly maintenance_margin: string;
  readonly available: string;
  readonly margin_ratio: string | null;
}

export interface LegSnapshot {
  readonly symbol: string;
  readonly kind: 'spot' | 'linear' | 'inverse' | 'option';
  readonly side: 'long' | 'short';
  readonly currency: string;
  readonly quantity: string;
  readonly open_cost: string;
  readonly avg_px: number | null;
  readonly realized: string;
  readonly unrealized: string;
  readonly initial_margin: string;
  readonly maintenance_margin: string;
  readonly liquidation_at_or_below: string | null;
  readonly liquidation_at_or_above: string | null;
}

export interface AccountSnapshot {
  readonly currency: string;
  readonly position_mode: 'netting' | 'hedging';
  readonly equity: string;
  readonly interest: string;
  readonly initial_margin: string;
  readonly maintenance_margin: string;
  readonly available: string;
  readonly currencies: readonly CurrencySnapshot[];
  readonly positions: readonly LegSnapshot[];
  readonly buying_power: readonly {
    readonly symbol: string;
    readonly currency: string;
    readonly buying_power: string;
  }[];
}

/** A round trip that is open; sums of price × quantity are ticks × lots. */
export interface OpenTripSnapshot {
  readonly trade_id: number;
  readonly instrument: number;
  readonly side: 'long' | 'short';
  readonly opened_by: number;
  readonly opened_ns: string;
  readonly most_lots: string;
  readonly entry_tick_lots: string;
  readonly entry_lots: string;
  readonly exit_tick_lots: string;
  readonly exit_lots: string;
  /** Gross profit of what was closed. */
  readonly realized: string;
  readonly fees: string;
}

export interface NativeSnapshot {
  readonly start_cash: string;
  readonly cash: string;
  readonly equity: string;
  readonly realized: string;
  readonly unrealized: string;
  readonly fees: string;
  readonly funding: string;
  readonly slippage: string;
  readonly turnover: string;
  readonly gross_exposure: string;
  readonly positions: readonly PositionSnapshot[];
  readonly marks: number;
  readonly marks_in_market: number;
  readonly exposure_frac_mean: number;
  readonly orders_submitted: number;
  readonly orders_accepted: number;
  readonly orders_denied: number;
  readonly orders_filled: number;
  readonly orders_partially_filled: number;
  readonly orders_canceled: number;
  readonly orders_expired: number;
  readonly orders_rejected: number;
  readonly orders_open: number;
  readonly strategy_orders_sent: number;
  readonly strategy_orders_filled: number;
  readonly fills: number;
  readonly alarms: number;
  readonly busiest_day_trades: number;
  readonly daily_loss_tripped: boolean;
  readonly drawdown_tripped: boolean;
  readonly limits_fingerprint: string;
  readonly state_hash: string;
  /** Absent when every position is flat. */
  readonly open_trips?: readonly OpenTripSnapshot[];
  /** Only where there is more than netted positions of one currency. */
  readonly account?: AccountSnapshot;
}

export interface ClosedSession extends NativeSnapshot {
  readonly journal_records: number | null;
  readonly journal_head: string | null;
}
