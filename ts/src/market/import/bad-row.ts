import { HoldfastError } from '../../core/holdfast-error.js';

export type BadRowReason =
  | 'not a number'
  | 'not a time'
  | 'wrong number of fields'
  | 'field missing'
  | 'high below low'
  | 'open outside low..high'
  | 'close outside low..high'
  | 'price not above zero'
  | 'volume below zero'
  | 'factor not above zero'
  | 'time goes back'
  | 'duplicate time'
  | 'less than one interval after the row before'
  | 'quote not closed'
  | 'line too long'
  | 'not a JSON object or array';

/** A row that cannot become a bar, and where it stands. */
export interface BadRow {
  readonly line: number;
  readonly column: string;
  readonly reason: BadRowReason;
  readonly value: string;
}

/** A file of nothing but bad rows must not fill the memory; the count stays exact. */
export const SKIPPED_ROWS_MAX = 100;
/** Enough to recognise a value by; a hostile line may be far longer. */
const VALUE_LENGTH_MAX = 80;

/** Makes a bad row, with its value cut to a readable length. */
export function badRow(row: BadRow): BadRow {
  return { ...row, value: row.value.slice(0, VALUE_LENGTH_MAX) };
}

/** Refuses bad rows, or counts and lists them. */
export class BadRowLog {
  readonly #file: string;
  readonly #skips: boolean;
  readonly #rows: BadRow[] = [];
  #count = 0;

  constructor(options: { readonly file: string; readonly skips: boolean }) {
    this.#file = options.file;
    this.#skips = options.skips;
  }

  get count(): number {
    return this.#count;
  }

  get rows(): readonly BadRow[] {
    return this.#rows;
  }

  /** @throws HoldfastError `DATA_ROW_INVALID` unless bad rows are to be skipped. */
  add(row: BadRow): void {
    if (!this.#skips) throw rowError(this.#file, row);
    this.#count += 1;
    if (this.#rows.length < SKIPPED_ROWS_MAX) this.#rows.push(row);
  }
}

const SKIP_REMEDY = 'mend the row, or skip bad rows with onBadRow "skip" (--on-bad-row skip)';

/** The error for a bad row; some rows cannot be skipped and say another remedy. */
export function rowError(file: string, row: BadRow, remedy = SKIP_REMEDY): HoldfastError {
  const { line, column, reason, value } = row;
  return new HoldfastError(
    'DATA_ROW_INVALID',
    `${file}:${line}: column ${column}: ${reason}, was "${value}"; ${remedy}`,
    { context: { file, line, column, reason, value } },
  );
}
