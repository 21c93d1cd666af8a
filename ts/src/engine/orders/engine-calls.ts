import { HoldfastError } from '../../core/holdfast-error.js';
import type { Notice } from '../../native/notice-reader.js';
import type { ReconciliationDecision, ReconciliationState } from '../../native/reconciler.js';
import { type VenueState, venueStateText } from '../venue-state.js';
import type { ParsedEngineOptions } from './engine-options.js';
import type { EngineEvent } from './engine-event.js';
import { EngineView } from './engine-view.js';
import { EventQueue } from './event-queue.js';
import { shownValue } from '../../core/shown-value.js';
import { systemClock } from '../../core/system-clock.js';

const NS_PER_MS = 1_000_000;

/** The time of a call, where the clock is not to be asked: nanoseconds since 1970. */
export interface CallOptions {
  readonly tsNs?: bigint;
}

/** How calls on an engine are timed and told, and what puts it beside its venue. */
export class EngineCalls extends EngineView {
  protected readonly clock: () => bigint;
  protected readonly events: EventQueue;

  protected constructor(options: ParsedEngineOptions) {
    const clock = options.clock ?? systemClock;
    super(options, clock());
    this.clock = clock;
    const currencies = this.native.accountSnapshot().currencies.map(({ currency }) => currency);
    this.events = new EventQueue(this.instruments, currencies, options.onEvent);
    this.native.memory.listens = this.events.isHeard;
    const { answerMsMax } = options;
    if (answerMsMax !== undefined) this.native.answerLimitNs = answerMsMax * NS_PER_MS;
  }

  /** The time of the engine's clock, nanoseconds since 1970. */
  now(): bigint {
    return this.clock();
  }

  /** Has another listener hear of what happens from now on, as `onEvent` does; returns how it stops. */
  listen(listener: (event: EngineEvent) => void): () => void {
    const stop = this.events.listen(listener);
    this.native.memory.listens = true;
    return () => {
      stop();
      this.native.memory.listens = this.events.isHeard;
    };
  }

  /** Whether it was resumed and `reconcile` was not called since: then only what reduces a position passes. */
  get awaitsVenue(): boolean {
    return this.native.awaitsVenue();
  }

  /**
   * Compares with what the venue says. Each difference is an item; while one stands open trading is reduced. A difference
   * that was listed before stays the same item.
   *
   * @throws HoldfastError `VENUE_SNAPSHOT_INVALID` naming the field, `VENUE_SNAPSHOT_STALE`, and as `submit`
   */
  reconcile(venue: VenueState, options: CallOptions = {}): ReconciliationState {
    const text = venueStateText(venue);
    this.telling(options, (notices) => this.native.reconcile(text, notices));
    return this.native.reconciliation();
  }

  /**
   * Decides about an open item; to ignore it takes a reason. What the venue has to be told of it waits to be drained.
   *
   * @throws HoldfastError `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, and as `submit`
   */
  decide(
    item: string,
    decision: ReconciliationDecision,
    reason = '',
    options: CallOptions = {},
  ): ReconciliationState {
    this.telling(options, (notices) => this.native.decide(item, decision, reason, notices));
    return this.native.reconciliation();
  }

  /** Differences with the venue, the mode in force, and the requests that wait to be drained. */
  get reconciliation(): ReconciliationState {
    return this.native.reconciliation();
  }

  /**
   * Lets time pass: a request without an answer after `answerMsMax` is in doubt, a doubt is asked about again, an order that the
   * engine holds ends with its `gtd` or `day`, and reports stop waiting for one that is missing. What follows waits to be
   * drained. What is due and is not ticked happens later, and nothing is lost by it.
   *
   * @throws HoldfastError as `submit`
   */
  tick(options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.tick(notices));
  }

  /** When `tick` is due at the latest, nanoseconds since 1970; null while nothing waits. Ask again after each call. */
  nextTimer(): bigint | null {
    return this.native.nextTimer();
  }

  /** Runs a call at its time and tells what it caused, also when it failed after something had happened. */
  protected telling<Result>(options: CallOptions, call: (notices: Notice[]) => Result): Result {
    const notices: Notice[] = [];
    this.timeCall(options);
    try {
      return call(notices);
    } finally {
      if (notices.length > 0) this.events.tell(notices);
    }
  }

  /** Sets the time of the next call. */
  protected timeCall({ tsNs }: CallOptions): void {
    this.native.memory.callTimeNs = timeOf(tsNs ?? this.clock());
  }
}

/** A time that does not fit would come out as another one. @throws HoldfastError `TIMESTAMP_INVALID` */
export function timeOf(tsNs: bigint): bigint {
  if (typeof tsNs === 'bigint' && BigInt.asIntN(64, tsNs) === tsNs) return tsNs;
  throw new HoldfastError(
    'TIMESTAMP_INVALID',
    `time must be nanoseconds since 1970 as a bigint of 64 bits, was ${shownValue(tsNs)}`,
    { context: { field: 'tsNs', value: shownValue(tsNs) } },
  );
}
