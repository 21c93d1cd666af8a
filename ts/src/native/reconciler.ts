import { engineCall, loadEngineAddon } from './engine-addon.js';
import type { NativeReconciler } from './engine-addon.generated.js';

/** What may become of a difference. */
export const RECONCILIATION_DECISIONS = ['adopt', 'flatten', 'ignore'] as const;
export type ReconciliationDecision = (typeof RECONCILIATION_DECISIONS)[number];

/** A difference between the engine and its venue. */
export interface ReconciliationItem {
  /** Sixteen digits; the same difference has the same ones after every restart. */
  readonly id: string;
  /** What differs, such as `POSITION_DIFFERS`. */
  readonly code: string;
  readonly symbol: string | null;
  readonly client_order_id: string | null;
  /** What the engine has. */
  readonly here: string;
  /** What the venue has. */
  readonly there: string;
  /** What may be decided now. */
  readonly decisions: readonly ReconciliationDecision[];
  readonly remedy: string;
  /** Both sides' words in full; prices are ticks, quantities lots. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Something that the venue is to be told; it leaves through a gateway. */
export interface ReconciliationCommand {
  readonly command: 'place' | 'cancel' | 'query' | 'replace';
  readonly client_order_id: string;
  /** The venue's id of an order that was adopted from it. */
  readonly venue_order_id?: string | null;
  readonly symbol?: string | null;
  readonly side?: string;
  readonly type?: string;
  readonly quantity?: string | null;
  readonly reduce_only?: boolean;
}

export interface ReconciliationState {
  /** Mode in force: reduced while items stand open. */
  readonly mode: string;
  readonly open: readonly ReconciliationItem[];
  readonly ignored: readonly ReconciliationItem[];
  readonly commands: readonly ReconciliationCommand[];
  /** Whether balances are compared only when fills and positions are decided. */
  readonly balances_wait: boolean;
}

/** What a restart found. */
export interface RestartReport {
  /** Sequence of the record behind which the snapshot stands that was used; null when the whole journal was replayed. */
  readonly snapshot: number | null;
  /** Snapshots that were refused, the newest first. */
  readonly refused: readonly {
    readonly file: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly replayed: number;
  /** Bytes of a torn end that were cut. */
  readonly cut_bytes: number;
  readonly first_lost_sequence: number | null;
  /** Orders with a command that was not answered. */
  readonly in_doubt: readonly string[];
}

/** Rebuilds a journal's engine and compares it with texts of a venue; `reconcileJournal` of `holdfast` checks them first. */
export class Reconciler {
  readonly #native: NativeReconciler;
  readonly report: RestartReport;

  /** @throws HoldfastError `JOURNAL_NOT_FOUND`, `JOURNAL_LOCKED`, `JOURNAL_CORRUPT`, `SNAPSHOT_MISSING`, `JOURNAL_IO` */
  constructor(folder: string, writes: boolean, nowMs: number) {
    const addon = loadEngineAddon();
    this.#native = engineCall(() => new addon.NativeReconciler(folder, writes, nowMs));
    this.report = JSON.parse(this.#native.report()) as RestartReport;
  }

  /** @throws HoldfastError `VENUE_SNAPSHOT_INVALID`, `VENUE_SNAPSHOT_STALE`, `JOURNAL_IO`, `HANDLE_CLOSED` */
  compare(venue: string): ReconciliationState {
    return this.#state(() => this.#native.compare(venue));
  }

  /** @throws HoldfastError `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, `HANDLE_CLOSED` */
  decide(item: string, decision: ReconciliationDecision, reason = ''): ReconciliationState {
    return this.#state(() => this.#native.decide(item, decision, reason));
  }

  /** @throws HoldfastError `HANDLE_CLOSED` */
  state(): ReconciliationState {
    return this.#state(() => this.#native.state());
  }

  /** Takes a snapshot and gives the journal back; closing twice does nothing. */
  close(): void {
    engineCall(() => this.#native.close());
  }

  #state(call: () => string): ReconciliationState {
    return JSON.parse(engineCall(call)) as ReconciliationState;
  }
}
