import { HoldfastError } from '../../core/holdfast-error.js';
import { BAR_COLUMNS, type BarColumn, type ColumnRef } from '../data-description.js';
import { nearestName } from './nearest-name.js';

/**
 * Where the six values of a bar stand in a row (from 0), and what each column is called in errors.
 */
export interface ColumnMap {
  readonly positions: Readonly<Record<BarColumn, number>>;
  readonly names: Readonly<Record<BarColumn, string>>;
}

export type ColumnRefs = { readonly [column in BarColumn]?: ColumnRef | undefined };

/**
 * Names that files give these columns, compared in lower case without blanks, dots and underscores.
 */
const ALIASES: Readonly<Record<BarColumn, readonly string[]>> = {
  time: ['time', 'date', 'datetime', 'timestamp', 'ts', 'opentime', 'timeopen', 't'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v'],
};

/**
 * Finds the columns by the names of a header line or the keys of an object.
 *
 * @throws HoldfastError `DATA_COLUMN_MISSING` with the columns that exist;
 * `DATA_DESCRIPTION_INVALID` when a name occurs twice.
 */
export function mapNamedColumns(options: {
  readonly file: string;
  readonly header: readonly string[];
  readonly columns: ColumnRefs;
}): ColumnMap {
  const { file, header, columns } = options;
  const plain = header.map(plainName);
  return mapColumns((column) => {
    const wanted = columns[column];
    if (typeof wanted === 'number') return numbered({ file, column, wanted, header });
    const names = wanted === undefined ? ALIASES[column] : [plainName(wanted)];
    for (const name of names) {
      const position = plain.indexOf(name);
      if (position < 0) continue;
      if (plain.lastIndexOf(name) === position) {
        return { position, name: header[position]?.trim() ?? name };
      }
      throw new HoldfastError(
        'DATA_DESCRIPTION_INVALID',
        `columns.${column}: ${file} has the column "${name}" twice; give its number instead`,
        { context: { field: `columns.${column}`, file, columns: [...header] } },
      );
    }
    throw columnMissing({ file, column, wanted: wanted ?? column, header });
  });
}

/**
 * Takes the columns by number; without any named, 1 to 6 are time, open, high, low, close, volume.
 */
export function mapNumberedColumns(options: {
  readonly file: string;
  readonly fieldCount: number;
  readonly columns: ColumnRefs;
}): ColumnMap {
  const { file, fieldCount, columns } = options;
  const header = Array.from({ length: fieldCount }, (_, index) => String(index + 1));
  return mapColumns((column) => {
    const wanted = columns[column] ?? BAR_COLUMNS.indexOf(column) + 1;
    if (typeof wanted === 'number') return numbered({ file, column, wanted, header });
    throw columnMissing({ file, column, wanted, header });
  });
}

function mapColumns(
  find: (column: BarColumn) => { readonly position: number; readonly name: string },
): ColumnMap {
  const found = {
    time: find('time'),
    open: find('open'),
    high: find('high'),
    low: find('low'),
    close: find('close'),
    volume: find('volume'),
  };
  const { time, open, high, low, close, volume } = found;
  return {
    positions: {
      time: time.position,
      open: open.position,
      high: high.position,
      low: low.position,
      close: close.position,
      volume: volume.position,
    },
    names: {
      time: time.name,
      open: open.name,
      high: high.name,
      low: low.name,
      close: close.name,
      volume: volume.name,
    },
  };
}

function numbered(place: {
  readonly file: string;
  readonly column: BarColumn;
  readonly wanted: number;
  readonly header: readonly string[];
}): { readonly position: number; readonly name: string } {
  const name = place.header[place.wanted - 1];
  if (name === undefined) throw columnMissing(place);
  return { position: place.wanted - 1, name: name.trim() };
}

function columnMissing(place: {
  readonly file: string;
  readonly column: BarColumn;
  readonly wanted: ColumnRef;
  readonly header: readonly string[];
}): HoldfastError {
  const { file, column, wanted } = place;
  const existing = place.header.map((name) => name.trim());
  const nearest = typeof wanted === 'string' ? nearestName(wanted, existing) : null;
  const hint = nearest === null ? '' : ` (did you mean "${nearest}"?)`;
  return new HoldfastError(
    'DATA_COLUMN_MISSING',
    `${file} has no column "${wanted}" for ${column}${hint}; it has ${existing.join(', ')}. ` +
      `Name it in the description with columns.${column} (--columns ${column}=NAME)`,
    { context: { file, column, wanted, columns: existing } },
  );
}

function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s._<>-]+/g, '');
}
