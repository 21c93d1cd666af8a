import { HoldfastError } from '../core/holdfast-error.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';

/** What a whole reading of a journal found. */
export interface JournalSummary {
  readonly records: number;
  /** Sequence of the first record: above zero when the journal gave up its first segments. */
  readonly first_sequence: number;
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

/** How a journal compares with heads of its chain that were kept outside. */
export interface AnchorsCompared {
  readonly matched: number;
  /** Anchors of records that the journal has given up. */
  readonly given_up: number;
}

/**
 * Verifies a journal, and every head of its chain that a file outside holds.
 *
 * @throws HoldfastError `JOURNAL_ANCHOR_MISMATCH` at the first head that differs, and the errors of `verifyJournal`
 */
export function verifyAnchoredJournal(
  folder: string,
  anchors: string,
): { readonly summary: JournalSummary; readonly anchors: AnchorsCompared } {
  const text = engineCall(() =>
    loadEngineAddon().journalVerifyAnchored(checkFolder(folder), anchors),
  );
  const [summary, compared] = JSON.parse(text) as [JournalSummary, AnchorsCompared];
  return { summary, anchors: compared };
}

/** The configuration under which a session ran. */
export interface JournalConfiguration {
  /** BLAKE3 of the recorded configuration, hexadecimal. */
  readonly fingerprint: string;
  readonly record: JournalRecord;
}

/** Returns what the journal's first record holds; null when the journal begins later. */
export function journalConfiguration(folder: string): JournalConfiguration | null {
  const text = engineCall(() => loadEngineAddon().journalConfiguration(checkFolder(folder)));
  return text === null ? null : (JSON.parse(text) as JournalConfiguration);
}

export interface CompactJournalOptions {
  /** Pack sealed segments. */
  readonly pack: boolean;
  readonly segmentsMax?: number | undefined;
  readonly bytesMax?: number | undefined;
  /** Give up only segments that end before every valid snapshot, so that a restart stays possible. Default false. */
  readonly behindSnapshots?: boolean | undefined;
  /** The present time, for the age of a lock that somebody else holds. */
  readonly nowMs: number;
}

export interface JournalCompacted {
  readonly packed: number;
  readonly removed: number;
  readonly bytes_before: number;
  readonly bytes_after: number;
}

/**
 * Packs the sealed segments of a journal that nobody writes, and removes those beyond the bounds, the oldest first.
 *
 * @throws HoldfastError `JOURNAL_LOCKED` naming the process that writes it, `JOURNAL_IO`, and the errors of `verifyJournal`
 */
export function compactJournal(folder: string, options: CompactJournalOptions): JournalCompacted {
  const { pack, segmentsMax, bytesMax, behindSnapshots = false, nowMs } = options;
  const native = {
    packs: pack,
    behindSnapshots,
    nowMs,
    ...(segmentsMax === undefined ? {} : { segmentsMax }),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  };
  return JSON.parse(
    engineCall(() => loadEngineAddon().journalCompact(checkFolder(folder), native)),
  ) as JournalCompacted;
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
