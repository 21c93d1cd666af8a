import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { type OrderView, orderView } from '../../core/order-view.js';
import { StrategyNumbers } from '../../core/strategy-numbers.js';
import { systemClock } from '../../core/system-clock.js';
import type { FuseState } from '../../native/fuse-latch.js';
import {
  type ActorDecision,
  NativeActors,
  type NativeFigures,
} from '../../native/native-actors.js';
import type { Notice } from '../../native/notice-reader.js';
import type { ReconciliationState, RestartReport } from '../../native/reconciler.js';
import { type VenueState, venueStateText } from '../venue-state.js';
import { type CallOptions, timeOf } from './engine-calls.js';
import { engineConfigJson, journalRecord } from './engine-options.js';
import { EventQueue } from './event-queue.js';
import type { ParsedSymbolActorsOptions } from './symbol-actors-options.js';

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
  /** Orders that the gate or the egress fuse denied. */
  readonly denied: number;
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

/** What can be read from symbol actors, how calls on them are told, and what puts them beside their venue. */
export class SymbolActorsView {
  readonly instruments: readonly Instrument[];
  /** What was found when the journals were resumed, actor by actor: what was replayed and cut, orders in doubt; otherwise null. */
  readonly restart: readonly RestartReport[] | null;
  protected readonly native: NativeActors;
  protected readonly clock: () => bigint;
  protected readonly strategies: StrategyNumbers;
  readonly #events: EventQueue;
  readonly #bySymbol: ReadonlyMap<string, number>;

  protected constructor({ engine, parts, threads }: ParsedSymbolActorsOptions) {
    const { instruments, journal, orders, onEvent, limits } = engine;
    this.instruments = instruments;
    this.#bySymbol = new Map(instruments.map(({ symbol }, index) => [symbol, index]));
    this.clock = engine.clock ?? systemClock;
    this.strategies = new StrategyNumbers(limits.strategies);
    this.native = new NativeActors({
      configJson: engineConfigJson(engine),
      parts,
      threads,
      idPrefix: orders.idPrefix,
      journal:
        journal === undefined
          ? undefined
          : journalRecord(journal, Number(this.clock() / NS_PER_MS)),
      latchFolder: engine.fuse.latch,
      batchMax: engine.batchMax,
      strategyNumber: (name) => this.strategies.of(name),
    });
    this.restart = this.native.restart();
    this.#events = new EventQueue(instruments, [], onEvent);
    this.native.memory.listens = onEvent !== undefined;
  }

  /** An order as it stands, also one that ended a while ago; null when no actor knows it. */
  order(clientOrderId: number): OrderView | null {
    const order = this.native.order(clientOrderId);
    return order === null ? null : orderView(order, this.instruments, this.strategies);
  }

  /** The orders that have not ended, actor by actor, those of each by rising id. */
  openOrders(): readonly OrderView[] {
    const open = this.native.openOrders();
    return open.map((order) => orderView(order, this.instruments, this.strategies));
  }

  /**
   * The account added up, with a hash over all states.
   *
   * @throws HoldfastError `ACTOR_STOPPED`: what an actor that stopped holds is not sure
   */
  figures(): ActorAccount {
    const { actors, ...sum } = this.native.figures();
    return { ...figuresOf(sum), actors: actors.map((each) => figuresOf(each)) };
  }

  /** How the egress fuse stands, which is one over all actors. */
  get fuse(): FuseState {
    return this.native.fuse();
  }

  /** The actors that take nothing more, and why. */
  get stopped(): readonly StoppedActor[] {
    return this.native.stopped();
  }

  /**
   * Returns when everything recorded so far is as durable as the policy of the journals says; what leaves is so without it.
   *
   * @throws HoldfastError `JOURNAL_IO`, `JOURNAL_STOPPED`: the actor whose journal failed stops
   */
  commit(): void {
    this.native.commit();
  }

  /** Whether journals were resumed and `reconcile` was not called since: then only what reduces a position passes. */
  get awaitsVenue(): boolean {
    return this.native.awaitsVenue();
  }

  /**
   * Compares each actor with its part of what the venue says, by the symbols of its entries. While a difference stands open its
   * actor trades reduced. Balances are to be left out where there are several actors: none has that of the account.
   *
   * @returns how each actor stands
   * @throws HoldfastError `VENUE_SNAPSHOT_INVALID` naming the field, `VENUE_SNAPSHOT_STALE`, `ACTOR_STOPPED`
   */
  reconcile(venue: VenueState, options: CallOptions = {}): readonly ReconciliationState[] {
    const text = venueStateText(venue);
    this.telling(options, (notices) => this.native.reconcile(text, notices));
    return this.native.reconciliation();
  }

  /**
   * Decides about an open item of an actor; to ignore it takes a reason. What the venue has to be told of it waits to be drained.
   *
   * @throws HoldfastError `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, `ACTOR_STOPPED`
   */
  decide(decision: ActorDecision, options: CallOptions = {}): readonly ReconciliationState[] {
    const decided = { reason: '', ...decision };
    this.telling(options, (notices) => this.native.decide(decided, notices));
    return this.native.reconciliation();
  }

  /** Differences of each actor with the venue, its mode in force, and its requests that wait to be drained. */
  get reconciliation(): readonly ReconciliationState[] {
    return this.native.reconciliation();
  }

  protected indexOf(instrument: string | number | undefined): number {
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
  protected telling<Result>(options: CallOptions, call: (notices: Notice[]) => Result): Result {
    const notices: Notice[] = [];
    this.native.memory.callTimeNs = timeOf(options.tsNs ?? this.clock());
    try {
      return call(notices);
    } finally {
      // Each actor closes the day of its slice; there is none of the account.
      const told = notices.filter(({ kind }) => kind !== 'day');
      if (told.length > 0) this.#events.tell(told);
    }
  }
}

export function figuresOf(figures: NativeFigures): ActorFigures {
  return {
    equity: figures.equity,
    cash: figures.cash,
    fees: figures.fees,
    netValue: figures.net_value,
    grossExposure: figures.gross_exposure,
    worstExposure: figures.worst_exposure,
    openOrders: figures.open_orders,
    denied: figures.denied,
    stateHash: figures.state_hash,
  };
}
