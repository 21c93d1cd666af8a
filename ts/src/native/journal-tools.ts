import { HoldfastError } from '../core/holdfast-error.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';

/** What a whole reading of a journal found. */
export interface JournalSummary {
  readonly records: number;
  readonly segments: number;
  readonly bytes: number;
  /** Head of the BLAKE3 chain, hexadecimal. */
  readonly head: string;
  /** Whether the session ended with its closing record. */
  readonly closed: boolean;
  readonly first_ns: string | null;
  readonly last_ns: string | null;
}

export interface JournalReplay {
  readonly journal: JournalSummary;
  readonly state_hash: string;
  readonly compared_with_close: boolean;
}

/** One record with its content; amounts are exact decimal strings, prices ticks, quantities lots. */
export interface JournalRecord {
  readonly sequence: number;
  readonly kind: string;
  readonly ts_ns: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Verifies checksum and chain of every record.
 *
 * @throws HoldfastError `JOURNAL_NOT_FOUND`, `JOURNAL_CORRUPT` or `JOURNAL_TRUNCATED` naming record, file and offset
 */
export function verifyJournal(folder: string): JournalSummary {
  return JSON.parse(
    engineCall(() => loadEngineAddon().journalVerify(checkFolder(folder))),
  ) as JournalSummary;
}

/**
 * Runs the recorded inputs through a fresh engine and compares every output.
 *
 * @throws HoldfastError `JOURNAL_DIVERGED` at the first record that differs, and the errors of `verifyJournal`
 */
export function replayJournal(folder: string): JournalReplay {
  return JSON.parse(
    engineCall(() => loadEngineAddon().journalReplay(checkFolder(folder))),
  ) as JournalReplay;
}

function checkFolder(folder: unknown): string {
  if (typeof folder === 'string') return folder;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `folder must be a path, was of type ${typeof folder}`,
    {
      context: { field: 'folder' },
    },
  );
}

/** Most records in one answer of `readJournal`. */
export const JOURNAL_RECORDS_MAX = 100_000;

/** Returns the records from sequence `first` on, at most `count`. @throws HoldfastError as `verifyJournal` */
export function readJournal(folder: string, first: number, count: number): JournalRecord[] {
  const texts = engineCall(() =>
    loadEngineAddon().journalRecords(
      checkFolder(folder),
      first,
      Math.min(count, JOURNAL_RECORDS_MAX),
    ),
  );
  return texts.map((text) => JSON.parse(text) as JournalRecord);
}
