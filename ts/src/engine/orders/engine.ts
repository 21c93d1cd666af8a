import { decimalOf, formatDecimal } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { instrumentAt } from '../../core/instrument-at.js';
import { shownValue } from '../../core/shown-value.js';
import type { Contingency } from '../../core/vocabulary.generated.js';
import type { CheckBatch, CheckOrder } from '../../native/check-batch.js';
import type { Command } from '../../native/command-memory.js';
import type { ClosedEngine } from '../../native/native-engine.js';
import type { Notice } from '../../native/notice-reader.js';
import type { OrderBatch } from '../../native/order-batch.js';
import type { ReportBatch } from '../../native/report-batch.js';
import type { RequestBatch } from '../../native/request-batch.js';
import type {
  FailedControl,
  OrderChanges,
  OrderIntent,
  SubmitListResult,
  SubmitResult,
} from '../../strategies/strategy-context.js';
import {
  amendCommand,
  checkChangeKeys,
  checkIdempotencyKey,
  checkOrderKeys,
  orderCommand,
} from '../order-command.js';
import { failedFrom, resultFrom } from '../submit-result.js';
import type { CallOptions } from './engine-calls.js';
import { EngineControls } from './engine-controls.js';
import { type EngineOptions, parseEngineOptions } from './engine-options.js';
import {
  type BarUpdate,
  MarketWriter,
  type QuoteUpdate,
  type TradeUpdate,
} from './market-update.js';
import { TouchBook } from './routing/touch-book.js';
import { listCall } from './order-list.js';
import { batchReport, checkReportKeys, type VenueReport } from './venue-report.js';
import { isExternal, type VenueRequest, venueRequest } from '../../core/venue-request.js';

/** How orders are checked. */
export interface CheckOptions extends CallOptions {
  /** Whether orders count for those behind them, as in a basket. Default false. */
  readonly together?: boolean;
  /** One of the limits' strategies. */
  readonly strategy?: string;
}

/**
 * The engine without a venue: the gate, orders, positions, account and journal of one account, driven by hand. The caller
 * brings prices and the venue's reports, and sends what `drainRequests` returns. Not for two threads at once.
 *
 * @example
 * const engine = Engine.open({
 *   instruments: [btc], limits: presetLimits('bot4'), account: { cash: '10000' }, journal: { path: 'journal' },
 * });
 * engine.quote({ bid: '64999', bidQty: '1', ask: '65001', askQty: '2' });
 * engine.submit({ side: 'buy', quantity: '0.01', orderType: 'limit', limitPrice: '64990', stopLoss: '64000' });
 * for (const request of engine.drainRequests()) await send(request);
 */
export class Engine extends EngineControls {
  readonly #market: MarketWriter;
  readonly #currencies = new Map<string, number>();
  #touches: TouchBook | undefined;
  #closed: ClosedEngine | undefined;

  private constructor(options: EngineOptions) {
    super(parseEngineOptions(options));
    this.#market = new MarketWriter(this.native.memory.market);
  }

  /**
   * Begins a journal, or goes on with one: with `journal.resume` the state is that of its newest snapshot and of the records
   * behind it. Commands that nobody answered are in doubt and wait to be drained as queries, and until `reconcile` was called
   * only what reduces a position passes.
   *
   * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `LIMITS_INVALID`, `INSTRUMENT_INVALID`, `JOURNAL_LOCKED`,
   * `JOURNAL_IO`, also when the folder holds a journal already and it is not resumed: a journal is never written over. On
   * resuming `CONFIG_DIFFERS`, `JOURNAL_NOT_FOUND`, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, `SNAPSHOT_MISSING`
   */
  static open(options: EngineOptions): Engine {
    return new Engine(options);
  }

  /**
   * Judges an order and, when approved, reserves it and asks for it to be placed. A denial is a value, not an error.
   *
   * @throws HoldfastError for an order that contradicts itself, `RESTART_UNRECONCILED`, and what every call throws:
   * `HANDLE_CLOSED`, `EVENT_INVALID` when time runs back, `JOURNAL_IO`, `JOURNAL_STOPPED`
   */
  submit(
    order: OrderIntent,
    options: CallOptions & { readonly idempotencyKey?: string } = {},
  ): SubmitResult {
    checkOptions(options);
    const command = this.#command(order);
    const key = options.idempotencyKey ?? order.idempotencyKey;
    checkIdempotencyKey(key);
    return this.telling(options, (notices) => {
      const clientOrderId =
        key === undefined
          ? this.native.submit(command, notices)
          : this.native.submitOnce(key, command, notices);
      return resultFrom(
        notices,
        0,
        clientOrderId,
        instrumentAt(this.instruments, command.instrument),
      );
    });
  }

  /**
   * Tells what an order would fail if it were submitted now, and changes nothing; empty when it would pass. Own orders that
   * it could match are not looked for.
   *
   * @throws HoldfastError as `submit` for an order that contradicts itself
   */
  check(order: OrderIntent, options: CallOptions = {}): readonly FailedControl[] {
    const command = this.#command(order);
    const notices: Notice[] = [];
    this.timeCall(options);
    this.native.check(command, notices);
    return failedFrom(notices, 0, 1);
  }

  /**
   * Judges orders that depend on each other, whole or not at all: two for `oco` and `ouo`, a parent and its children for
   * `oto`, an entry with its stop and its target for `bracket`.
   *
   * @throws HoldfastError as `submit`
   */
  submitList(
    contingency: Contingency,
    orders: readonly OrderIntent[],
    options: CallOptions = {},
  ): SubmitListResult {
    const submit = listCall(contingency, orders, (order) => this.#command(order));
    return this.telling(options, (notices) => submit(this.native, notices));
  }

  /** @throws HoldfastError `ORDER_UNKNOWN` when the order is not open */
  cancel(clientOrderId: number, options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.cancel(clientOrderId, notices));
  }

  /** @throws HoldfastError `ORDER_UNKNOWN`, `AMEND_INVALID`, `ORDER_TRANSITION_ILLEGAL` */
  amend(clientOrderId: number, changes: OrderChanges, options: CallOptions = {}): SubmitResult {
    checkChangeKeys(changes);
    const index = this.native.instrumentOfOrder(clientOrderId) ?? 0;
    const instrument = instrumentAt(this.instruments, index);
    const amendment = amendCommand(changes, instrument);
    return this.telling(options, (notices) => {
      this.native.amend(clientOrderId, amendment, notices);
      return resultFrom(notices, 0, clientOrderId, instrument);
    });
  }

  /**
   * Takes what a venue says about an order. A report that does not fit is recorded, changes nothing, and is thrown.
   *
   * @throws HoldfastError `FILL_INVALID`, `FILL_CONFLICT`, `REPORT_MISMATCH`, `CURRENCY_UNKNOWN`, `ORDER_ID_INVALID`,
   * `ARGUMENT_INVALID`
   */
  report(report: VenueReport): void {
    checkReportKeys(report);
    const { clientOrderId: given, symbol } = report;
    const clientOrderId = typeof given === 'string' ? this.parseClientOrderId(given) : given;
    const named = symbol === undefined ? undefined : this.indexOf(symbol);
    const only = this.instruments.length === 1 ? 0 : undefined;
    const known = this.native.instrumentOfOrder(clientOrderId) ?? named ?? only;
    const exact = batchReport(report, {
      clientOrderId,
      instrument: known === undefined ? undefined : instrumentAt(this.instruments, known),
      named,
      currencyIndex: (currency) => this.#currencyIndex(currency),
    });
    this.telling({}, (notices) => this.native.report(exact, notices));
  }

  /**
   * The outcome of an order's last command is not known: no answer in time, a lost connection, an answer that cannot be
   * read. The order is in doubt, keeps its reservation, and a `query` waits to be drained. Never report a rejection instead.
   *
   * @throws HoldfastError `ORDER_UNKNOWN`
   */
  loseTrack(clientOrderId: number, options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.loseTrack(clientOrderId, notices));
  }

  /** Takes the best bid and offer; their middle is the reference price. */
  quote(quote: QuoteUpdate): void {
    const stamp = this.#stamp(quote);
    this.#play(stamp.tsNs, () => this.#market.quote(quote, stamp));
    this.#touches?.set(stamp.index, stamp.instrument, quote, stamp.tsNs);
  }

  /** Keeps the last quote of each instrument from now on. */
  followTouches(): TouchBook {
    this.#touches ??= new TouchBook();
    return this.#touches;
  }

  /** Takes a trade of others, whose price is the reference price. */
  trade(trade: TradeUpdate): void {
    const stamp = this.#stamp(trade);
    this.#play(stamp.tsNs, () => this.#market.trade(trade, stamp));
  }

  /** Takes a bar that has closed; its close is the reference price. */
  bar(bar: BarUpdate): void {
    const stamp = this.#stamp(bar);
    this.#play(stamp.tsNs, () => this.#market.bar(bar, stamp));
  }

  /** Takes a rate of exchange: what one unit of the currency costs in the account's. */
  setRate(currency: string, rate: string | number, options: CallOptions = {}): void {
    const { mantissa, scale } = decimalOf(rate);
    const text = formatDecimal(mantissa, scale);
    this.telling(options, (notices) => this.native.setRate(currency, text, notices));
  }

  /** Takes a funding payment in the settlement currency; what the account receives is negative. */
  funding(instrument: string | number, paid: string | number, options: CallOptions = {}): void {
    const { mantissa, scale } = decimalOf(paid);
    const [index, text] = [this.indexOf(instrument), formatDecimal(mantissa, scale)];
    this.telling(options, (notices) => this.native.funding(index, text, notices));
  }

  /**
   * Returns what is to be sent to the venue, oldest first, after the journal was committed: what the journal does not hold
   * does not leave, and neither does what the egress fuse refuses.
   *
   * @throws HoldfastError `JOURNAL_IO`, `JOURNAL_STOPPED`: then nothing leaves
   */
  drainRequests(options: CallOptions = {}): readonly VenueRequest[] {
    const drained: VenueRequest[] = [];
    for (let waits = true; waits;) {
      waits = this.drainBatch(options);
      const { requests } = this.native;
      for (let slot = 0; slot < requests.length; slot += 1) {
        const request = requests.read(slot);
        const venueOrderId = isExternal(request.clientOrderId)
          ? this.native.venueOrderId(request.clientOrderId)
          : null;
        drained.push({ ...venueRequest(request, this.instruments), venueOrderId });
      }
    }
    return drained;
  }

  /** Orders for `submitBatch`, written in place. */
  get orderBatch(): OrderBatch {
    return this.native.orders;
  }

  /** Reports for `applyReports`, written in place. */
  get reportBatch(): ReportBatch {
    return this.native.reports;
  }

  /** Requests that `drainBatch` left, read in place. */
  get requestBatch(): RequestBatch {
    return this.native.requests;
  }

  /** Judges the orders of the batch in turn; each has its outcome in the batch. */
  submitBatch(options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.submitBatch(notices));
  }

  /**
   * Judges orders as if they were submitted now, and sends none: those given, or those that stand in `checks` already. Each
   * is judged alone; `together` counts those ahead that pass as sent. Own orders that one could match are not looked for.
   *
   * @returns `checks`, with what each order failed
   * @throws HoldfastError `CAPACITY_EXHAUSTED`, `ORDER_INVALID` for a side that is none, `EVENT_INVALID` when time runs back
   */
  checkBatch(orders?: readonly CheckOrder[], options: CheckOptions = {}): CheckBatch {
    const { checks } = this;
    if (orders !== undefined) {
      checks.clear();
      for (const order of orders) checks.add(order);
    }
    const { strategy, together } = options;
    this.timeCall(options);
    const number = strategy === undefined ? 0 : this.strategies.of(strategy);
    this.native.checks.run(together === true, number);
    return checks;
  }

  /** Takes the reports of the batch in turn; each has its outcome in the batch. */
  applyReports(options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.applyReports(notices));
  }

  /** As `drainRequests`, into the batch; returns whether more wait. */
  drainBatch(options: CallOptions = {}): boolean {
    let waits = false;
    // What the fuse refuses is denied here, and its listeners hear of it.
    this.telling(options, (notices) => {
      waits = this.native.drain(notices);
    });
    return waits;
  }

  /** Ends the session and closes its journal; a later call of anything else is `HANDLE_CLOSED`. Idempotent. */
  close(): ClosedEngine {
    if (this.#closed !== undefined) return this.#closed;
    const notices: Notice[] = [];
    try {
      this.#closed = this.native.close(notices);
    } finally {
      this.native.dispose();
    }
    this.events.tell(notices);
    return this.#closed;
  }

  #play(tsNs: bigint, write: () => number): void {
    this.telling({ tsNs }, (notices) => this.native.market(write(), notices));
  }

  #stamp({ instrument, tsNs }: { instrument?: string | number; tsNs?: bigint }): {
    readonly index: number;
    readonly instrument: Instrument;
    readonly tsNs: bigint;
  } {
    const index = this.indexOf(instrument);
    return {
      index,
      instrument: instrumentAt(this.instruments, index),
      tsNs: tsNs ?? this.clock(),
    };
  }

  #command(order: OrderIntent): Command {
    checkOrderKeys(order);
    const index = this.indexOf(order.instrument);
    const instrument = instrumentAt(this.instruments, index);
    return orderCommand(order, { index, instrument, strategies: this.strategies, strategy: 0 });
  }

  #currencyIndex(currency: string): number {
    const known = this.#currencies.get(currency);
    if (known !== undefined) return known;
    const index = this.native.currencyIndex(currency);
    this.#currencies.set(currency, index);
    return index;
  }
}

/** What plain JavaScript hands over may be no object at all. @throws HoldfastError `ARGUMENT_INVALID` */
function checkOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  const value = shownValue(options);
  throw new HoldfastError('ARGUMENT_INVALID', `options must be an object, was ${value}`, {
    context: { field: 'options', value },
  });
}
