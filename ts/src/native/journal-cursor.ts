import { RECORD_KINDS, type RecordKind } from '../core/vocabulary.generated.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';
import type { NativeJournalCursor } from './engine-addon.generated.js';
import type { JournalRecord } from './journal-tools.js';

/** Records that cross from native code at once; more only costs memory. */
const BATCH_RECORDS = 1_000;

/** Tells a kind of record from another word. */
export function isRecordKind(name: string): name is RecordKind {
  return Object.hasOwn(RECORD_KINDS, name);
}

export interface JournalCursorOptions {
  /** First record. Default 0. */
  readonly first?: number | undefined;
  /** Leave out segments that end before `first`, unverified. Default false. */
  readonly near?: boolean;
  /** Only records of these kinds. */
  readonly kinds?: readonly RecordKind[] | undefined;
  /** Only records about this order, and of the orders that protect it. */
  readonly order?: string | undefined;
}

/** Goes through a journal record by record, verifying every byte on the way. */
export class JournalCursor {
  readonly #cursor: NativeJournalCursor;

  /** @throws HoldfastError `JOURNAL_NOT_FOUND`, `ARGUMENT_INVALID` */
  constructor(
    folder: string,
    { first = 0, near = false, kinds, order }: JournalCursorOptions = {},
  ) {
    const { NativeJournalCursor: Cursor } = loadEngineAddon();
    this.#cursor = engineCall(
      () => new Cursor(folder, first, !near, kinds === undefined ? null : [...kinds], order),
    );
  }

  /** Sequence of the record that comes next in the journal, whether it is wanted or not. */
  get nextSequence(): number {
    return this.#cursor.nextSequence;
  }

  /**
   * Gives the records up to the journal's end.
   *
   * @throws HoldfastError `JOURNAL_CORRUPT`, `JOURNAL_TRUNCATED` or `JOURNAL_VERSION` behind the last intact record
   */
  *records(): Generator<JournalRecord, void, undefined> {
    for (;;) {
      const texts = engineCall(() => this.#cursor.advance(BATCH_RECORDS));
      for (const text of texts) yield JSON.parse(text) as JournalRecord;
      if (texts.length === 0) return;
    }
  }

  /** Looks for what was written meanwhile, so that `records` gives it. */
  refresh(): void {
    engineCall(() => this.#cursor.refresh());
  }
}
