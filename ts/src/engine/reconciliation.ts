import { HoldfastError } from '../core/holdfast-error.js';
import {
  type ReconciliationDecision,
  type ReconciliationState,
  Reconciler,
  type RestartReport,
} from '../native/reconciler.js';
import { type VenueState, venueStateText } from './venue-state.js';

export interface ReconciliationOptions {
  /** Write what is compared and decided to the journal. Default false: a look that changes nothing. */
  readonly write?: boolean;
  /** The present time, for the age of a lock that somebody else holds. Default 0. */
  readonly nowMs?: number;
}

/**
 * The state of a journal beside what its venue says: differences are items, and trading stays reduced until each is
 * adopted, flattened or ignored with a reason.
 *
 * @example
 * const reconciliation = new Reconciliation('live/journal', { write: true });
 * const { open } = reconciliation.compare(await venueState());
 * for (const { id } of open) reconciliation.decide(id, 'adopt');
 * reconciliation.close();
 */
export class Reconciliation {
  readonly #reconciler: Reconciler;

  /**
   * Restarts the journal's engine from its newest snapshot that holds and the records behind it.
   *
   * @throws HoldfastError `JOURNAL_NOT_FOUND`, `JOURNAL_LOCKED`, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, `SNAPSHOT_MISSING`,
   * `JOURNAL_IO`
   */
  constructor(journal: string, { write = false, nowMs = 0 }: ReconciliationOptions = {}) {
    if (typeof journal !== 'string') {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `journal must be a path, was of type ${typeof journal}`,
        { context: { field: 'journal' } },
      );
    }
    this.#reconciler = new Reconciler(journal, write, nowMs);
  }

  /** What the restart found: the snapshot used, those refused, and the commands without an answer. */
  get restart(): RestartReport {
    return this.#reconciler.report;
  }

  /** Items, mode, and the commands that have to be sent to the venue. */
  get state(): ReconciliationState {
    return this.#reconciler.state();
  }

  /**
   * Compares with what the venue says. A difference that was listed before stays the same item.
   *
   * @throws HoldfastError `VENUE_SNAPSHOT_INVALID` naming the field, `VENUE_SNAPSHOT_STALE`, `JOURNAL_IO`, `HANDLE_CLOSED`
   */
  compare(venue: VenueState): ReconciliationState {
    return this.#reconciler.compare(venueStateText(venue));
  }

  /**
   * Decides about an open item; to ignore it takes a reason.
   *
   * @throws HoldfastError `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, `JOURNAL_IO`, `HANDLE_CLOSED`
   */
  decide(item: string, decision: ReconciliationDecision, reason?: string): ReconciliationState {
    return this.#reconciler.decide(item, decision, reason);
  }

  /** Adopts every item for which that is possible, those included that show only then, and returns what is left. */
  adoptAll(reason?: string): ReconciliationState {
    let state = this.state;
    for (;;) {
      const next = state.open.find(({ decisions }) => decisions.includes('adopt'));
      if (next === undefined) return state;
      state = this.decide(next.id, 'adopt', reason);
    }
  }

  /** Takes a snapshot where it wrote, and gives the journal back; closing twice does nothing. */
  close(): void {
    this.#reconciler.close();
  }
}
