import type { Instrument } from '../../core/instrument.js';
import { instrumentAt } from '../../core/instrument-at.js';
import { modeNumber } from '../../core/trading-mode.js';
import { isExternal, type VenueRequest, venueRequest } from '../../core/venue-request.js';
import type { Contingency, TradingMode } from '../../core/vocabulary.generated.js';
import type { Command } from '../../native/command-memory.js';
import type { OrderBatch } from '../../native/order-batch.js';
import type { ReportBatch } from '../../native/report-batch.js';
import type { RequestBatch } from '../../native/request-batch.js';
import type {
  OrderChanges,
  OrderIntent,
  SubmitListResult,
  SubmitResult,
} from '../../strategies/strategy-context.js';
import { amendCommand, checkChangeKeys, checkOrderKeys, orderCommand } from '../order-command.js';
import { resultFrom } from '../submit-result.js';
import type { CallOptions } from './engine-calls.js';
import {
  type BarUpdate,
  MarketWriter,
  type QuoteUpdate,
  type TradeUpdate,
} from './market-update.js';
import { listCall } from './order-list.js';
import { parseSymbolActorsOptions, type SymbolActorsOptions } from './symbol-actors-options.js';
import { type ClosedActors, figuresOf, SymbolActorsView } from './symbol-actors-view.js';

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
export class SymbolActors extends SymbolActorsView {
  readonly #market: MarketWriter;
  #closed: ClosedActors | undefined;

  private constructor(options: SymbolActorsOptions) {
    super(parseSymbolActorsOptions(options));
    this.#market = new MarketWriter(this.native.memory.market);
  }

  /**
   * Divides an account and starts the threads. Journals begin, or go on: with `journal.resume` the state of each actor is that
   * of its newest snapshot and of the records behind it, on any number of threads. Commands that nobody answered are in doubt and
   * wait to be drained as queries, and until `reconcile` was called only what reduces a position passes.
   *
   * @throws HoldfastError `ACTOR_PLAN_INVALID` when an instrument has no actor or several, budgets do not add up to the cash, a
   * count cannot be divided, or the account is of several currencies; `ACTOR_STOPPED` when a thread cannot be started;
   * `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `LIMITS_INVALID`, `JOURNAL_IO`. On resuming `CONFIG_DIFFERS`, `JOURNAL_NOT_FOUND`
   * also when only some actors have a journal, `JOURNAL_LOCKED`, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, `SNAPSHOT_MISSING`
   */
  static open(options: SymbolActorsOptions): SymbolActors {
    return new SymbolActors(options);
  }

  /** Orders for `submitBatch`, written in place; `instrument` is the place in the account's list. */
  get orderBatch(): OrderBatch {
    return this.native.orders;
  }

  /** Reports for `applyReports`, written in place. An order's id tells its actor. */
  get reportBatch(): ReportBatch {
    return this.native.reports;
  }

  /** Requests that `drainBatch` left, read in place. */
  get requestBatch(): RequestBatch {
    return this.native.requests;
  }

  /**
   * Judges the orders of the batch, those of one actor in turn and those of several side by side; each has its outcome in the
   * batch, and one whose actor stopped is refused with `ACTOR_STOPPED`.
   *
   * @throws HoldfastError `HANDLE_CLOSED`, `CAPACITY_EXHAUSTED` when requests are not drained
   */
  submitBatch(options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.submitBatch(notices));
  }

  /** Takes the reports of the batch, as `submitBatch` takes orders. */
  applyReports(options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.applyReports(notices));
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

  /**
   * Judges orders that depend on each other, whole or not at all: two for `oco` and `ouo`, a parent and its children for
   * `oto`, an entry with its stop and its target for `bracket`. All are on instruments of one actor.
   *
   * @throws HoldfastError `ORDER_INVALID` for instruments of several actors and for a list that contradicts itself,
   * `RESTART_UNRECONCILED`, `ACTOR_STOPPED`, `CAPACITY_EXHAUSTED` when requests are not drained
   */
  submitList(
    contingency: Contingency,
    orders: readonly OrderIntent[],
    options: CallOptions = {},
  ): SubmitListResult {
    const submit = listCall(contingency, orders, (order) => this.#command(order));
    return this.telling(options, (notices) => submit(this.native, notices));
  }

  /**
   * Judges a change of an open order and, when approved, asks for it.
   *
   * @throws HoldfastError `ORDER_UNKNOWN`, `AMEND_INVALID`, `ORDER_TRANSITION_ILLEGAL`, `RESTART_UNRECONCILED`
   */
  amend(clientOrderId: number, changes: OrderChanges, options: CallOptions = {}): SubmitResult {
    checkChangeKeys(changes);
    const index = this.native.order(clientOrderId)?.instrument ?? 0;
    const instrument = instrumentAt(this.instruments, index);
    const amendment = amendCommand(changes, instrument);
    return this.telling(options, (notices) => {
      this.native.amend(clientOrderId, amendment, notices);
      return resultFrom(notices, 0, clientOrderId, instrument);
    });
  }

  /**
   * Asks for every open order to be cancelled, of an instrument or of all: actor by actor, the oldest first. What is being
   * cancelled already is not asked for again.
   *
   * @throws HoldfastError `INSTRUMENT_UNKNOWN`
   */
  cancelAll(instrument?: string | number, options: CallOptions = {}): void {
    const index = instrument === undefined ? undefined : this.indexOf(instrument);
    this.telling(options, (notices) => this.native.cancelAll(index, notices));
  }

  /** @throws HoldfastError `ORDER_UNKNOWN` when the order is not open, or no actor's */
  cancel(clientOrderId: number, options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.cancel(clientOrderId, notices));
  }

  /** The outcome of an order's last command is not known: it is in doubt, and a `query` waits to be drained. */
  loseTrack(clientOrderId: number, options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.loseTrack(clientOrderId, notices));
  }

  /**
   * Puts a trading mode in force for every actor, one as strict as the present one or stricter.
   *
   * @throws HoldfastError `MODE_RESET_REQUIRED` for a looser one
   */
  setMode(mode: TradingMode, reason: string, options: CallOptions = {}): void {
    const number = modeNumber(mode, reason);
    this.telling(options, (notices) => this.native.setMode(number, reason, false, notices));
  }

  /** Puts any trading mode in force for every actor: the end of a reset procedure, after a person has looked. */
  resetMode(mode: TradingMode, reason: string, options: CallOptions = {}): void {
    const number = modeNumber(mode, reason);
    this.telling(options, (notices) => this.native.setMode(number, reason, true, notices));
  }

  /**
   * Commits the journals and leaves the oldest requests in the batch; returns whether more wait. What the egress fuse over all
   * actors refuses is denied. Requests of an actor that stopped, or whose journal cannot be committed, never leave; `stopped`
   * tells.
   */
  drainBatch(options: CallOptions = {}): boolean {
    let waits = false;
    // What the fuse refuses is denied here, and listeners hear of it.
    this.telling(options, (notices) => {
      waits = this.native.drain(notices);
    });
    return waits;
  }

  /** As `drainBatch`, all of them, as values that can be kept. */
  drainRequests(options: CallOptions = {}): readonly VenueRequest[] {
    const drained: VenueRequest[] = [];
    for (let waits = true; waits;) {
      waits = this.drainBatch(options);
      const { requestBatch } = this;
      for (let slot = 0; slot < requestBatch.length; slot += 1) {
        const request = requestBatch.read(slot);
        const venueOrderId = isExternal(request.clientOrderId)
          ? this.native.venueOrderId(request.clientOrderId)
          : null;
        drained.push({ ...venueRequest(request, this.instruments), venueOrderId });
      }
    }
    return drained;
  }

  /** Ends the threads and closes the journals; a later call of anything else is `HANDLE_CLOSED`. Idempotent. */
  close(): ClosedActors {
    if (this.#closed !== undefined) return this.#closed;
    try {
      const { actors, journals, requests_unsent: requestsUnsent, ...sum } = this.native.close();
      const account = { ...figuresOf(sum), actors: actors.map((each) => figuresOf(each)) };
      this.#closed = { ...account, requestsUnsent, journals };
      return this.#closed;
    } finally {
      this.native.dispose();
    }
  }

  #prices<Update extends { readonly instrument?: string | number; readonly tsNs?: bigint }>(
    updates: readonly Update[],
    write: (
      update: Update,
      stamp: { index: number; instrument: Instrument; tsNs: bigint },
    ) => number,
  ): void {
    const tsNs = this.clock();
    this.telling({ tsNs }, (notices) => {
      try {
        for (const update of updates) {
          const index = this.indexOf(update.instrument);
          const instrument = instrumentAt(this.instruments, index);
          write(update, { index, instrument, tsNs: update.tsNs ?? tsNs });
          this.native.sendMarket();
        }
      } catch (error) {
        // What was sent before is taken all the same.
        this.native.settle(notices);
        throw error;
      }
      this.native.round(notices);
    });
  }

  #command(order: OrderIntent): Command {
    checkOrderKeys(order);
    const index = this.indexOf(order.instrument);
    const instrument = instrumentAt(this.instruments, index);
    return orderCommand(order, { index, instrument, strategies: this.strategies, strategy: 0 });
  }
}
