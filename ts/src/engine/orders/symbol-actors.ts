import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { instrumentAt } from '../../core/instrument-at.js';
import { StrategyNumbers } from '../../core/strategy-numbers.js';
import type { TradingMode } from '../../core/vocabulary.generated.js';
import { NativeActors, type NativeFigures } from '../../native/native-actors.js';
import type { Notice } from '../../native/notice-reader.js';
import type { OrderBatch } from '../../native/order-batch.js';
import type { ReportBatch } from '../../native/report-batch.js';
import type { RequestBatch } from '../../native/request-batch.js';
import { modeNumber } from '../../core/trading-mode.js';
import { type CallOptions, timeOf } from './engine-calls.js';
import { engineConfigJson, journalRecord } from './engine-options.js';
import { EventQueue } from './event-queue.js';
import {
  type BarUpdate,
  MarketWriter,
  type QuoteUpdate,
  type TradeUpdate,
} from './market-update.js';
import { parseSymbolActorsOptions, type SymbolActorsOptions } from './symbol-actors-options.js';
import { systemClock } from '../../core/system-clock.js';
import { type VenueRequest, venueRequest } from '../../core/venue-request.js';

const NS_PER_MS = 1_000_000n;

/** Money of an actor, or of all of them, as exact text in the account's currency. */
export interface ActorFigures {
  readonly equity: string;
  readonly cash: string;
  readonly fees: string;
  readonly netValue: string;
  readonly grossExposure: string;
  /** Exposure when the worst subset of the open orders fills. */
  readonly worstExposure: string;
  readonly openOrders: number;
  /** Hash over the whole state; equal for any number of threads. */
  readonly stateHash: string;
}

/** Sums over the actors, whose hash covers theirs, and each actor's own figures. */
export interface ActorAccount extends ActorFigures {
  readonly actors: readonly ActorFigures[];
}

export interface ClosedActors extends ActorAccount {
  /** Requests that nobody drained, or whose actor stopped before: they were never sent. */
  readonly requestsUnsent: number;
  /** Records and chain head of each actor's journal; null without one. */
  readonly journals: readonly ({ readonly records: number; readonly head: string } | null)[];
}

/** An actor that takes nothing more, and why: its journal could not be kept, or native code failed. */
export interface StoppedActor {
  readonly actor: number;
  readonly code: string;
  readonly message: string;
}

/**
 * An account divided among engines, each with instruments and a budget of its own, on any number of worker threads. Each call
 * ends when every actor has taken what the call brought; requests and events come in the order of the orders and reports that
 * caused them, for any number of threads. Not for two threads of JavaScript at once.
 *
 * @example
 * const actors = SymbolActors.open({
 *   instruments: [btc, eth], account: { cash: '10000' }, threads: 2,
 *   limits: { ...presetLimits('bot4'), correlationMax: 'unlimited' },
 *   actors: [{ symbols: ['BTC'], budget: '6000' }, { symbols: ['ETH'], budget: '4000' }],
 * });
 * actors.orderBatch.add({ instrument: 1, side: 'buy', lots: 5, limitTicks: 3_000_00 });
 * actors.submitBatch();
 */
export class SymbolActors {
  readonly instruments: readonly Instrument[];
  readonly #native: NativeActors;
  readonly #clock: () => bigint;
  readonly #events: EventQueue;
  readonly #market: MarketWriter;
  readonly #bySymbol: ReadonlyMap<string, number>;
  #closed: ClosedActors | undefined;

  private constructor(options: SymbolActorsOptions) {
    const { engine, parts, threads } = parseSymbolActorsOptions(options);
    const { instruments, journal, orders, onEvent, limits } = engine;
    this.instruments = instruments;
    this.#bySymbol = new Map(instruments.map(({ symbol }, index) => [symbol, index]));
    this.#clock = engine.clock ?? systemClock;
    const strategies = new StrategyNumbers(limits.strategies);
    this.#native = new NativeActors({
      configJson: engineConfigJson(engine),
      parts,
      threads,
      idPrefix: orders.idPrefix,
      journal:
        journal === undefined
          ? undefined
          : journalRecord(journal, Number(this.#clock() / NS_PER_MS)),
      batchMax: engine.batchMax,
      strategyNumber: (name) => strategies.of(name),
    });
    this.#events = new EventQueue(instruments, [], onEvent);
    this.#native.memory.listens = onEvent !== undefined;
    this.#market = new MarketWriter(this.#native.memory.market);
  }

  /**
   * Divides an account and starts the threads. Journals are begun; they are resumed natively, or one by one as an `Engine`.
   *
   * @throws HoldfastError `ACTOR_PLAN_INVALID` when an instrument has no actor or several, budgets do not add up to the cash, a
   * count cannot be divided, or the account is of several currencies; `ACTOR_STOPPED` when a thread cannot be started;
   * `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `LIMITS_INVALID`, `JOURNAL_IO`
   */
  static open(options: SymbolActorsOptions): SymbolActors {
    return new SymbolActors(options);
  }

  /** Orders for `submitBatch`, written in place; `instrument` is the place in the account's list. */
  get orderBatch(): OrderBatch {
    return this.#native.orders;
  }

  /** Reports for `applyReports`, written in place. An order's id tells its actor. */
  get reportBatch(): ReportBatch {
    return this.#native.reports;
  }

  /** Requests that `drainBatch` left, read in place. */
  get requestBatch(): RequestBatch {
    return this.#native.requests;
  }

  /**
   * Judges the orders of the batch, those of one actor in turn and those of several side by side; each has its outcome in the
   * batch, and one whose actor stopped is refused with `ACTOR_STOPPED`.
   *
   * @throws HoldfastError `HANDLE_CLOSED`, `CAPACITY_EXHAUSTED` when requests are not drained
   */
  submitBatch(options: CallOptions = {}): void {
    this.#telling(options, (notices) => this.#native.submitBatch(notices));
  }

  /** Takes the reports of the batch, as `submitBatch` takes orders. */
  applyReports(options: CallOptions = {}): void {
    this.#telling(options, (notices) => this.#native.applyReports(notices));
  }

  /** Takes best bids and offers in one round; each goes to the actor that owns its instrument. */
  quotes(updates: readonly QuoteUpdate[]): void {
    this.#prices(updates, (update, stamp) => this.#market.quote(update, stamp));
  }

  /** Takes trades of others in one round; their prices are the reference prices. */
  trades(updates: readonly TradeUpdate[]): void {
    this.#prices(updates, (update, stamp) => this.#market.trade(update, stamp));
  }

  /** Takes bars that have closed in one round. */
  bars(updates: readonly BarUpdate[]): void {
    this.#prices(updates, (update, stamp) => this.#market.bar(update, stamp));
  }

  /** @throws HoldfastError `ORDER_UNKNOWN` when the order is not open, or no actor's */
  cancel(clientOrderId: number, options: CallOptions = {}): void {
    this.#telling(options, (notices) => this.#native.cancel(clientOrderId, notices));
  }

  /** The outcome of an order's last command is not known: it is in doubt, and a `query` waits to be drained. */
  loseTrack(clientOrderId: number, options: CallOptions = {}): void {
    this.#telling(options, (notices) => this.#native.loseTrack(clientOrderId, notices));
  }

  /**
   * Puts a trading mode in force for every actor, one as strict as the present one or stricter.
   *
   * @throws HoldfastError `MODE_RESET_REQUIRED` for a looser one
   */
  setMode(mode: TradingMode, reason: string, options: CallOptions = {}): void {
    const number = modeNumber(mode, reason);
    this.#telling(options, (notices) => this.#native.setMode(number, reason, false, notices));
  }

  /** Puts any trading mode in force for every actor: the end of a reset procedure, after a person has looked. */
  resetMode(mode: TradingMode, reason: string, options: CallOptions = {}): void {
    const number = modeNumber(mode, reason);
    this.#telling(options, (notices) => this.#native.setMode(number, reason, true, notices));
  }

  /**
   * Commits the journals and leaves the oldest requests in the batch; returns whether more wait. Requests of an actor that
   * stopped, or whose journal cannot be committed, never leave; `stopped` tells.
   */
  drainBatch(): boolean {
    return this.#native.drain();
  }

  /** As `drainBatch`, all of them, as values that can be kept. */
  drainRequests(): readonly VenueRequest[] {
    const drained: VenueRequest[] = [];
    for (let waits = true; waits;) {
      waits = this.drainBatch();
      const { requestBatch } = this;
      for (let slot = 0; slot < requestBatch.length; slot += 1) {
        const request = venueRequest(requestBatch.read(slot), this.instruments);
        drained.push({ ...request, venueOrderId: null });
      }
    }
    return drained;
  }

  /**
   * The account added up, with a hash over all states.
   *
   * @throws HoldfastError `ACTOR_STOPPED`: what an actor that stopped holds is not sure
   */
  figures(): ActorAccount {
    const { actors, ...sum } = this.#native.figures();
    return { ...figuresOf(sum), actors: actors.map((each) => figuresOf(each)) };
  }

  /** The actors that take nothing more, and why. */
  get stopped(): readonly StoppedActor[] {
    return this.#native.stopped();
  }

  /** Ends the threads and closes the journals; a later call of anything else is `HANDLE_CLOSED`. Idempotent. */
  close(): ClosedActors {
    if (this.#closed !== undefined) return this.#closed;
    try {
      const { actors, journals, requests_unsent: requestsUnsent, ...sum } = this.#native.close();
      const account = { ...figuresOf(sum), actors: actors.map((each) => figuresOf(each)) };
      this.#closed = { ...account, requestsUnsent, journals };
      return this.#closed;
    } finally {
      this.#native.dispose();
    }
  }

  #prices<Update extends { readonly instrument?: string | number; readonly tsNs?: bigint }>(
    updates: readonly Update[],
    write: (
      update: Update,
      stamp: { index: number; instrument: Instrument; tsNs: bigint },
    ) => number,
  ): void {
    const tsNs = this.#clock();
    this.#telling({ tsNs }, (notices) => {
      try {
        for (const update of updates) {
          const index = this.#indexOf(update.instrument);
          const instrument = instrumentAt(this.instruments, index);
          write(update, { index, instrument, tsNs: update.tsNs ?? tsNs });
          this.#native.sendMarket();
        }
      } catch (error) {
        // What was sent before is taken all the same.
        this.#native.settle(notices);
        throw error;
      }
      this.#native.round(notices);
    });
  }

  #indexOf(instrument: string | number | undefined): number {
    const only = this.instruments.length === 1 ? 0 : undefined;
    const index = typeof instrument === 'string' ? this.#bySymbol.get(instrument) : instrument;
    const found = index ?? (instrument === undefined ? only : undefined);
    if (found !== undefined && this.instruments[found] !== undefined) return found;
    throw new HoldfastError(
      'INSTRUMENT_UNKNOWN',
      `instrument must be one of the account's, was ${String(instrument)}`,
      { context: { field: 'instrument', value: String(instrument) } },
    );
  }

  /** Runs a call at its time and tells what it caused, also when it failed after something had happened. */
  #telling(options: CallOptions, call: (notices: Notice[]) => void): void {
    const notices: Notice[] = [];
    this.#native.memory.callTimeNs = timeOf(options.tsNs ?? this.#clock());
    try {
      call(notices);
    } finally {
      // Each actor closes the day of its slice; there is none of the account.
      const told = notices.filter(({ kind }) => kind !== 'day');
      if (told.length > 0) this.#events.tell(told);
    }
  }
}

function figuresOf(figures: NativeFigures): ActorFigures {
  return {
    equity: figures.equity,
    cash: figures.cash,
    fees: figures.fees,
    netValue: figures.net_value,
    grossExposure: figures.gross_exposure,
    worstExposure: figures.worst_exposure,
    openOrders: figures.open_orders,
    stateHash: figures.state_hash,
  };
}
