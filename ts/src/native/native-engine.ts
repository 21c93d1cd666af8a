import type { AmendCommand, Command } from './command-memory.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';
import type { EngineJournal, NativeEngine as AddonEngine } from './engine-addon.generated.js';
import { BATCH_RECORD_BYTES, EngineMemory } from './engine-memory.js';
import type { ReconciliationState, RestartReport } from './reconciler.js';
import type { FuseState } from './fuse-latch.js';
import type { AccountSnapshot, NativeSnapshot } from './native-session.js';
import { type Notice, NoticeReader } from './notice-reader.js';
import { OrderBatch } from './order-batch.js';
import { OrderChecks } from './order-checks.js';
import { type BatchReport, ReportBatch } from './report-batch.js';
import { RequestBatch } from './request-batch.js';
import { FAILED } from './session-memory.js';

export interface NativeEngineOptions {
  /** Configuration as the native core writes it into the journal. */
  readonly configJson: string;
  readonly idPrefix: string;
  readonly journal: EngineJournal | undefined;
  /** Folder of the fuse's latch; the journal's when left out. */
  readonly latchFolder?: string | undefined;
  /** Records of each batch. */
  readonly batchMax: number;
  /** Number of a strategy that the limits name. @throws HoldfastError `STRATEGY_UNKNOWN` */
  readonly strategyNumber: (name: string) => number;
}

/** An order as the native core tells it; 64-bit numbers are texts. */
export interface OrderSnapshot {
  readonly client_order_id: number;
  readonly parent: number;
  readonly instrument: number;
  readonly side: string;
  readonly order_type: string;
  readonly time_in_force: string;
  readonly role: string;
  readonly reduce_only: boolean;
  readonly post_only: boolean;
  readonly strategy: number;
  readonly status: string;
  readonly is_open: boolean;
  readonly overlays: number;
  readonly quantity_lots: string;
  readonly cum_lots: string;
  readonly leaves_lots: string;
  readonly reserved_lots: string;
  readonly filled_tick_lots: string;
  readonly fees: string;
  readonly limit_ticks: string | null;
  readonly trigger_ticks: string | null;
  readonly stop_loss_ticks: string | null;
  readonly take_profit_ticks: string | null;
  readonly is_held: boolean;
}

/** What a closed engine leaves behind. */
export interface ClosedEngine extends NativeSnapshot {
  /** Requests that nobody drained: they were never sent. */
  readonly requests_unsent: number;
  readonly journal_records: number | null;
  readonly journal_head: string | null;
}

type Operation =
  'submit' | 'gateCheck' | 'report' | 'market' | 'submitBatch' | 'applyReports' | 'drain';

/** The native engine without a venue; errors come out as HoldfastError. The time of a call is set before it. */
export class NativeEngine {
  readonly memory: EngineMemory;
  readonly orders: OrderBatch;
  readonly reports: ReportBatch;
  readonly requests: RequestBatch;
  readonly checks: OrderChecks;
  /** The one report that comes alone. */
  readonly #report: ReportBatch;
  readonly #engine: AddonEngine;
  readonly #notices: NoticeReader;
  readonly #functions: Readonly<Record<Operation, () => void>>;

  constructor(options: NativeEngineOptions) {
    const { configJson, idPrefix, journal, latchFolder, batchMax, strategyNumber } = options;
    const addon = loadEngineAddon();
    this.memory = new EngineMemory(batchMax);
    const { exchange, notices, orders, reports, requests, market } = this.memory;
    this.#notices = new NoticeReader(notices);
    this.orders = new OrderBatch(orders, strategyNumber);
    const lastReport = reports.byteLength - BATCH_RECORD_BYTES;
    this.reports = new ReportBatch(reports.subarray(0, lastReport));
    this.#report = new ReportBatch(reports.subarray(lastReport));
    this.requests = new RequestBatch(requests);
    const arrays = { exchange, notices, orders, reports, requests, market };
    this.#engine = engineCall(
      () => new addon.NativeEngine(configJson, idPrefix, journal, arrays, latchFolder),
    );
    this.checks = new OrderChecks(this.#engine);
    const made = (name: Operation) => this.#engine.function(name);
    this.#functions = {
      submit: made('submit'),
      gateCheck: made('gateCheck'),
      report: made('report'),
      market: made('market'),
      submitBatch: made('submitBatch'),
      applyReports: made('applyReports'),
      drain: made('drain'),
    };
  }

  /** Judges an order; returns its id. */
  submit(command: Command, into: Notice[]): number {
    this.memory.commands.write(command);
    this.#run('submit', into);
    return this.memory.lastOrder;
  }

  /** Judges an order and changes nothing; a denial is a notice. */
  check(command: Command, into: Notice[]): void {
    this.memory.commands.write(command);
    this.#run('gateCheck', into);
  }

  /** Judges orders that depend on each other; returns the id of the first. */
  submitList(contingency: number, commands: readonly Command[], into: Notice[]): number {
    this.memory.commands.writeList(contingency, commands);
    this.#run('submit', into);
    return this.memory.lastOrder;
  }

  /** As `submit`, once for each key; returns the id of the key's first order. */
  submitOnce(key: string, command: Command, into: Notice[]): number {
    this.memory.commands.write(command);
    this.#call((engine) => engine.submitOnce(key), into);
    return this.memory.lastOrder;
  }

  amend(clientOrderId: number, amendment: AmendCommand, into: Notice[]): void {
    this.memory.commands.writeAmendment(amendment);
    this.#call((engine) => engine.amend(clientOrderId), into);
  }

  cancel(clientOrderId: number, into: Notice[]): void {
    this.#call((engine) => engine.cancel(clientOrderId), into);
  }

  loseTrack(clientOrderId: number, into: Notice[]): void {
    this.#call((engine) => engine.loseTrack(clientOrderId), into);
  }

  /** Takes a report that comes alone. */
  report(report: BatchReport, into: Notice[]): void {
    this.#report.clear();
    this.#report.add(report);
    this.#run('report', into);
  }

  /** Takes so many market records. */
  market(records: number, into: Notice[]): void {
    this.memory.count = records;
    this.#run('market', into);
  }

  setMode(mode: number, reason: string, isReset: boolean, into: Notice[]): void {
    this.#call((engine) => engine.setMode(mode, reason, isReset), into);
  }

  setRate(currency: string, rate: string, into: Notice[]): void {
    this.#call((engine) => engine.setRate(currency, rate), into);
  }

  riskMeasured(
    measure: { readonly kind: number; readonly values: BigInt64Array },
    into: Notice[],
  ): void {
    this.#call((engine) => engine.riskMeasured(measure.kind, measure.values), into);
  }

  funding(instrument: number, paid: string, into: Notice[]): void {
    this.#call((engine) => engine.funding(instrument, paid), into);
  }

  /** Judges the orders of the batch. */
  submitBatch(into: Notice[]): void {
    this.memory.count = this.orders.length;
    this.#run('submitBatch', into);
  }

  /** Takes the reports of the batch. */
  applyReports(into: Notice[]): void {
    this.memory.count = this.reports.length;
    this.#run('applyReports', into);
  }

  /** Commits the journal and drains as many requests as the batch holds; returns whether more wait. */
  drain(into: Notice[]): boolean {
    this.requests.drained(0);
    this.#run('drain', into);
    this.requests.drained(this.memory.count);
    return this.memory.requestsWaiting > 0;
  }

  commit(): void {
    engineCall(() => this.#engine.commit());
  }

  noteFailure(code: string, message: string): void {
    engineCall(() => this.#engine.noteFailure(code, message));
  }

  order(clientOrderId: number): OrderSnapshot | null {
    const text = engineCall(() => this.#engine.order(clientOrderId));
    return text === null ? null : (JSON.parse(text) as OrderSnapshot);
  }

  /** Records how a venue was chosen for the next order. */
  noteRoute(route: string): void {
    engineCall(() => this.#engine.noteRoute(route));
  }

  /** Index of the instrument of a key's first order; null when the key is not remembered. */
  instrumentOfKey(key: string): number | null {
    return engineCall(() => this.#engine.instrumentOfKey(key));
  }

  /** Index of the instrument of an order; null when the order is not known. */
  instrumentOfOrder(clientOrderId: number): number | null {
    return engineCall(() => this.#engine.instrumentOfOrder(clientOrderId));
  }

  openOrders(): readonly OrderSnapshot[] {
    return JSON.parse(engineCall(() => this.#engine.openOrders())) as OrderSnapshot[];
  }

  openOrderCount(): number {
    return engineCall(() => this.#engine.openOrderCount());
  }

  /** Writes the view of a position into the memory. */
  position(instrument: number): void {
    engineCall(() => this.#engine.position(instrument));
  }

  /** First and last numbers of the reports that are missing. */
  missingReports(instrument: number): readonly (readonly [string, string])[] {
    const text = engineCall(() => this.#engine.missingReports(instrument));
    return JSON.parse(text) as [string, string][];
  }

  currencyIndex(currency: string): number {
    return engineCall(() => this.#engine.currencyIndex(currency));
  }

  mode(): number {
    return engineCall(() => this.#engine.mode());
  }

  planCapital(plan: string, key: string | undefined, into: Notice[]): void {
    this.#call((engine) => engine.planCapital(plan, key), into);
  }

  /** What each strategy may have at risk, in the order of the limits. */
  allocations(): readonly string[] {
    return JSON.parse(engineCall(() => this.#engine.allocations())) as string[];
  }

  fuse(): FuseState {
    return JSON.parse(engineCall(() => this.#engine.fuse())) as FuseState;
  }

  snapshot(): NativeSnapshot {
    return JSON.parse(engineCall(() => this.#engine.snapshot())) as NativeSnapshot;
  }

  accountSnapshot(): AccountSnapshot {
    return JSON.parse(engineCall(() => this.#engine.accountSnapshot())) as AccountSnapshot;
  }

  /** What the restart found; null for a journal that was begun. */
  restart(): RestartReport | null {
    const text = this.#engine.restartReport();
    return text === null ? null : (JSON.parse(text) as RestartReport);
  }

  /** Whether nothing was compared with the venue since the journal was resumed. */
  awaitsVenue(): boolean {
    return engineCall(() => this.#engine.awaitsVenue());
  }

  /** Compares with what the venue said, as `venueStateText` writes it. */
  reconcile(venue: string, into: Notice[]): void {
    this.#call((engine) => engine.reconcile(venue), into);
  }

  /** Decides about a difference. */
  decide(item: string, decision: string, reason: string, into: Notice[]): void {
    this.#call((engine) => engine.decide(item, decision, reason), into);
  }

  /** Sets after how many nanoseconds a request without an answer is in doubt. */
  set answerLimitNs(limitNs: number) {
    engineCall(() => this.#engine.setAnswerLimit(limitNs));
  }

  /** Lets time pass up to that of the call. */
  tick(into: Notice[]): void {
    this.#call((engine) => engine.tick(), into);
  }

  /** When `tick` is due; null while nothing waits. */
  nextTimer(): bigint | null {
    return engineCall(() => this.#engine.nextTimer());
  }

  reconciliation(): ReconciliationState {
    return JSON.parse(engineCall(() => this.#engine.reconciliation())) as ReconciliationState;
  }

  /** The venue's id of an order that was adopted from it. */
  venueOrderId(clientOrderId: number): string | null {
    return engineCall(() => this.#engine.venueOrderId(clientOrderId));
  }

  /** Closes the journal; the notices of the last day are appended to `into`. */
  close(into: Notice[]): ClosedEngine {
    const closed = JSON.parse(engineCall(() => this.#engine.close())) as ClosedEngine;
    this.#collect(
      engineCall(() => this.#engine.moreNotices()),
      into,
    );
    return closed;
  }

  /** Lets go of the native state; a later call is HANDLE_CLOSED. Idempotent. */
  dispose(): void {
    this.#engine.dispose();
  }

  /** Runs a function that takes its arguments from memory; what a failed one caused is collected all the same. */
  #run(operation: Operation, into: Notice[]): void {
    this.#functions[operation]();
    const bytes = this.memory.outcome;
    if (bytes === 0) return;
    if (bytes !== FAILED) this.#collect(bytes, into);
    else this.#failing(() => this.#engine.takeFailure(), into);
  }

  #call(call: (engine: AddonEngine) => number, into: Notice[]): void {
    const bytes = this.#failing(() => call(this.#engine), into);
    if (bytes > 0) this.#collect(bytes, into);
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
      return this.#engine.moreNotices();
    } catch {
      // A handle that is closed has none; why the call failed is what is told.
      return 0;
    }
  }

  #collect(bytes: number, into: Notice[]): void {
    this.#notices.read(bytes, into);
    while (this.memory.noticesWait) {
      this.#notices.read(
        engineCall(() => this.#engine.moreNotices()),
        into,
      );
    }
  }
}

/** The text that a venue sees of an order id. */
export function orderIdText(prefix: string, clientOrderId: number): string {
  return engineCall(() => loadEngineAddon().orderIdText(prefix, clientOrderId));
}

/** The order id of a text that a venue sent. @throws HoldfastError `ORDER_ID_INVALID` for another's */
export function parseOrderId(prefix: string, text: string): number {
  return engineCall(() => loadEngineAddon().parseOrderId(prefix, text));
}
