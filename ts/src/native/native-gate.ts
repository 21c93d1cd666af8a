import type { AmendCommand } from './command-memory.js';
import { engineCall, fromEngineAddon, loadEngineAddon } from './engine-addon.js';
import type { EngineJournal, NativeEngine as AddonEngine } from './engine-addon.generated.js';
import { BATCH_RECORD_BYTES, EngineMemory } from './engine-memory.js';
import type { FuseState } from './fuse-latch.js';
import { GateMemory } from './gate-memory.js';
import type { ClosedEngine, OrderSnapshot } from './native-engine.js';
import type { AccountSnapshot, GateSignalParts, NativeSnapshot } from './native-session.js';
import { type Notice, NoticeReader } from './notice-reader.js';
import { OrderChecks } from './order-checks.js';
import { type BatchReport, ReportBatch } from './report-batch.js';
import { RequestBatch } from './request-batch.js';
import { FAILED } from './session-memory.js';

/** Requests that are drained in one call. */
const REQUESTS = 64;

export interface NativeGateOptions {
  /** Configuration as the native core writes it into the journal. */
  readonly configJson: string;
  readonly idPrefix: string;
  readonly journal: EngineJournal | undefined;
  /** Folder of the fuse's latch; the journal's when left out. */
  readonly latchFolder: string | undefined;
}

/** What the controls did, as the native core tells it; numbers in a control's unit are texts. */
export interface CoverageSnapshot {
  readonly orders: number;
  readonly denied: number;
  readonly controls: readonly {
    readonly code: string;
    readonly judged: number;
    readonly fired: number;
    readonly limit: string | null;
    readonly observed: string | null;
    readonly used_frac: number | null;
  }[];
}

/** A wish for other limits; a key loosens at once, and a loosening may have an end. */
export interface LimitsWish {
  readonly json: string;
  readonly key?: string | undefined;
  readonly untilNs?: bigint | undefined;
}

type Operation = 'gateCheck' | 'gateSubmit' | 'gateReduce' | 'gateMarket' | 'gateReport' | 'drain';

/** The native engine as a gate: it judges and keeps the books, and its caller sends the orders. */
export class NativeGate {
  readonly memory: EngineMemory;
  /** The order on its way, and its outcome. */
  readonly order: GateMemory;
  readonly requests: RequestBatch;
  readonly checks: OrderChecks;
  readonly #report: ReportBatch;
  readonly #engine: AddonEngine;
  readonly #notices: NoticeReader;
  readonly #functions: Readonly<Record<Operation, () => void>>;

  constructor({ configJson, idPrefix, journal, latchFolder }: NativeGateOptions) {
    const addon = loadEngineAddon();
    this.memory = new EngineMemory(REQUESTS);
    this.order = new GateMemory(this.memory);
    const { exchange, notices, orders, reports, requests, market } = this.memory;
    this.#notices = new NoticeReader(notices);
    this.#report = new ReportBatch(reports.subarray(reports.byteLength - BATCH_RECORD_BYTES));
    this.requests = new RequestBatch(requests);
    const arrays = { exchange, notices, orders, reports, requests, market };
    this.#engine = engineCall(
      () => new addon.NativeEngine(configJson, idPrefix, journal, arrays, latchFolder),
    );
    this.checks = new OrderChecks(this.#engine);
    const made = (name: Operation) => this.#engine.function(name);
    this.#functions = {
      gateCheck: made('gateCheck'),
      gateSubmit: made('gateSubmit'),
      gateReduce: made('gateReduce'),
      gateMarket: made('gateMarket'),
      gateReport: made('gateReport'),
      drain: made('drain'),
    };
  }

  /**
   * Judges the order in memory and changes nothing; false when it could not be judged, and `takeFailure` tells why. Each
   * function has its own place of call, because one that calls several is not compiled into a direct call.
   */
  check(): boolean {
    this.#functions.gateCheck();
    return this.memory.outcome !== FAILED;
  }

  /** Judges the order in memory and reserves it when it is allowed; the answer is that of `check`. */
  submit(): boolean {
    this.#functions.gateSubmit();
    return this.memory.outcome !== FAILED;
  }

  /** Makes an order in memory one that reduces, and submits it. */
  reduce(): boolean {
    this.#functions.gateReduce();
    return this.memory.outcome !== FAILED;
  }

  /** Returns what the last judgement failed with. */
  takeFailure(): unknown {
    try {
      this.#engine.takeFailure();
    } catch (error) {
      return fromEngineAddon(error);
    }
    return undefined;
  }

  /** Appends what the last call told to `into`. */
  read(into: Notice[]): void {
    this.#collect(this.memory.outcome, into);
  }

  /** Takes the quote in memory. */
  market(): void {
    this.memory.count = 1;
    this.#functions.gateMarket();
    this.#throwFailure();
  }

  report(report: BatchReport): void {
    this.#report.clear();
    this.#report.add(report);
    this.#functions.gateReport();
    this.#throwFailure();
  }

  cancel(clientOrderId: number): void {
    engineCall(() => this.#engine.gateCancel(clientOrderId));
  }

  /** Judges a change of an order; its outcome is read as that of an order. */
  amend(clientOrderId: number, amendment: AmendCommand, into: Notice[]): void {
    this.memory.commands.writeAmendment(amendment);
    this.#collect(
      engineCall(() => this.#engine.gateAmend(clientOrderId)),
      into,
    );
  }

  loseTrack(clientOrderId: number): void {
    engineCall(() => this.#engine.loseTrack(clientOrderId));
  }

  setMode(mode: number, reason: string, isReset: boolean): void {
    engineCall(() => this.#engine.setMode(mode, reason, isReset));
  }

  setRate(currency: string, rate: string): void {
    engineCall(() => this.#engine.setRate(currency, rate));
  }

  funding(instrument: number, paid: string): void {
    engineCall(() => this.#engine.funding(instrument, paid));
  }

  signal({ number, target, value }: GateSignalParts): void {
    engineCall(() => this.#engine.gateSignal(number, target, value));
  }

  riskMeasured(measure: { readonly kind: number; readonly values: BigInt64Array }): void {
    engineCall(() => this.#engine.riskMeasured(measure.kind, measure.values));
  }

  changeLimits({ json, key, untilNs }: LimitsWish): void {
    engineCall(() => this.#engine.changeLimits(json, key, untilNs?.toString()));
  }

  planCapital(plan: string, key: string | undefined): void {
    engineCall(() => this.#engine.planCapital(plan, key));
  }

  /** In the order of the strategies. */
  allocations(): readonly string[] {
    return JSON.parse(engineCall(() => this.#engine.allocations())) as string[];
  }

  fuse(): FuseState {
    return JSON.parse(engineCall(() => this.#engine.fuse())) as FuseState;
  }

  limitsInForce(): string {
    return engineCall(() => this.#engine.limitsInForce());
  }

  coverage(): CoverageSnapshot {
    return JSON.parse(engineCall(() => this.#engine.gateCoverage())) as CoverageSnapshot;
  }

  /** Hash over the whole state. */
  imageHash(): string {
    return engineCall(() => this.#engine.imageHash());
  }

  /** Commits the journal and drains requests; returns whether more wait. */
  drain(): boolean {
    this.requests.drained(0);
    this.#functions.drain();
    this.#throwFailure();
    this.requests.drained(this.memory.count);
    return this.memory.requestsWaiting > 0;
  }

  orderOf(clientOrderId: number): OrderSnapshot | null {
    const text = engineCall(() => this.#engine.order(clientOrderId));
    return text === null ? null : (JSON.parse(text) as OrderSnapshot);
  }

  openOrders(): readonly OrderSnapshot[] {
    return JSON.parse(engineCall(() => this.#engine.openOrders())) as OrderSnapshot[];
  }

  openOrderCount(): number {
    return engineCall(() => this.#engine.openOrderCount());
  }

  instrumentOfOrder(clientOrderId: number): number | null {
    return engineCall(() => this.#engine.instrumentOfOrder(clientOrderId));
  }

  /** Writes the view of a position into the memory. */
  position(instrument: number): void {
    engineCall(() => this.#engine.position(instrument));
  }

  currencyIndex(currency: string): number {
    return engineCall(() => this.#engine.currencyIndex(currency));
  }

  mode(): number {
    return engineCall(() => this.#engine.mode());
  }

  snapshot(): NativeSnapshot {
    return JSON.parse(engineCall(() => this.#engine.snapshot())) as NativeSnapshot;
  }

  accountSnapshot(): AccountSnapshot {
    return JSON.parse(engineCall(() => this.#engine.accountSnapshot())) as AccountSnapshot;
  }

  /** Closes the journal and lets go of the native state; a later call is HANDLE_CLOSED. */
  close(): ClosedEngine {
    try {
      return JSON.parse(engineCall(() => this.#engine.close())) as ClosedEngine;
    } finally {
      this.#engine.dispose();
    }
  }

  #throwFailure(): void {
    if (this.memory.outcome === FAILED) engineCall(() => this.#engine.takeFailure());
  }

  #collect(bytes: number, into: Notice[]): void {
    if (bytes === 0) return;
    this.#notices.read(bytes, into);
    while (this.memory.noticesWait) {
      this.#notices.read(
        engineCall(() => this.#engine.moreNotices()),
        into,
      );
    }
  }
}
