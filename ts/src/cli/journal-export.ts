import type { JournalRecord } from '../native/journal-tools.js';
import { utcText } from './text-columns.js';

export const EXPORT_FORMS = ['csv', 'json', 'jsonl'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

/**
 * Writes records one after the other in a form, so that a journal of any length is exported in the same memory. A CSV of
 * one kind has a column for each field; of several kinds, the fields stand together in a last column as JSON.
 */
export function* exportedText(
  records: Iterable<JournalRecord>,
  form: ExportForm,
  isOneKind: boolean,
): Generator<string, void, undefined> {
  if (form === 'json') yield* jsonText(records);
  else if (form === 'csv') yield* csvText(records, isOneKind);
  else for (const record of records) yield `${JSON.stringify(record)}\n`;
}

function* jsonText(records: Iterable<JournalRecord>): Generator<string, void, undefined> {
  let separator = '[\n';
  for (const record of records) {
    yield `${separator}${JSON.stringify(record)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

const FIXED_COLUMNS = ['sequence', 'time_utc', 'ts_ns', 'kind'];

function* csvText(
  records: Iterable<JournalRecord>,
  isOneKind: boolean,
): Generator<string, void, undefined> {
  let fields: readonly string[] | null = null;
  for (const record of records) {
    if (fields === null) {
      fields = isOneKind ? Object.keys(record.content) : [];
      yield `${[...FIXED_COLUMNS, ...(isOneKind ? fields : ['content'])].join(',')}\n`;
    }
    const cells = isOneKind
      ? fields.map((field) => record.content[field])
      : [JSON.stringify(record.content)];
    const { sequence, ts_ns: tsNs, kind } = record;
    yield `${[sequence, utcText(tsNs), tsNs, kind, ...cells].map(csvCell).join(',')}\n`;
  }
  if (fields === null) yield `${FIXED_COLUMNS.join(',')}\n`;
}

/** Prints a cell as RFC 4180 has it; what is no plain value stands as JSON. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Prints a record on one line: sequence, time, kind, and its fields but for those that it has not. */
export function recordLine(record: JournalRecord): string {
  const time = record.ts_ns === '0' ? '' : utcText(record.ts_ns);
  const fields = Object.entries(record.content)
    .filter(([, value]) => value !== null && value !== false && !isEmpty(value))
    .map(([name, value]) => `${name}=${fieldText(value)}`);
  const place = `${record.sequence}`.padStart(8);
  return `${place}  ${time.padEnd(29)}  ${record.kind.padEnd(16)}  ${fields.join(' ')}`.trimEnd();
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A verdict's checks and a configuration are too long for a line; `why` and `--json` show them. */
function fieldText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string') ? value.join('+') : `[${value.length}]`;
  }
  if (typeof value === 'object' && value !== null) return '{…}';
  return String(value);
}
