import type { AmendCommand, Command } from './command-memory.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';
import type {
  ActorPart,
  EngineJournal,
  NativeActors as AddonActors,
} from './engine-addon.generated.js';
import { BATCH_RECORD_BYTES, EngineMemory } from './engine-memory.js';
import type { FuseState } from './fuse-latch.js';
import { type Notice, NoticeReader } from './notice-reader.js';
import type { OrderSnapshot } from './native-engine.js';
import { OrderBatch } from './order-batch.js';
import type { ReconciliationDecision, ReconciliationState, RestartReport } from './reconciler.js';
import { ReportBatch } from './report-batch.js';
import { RequestBatch } from './request-batch.js';
import { FAILED } from './session-memory.js';

export interface NativeActorsOptions {
  /** Configuration of the whole account as the native core reads it. */
  readonly configJson: string;
  readonly parts: ActorPart[];
  /** Worker threads. */
  readonly threads: number;
  readonly idPrefix: string;
  readonly journal: EngineJournal | undefined;
  /** Folder of the fuse's latch; the journal's when left out. */
  readonly latchFolder: string | undefined;
  /** Records of each batch. */
  readonly batchMax: number;
  /** Number of a strategy that the limits name. @throws HoldfastError `STRATEGY_UNKNOWN` */
  readonly strategyNumber: (name: string) => number;
}

/** Money and state of an actor, or of all of them; money as exact text. */
export interface NativeFigures {
  readonly equity: string;
  readonly cash: string;
  readonly fees: string;
  readonly net_value: string;
  readonly gross_exposure: string;
  readonly worst_exposure: string;
  readonly open_orders: number;
  readonly denied: number;
  readonly state_hash: string;
}

/** The account added up, with the parts that it was added up from. */
export interface NativeAccountFigures extends NativeFigures {
  readonly actors: readonly NativeFigures[];
}

export interface NativeClosedActors extends NativeAccountFigures {
  readonly requests_unsent: number;
  /** Records and head of each actor's journal; null without one. */
  readonly journals: readonly ({ readonly records: number; readonly head: string } | null)[];
}

export interface NativeStoppedActor {
  readonly actor: number;
  readonly code: string;
  readonly message: string;
}

/** A decision about a difference of an actor with the venue. */
export interface ActorDecision {
  /** Place of the actor. */
  readonly actor: number;
  readonly item: string;
  readonly decision: ReconciliationDecision;
  /** Needed to ignore. */
  readonly reason?: string;
}

type Operation =
  'submitBatch' | 'applyReports' | 'market' | 'round' | 'settle' | 'drain' | 'submitList';

/** Native symbol actors; errors come out as HoldfastError. The time of a call is set before it. */
export class NativeActors {
  readonly memory: EngineMemory;
  readonly orders: OrderBatch;
  readonly reports: ReportBatch;
  readonly requests: RequestBatch;
  readonly #actors: AddonActors;
  readonly #notices: NoticeReader;
  readonly #functions: Readonly<Record<Operation, () => void>>;

  constructor(options: NativeActorsOptions) {
    const { configJson, parts, threads, idPrefix, journal, latchFolder } = options;
    const { batchMax, strategyNumber } = options;
    const addon = loadEngineAddon();
    this.memory = new EngineMemory(batchMax);
    const { exchange, notices, orders, reports, requests, market } = this.memory;
    this.#notices = new NoticeReader(notices);
    this.orders = new OrderBatch(orders, strategyNumber);
    this.reports = new ReportBatch(reports.subarray(0, batchMax * BATCH_RECORD_BYTES));
    this.requests = new RequestBatch(requests);
    const arrays = { exchange, notices, orders, reports, requests, market };
    this.#actors = engineCall(
      () =>
        new addon.NativeActors(configJson, parts, threads, idPrefix, journal, arrays, latchFolder),
    );
    const made = (name: Operation) => this.#actors.function(name);
    this.#functions = {
      submitBatch: made('submitBatch'),
      applyReports: made('applyReports'),
      market: made('market'),
      round: made('round'),
      settle: made('settle'),
      drain: made('drain'),
      submitList: made('submitList'),
    };
  }

  /** Judges the orders of the batch, each by its actor. */
  submitBatch(into: Notice[]): void {
    this.memory.count = this.orders.length;
    this.#run('submitBatch', into);
  }

  /** Takes the reports of the batch, each by its actor. */
  applyReports(into: Notice[]): void {
    this.memory.count = this.reports.length;
    this.#run('applyReports', into);
  }

  /** Sends the market update in memory to its actor, and does not wait. */
  sendMarket(): void {
    this.#run('market', []);
  }

  /** Waits until all actors took what was sent to them, and throws why the first input was refused. */
  round(into: Notice[]): void {
    this.#run('round', into);
  }

  /** As `round`, where another failure is thrown. */
  settle(into: Notice[]): void {
    this.#run('settle', into);
  }

  /** Judges a list by the actor of its instruments, and returns the id of its first order. */
  submitList(contingency: number, commands: readonly Command[], into: Notice[]): number {
    this.memory.commands.writeList(contingency, commands);
    this.#run('submitList', into);
    return this.memory.lastOrder;
  }

  amend(clientOrderId: number, amendment: AmendCommand, into: Notice[]): void {
    this.memory.commands.writeAmendment(amendment);
    this.#call((actors) => actors.amend(clientOrderId), into);
  }

  /** Asks for every open order to be cancelled, of an instrument or of all. */
  cancelAll(instrument: number | undefined, into: Notice[]): void {
    this.#call((actors) => actors.cancelAll(instrument), into);
  }

  cancel(clientOrderId: number, into: Notice[]): void {
    this.#call((actors) => actors.cancel(clientOrderId), into);
  }

  loseTrack(clientOrderId: number, into: Notice[]): void {
    this.#call((actors) => actors.loseTrack(clientOrderId), into);
  }

  setMode(mode: number, reason: string, isReset: boolean, into: Notice[]): void {
    this.#call((actors) => actors.setMode(mode, reason, isReset), into);
  }

  /** Commits the journals and drains as many requests as the batch holds; returns whether more wait. */
  drain(into: Notice[]): boolean {
    this.requests.drained(0);
    this.#run('drain', into);
    this.requests.drained(this.memory.count);
    return this.memory.requestsWaiting > 0;
  }

  order(clientOrderId: number): OrderSnapshot | null {
    const text = engineCall(() => this.#actors.order(clientOrderId));
    return text === null ? null : (JSON.parse(text) as OrderSnapshot);
  }

  openOrders(): readonly OrderSnapshot[] {
    return JSON.parse(engineCall(() => this.#actors.openOrders())) as OrderSnapshot[];
  }

  /** What each actor's restart found; null where the journals were begun. */
  restart(): readonly RestartReport[] | null {
    const text = this.#actors.restartReport();
    return text === null ? null : (JSON.parse(text) as RestartReport[]);
  }

  awaitsVenue(): boolean {
    return engineCall(() => this.#actors.awaitsVenue());
  }

  reconcile(venue: string, into: Notice[]): void {
    this.#call((actors) => actors.reconcile(venue), into);
  }

  decide(
    { actor, item, decision, reason }: ActorDecision & { readonly reason: string },
    into: Notice[],
  ): void {
    this.#call((actors) => actors.decide(actor, item, decision, reason), into);
  }

  reconciliation(): readonly ReconciliationState[] {
    return JSON.parse(engineCall(() => this.#actors.reconciliation())) as ReconciliationState[];
  }

  venueOrderId(clientOrderId: number): string | null {
    return engineCall(() => this.#actors.venueOrderId(clientOrderId));
  }

  /** Returns when what was recorded is as durable as the policy of the journals says. */
  commit(): void {
    engineCall(() => this.#actors.commit());
  }

  figures(): NativeAccountFigures {
    return JSON.parse(engineCall(() => this.#actors.figures())) as NativeAccountFigures;
  }

  fuse(): FuseState {
    return JSON.parse(engineCall(() => this.#actors.fuse())) as FuseState;
  }

  stopped(): readonly NativeStoppedActor[] {
    return JSON.parse(engineCall(() => this.#actors.stopped())) as NativeStoppedActor[];
  }

  /** Ends the threads and closes the journals. */
  close(): NativeClosedActors {
    return JSON.parse(engineCall(() => this.#actors.close())) as NativeClosedActors;
  }

  /** Lets go of the native state; a later call is HANDLE_CLOSED. Idempotent. */
  dispose(): void {
    this.#actors.dispose();
  }

  /** Runs a function that takes its arguments from memory; what a failed one caused is collected all the same. */
  #run(operation: Operation, into: Notice[]): void {
    this.#functions[operation]();
    const bytes = this.memory.outcome;
    if (bytes === 0) return;
    if (bytes !== FAILED) this.#collect(bytes, into);
    else engineCall(() => this.#actors.takeFailure());
  }

  #call(call: (actors: AddonActors) => number, into: Notice[]): void {
    const bytes = engineCall(() => call(this.#actors));
    if (bytes > 0) this.#collect(bytes, into);
  }

  #collect(bytes: number, into: Notice[]): void {
    this.#notices.read(bytes, into);
    while (this.memory.noticesWait) {
      const more = engineCall(() => this.#actors.moreNotices());
      this.#notices.read(more, into);
    }
  }
}
