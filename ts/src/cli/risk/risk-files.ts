import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

import type { Code } from '../../core/codes.generated.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { PriceSeries, ShockFactor } from '../../quant/index.js';

/** A row of the file of positions. */
export interface PositionRow {
  readonly symbol: string;
  readonly quantity: number;
  readonly desk: string;
  readonly strategy: string;
  /** Empty when the file has no column of betas. */
  readonly betas: Readonly<Partial<Record<ShockFactor, number>>>;
  readonly option: OptionTerms | null;
}

/** What a row of an option holds beside symbol (of the underlying) and quantity. */
export interface OptionTerms {
  readonly right: 'call' | 'put';
  readonly strike: number;
  readonly timeYears: number;
  readonly volAnn: number;
  readonly rateAnn: number;
}

const BETA_COLUMNS: readonly (readonly [string, ShockFactor])[] = [
  ['beta_us_equity', 'us_equity'],
  ['beta_us_technology', 'us_technology'],
  ['beta_eur_chf', 'eur_chf'],
  ['beta_bitcoin', 'bitcoin'],
  ['beta_ether', 'ether'],
  ['beta_solana', 'solana'],
];

type Row = Readonly<Record<string, string>>;

/**
 * Reads positions from CSV: columns `symbol` and `quantity` (signed), and optionally `desk`,
 * `strategy`, `beta_FACTOR`, and for options on the symbol `right`, `strike`, `time_years`, `vol_ann`
 * and `rate_ann`.
 *
 * @throws HoldfastError `DATA_FILE_NOT_FOUND`, `DATA_EMPTY`, `DATA_COLUMN_MISSING`, `DATA_ROW_INVALID`
 */
export function readPositions(file: string): readonly PositionRow[] {
  const rows = readRows(file, ['symbol', 'quantity']);
  return rows.map((row, index) => {
    const number = (column: string): number => numberOf(row, column, { file, index });
    const betas = BETA_COLUMNS.filter(([column]) => (row[column] ?? '') !== '');
    return {
      symbol: row['symbol'] ?? '',
      quantity: number('quantity'),
      desk: row['desk'] ?? '',
      strategy: row['strategy'] ?? '',
      betas: Object.fromEntries(betas.map(([column, factor]) => [factor, number(column)])),
      option: optionOf(row, number, { file, index }),
    };
  });
}

function optionOf(row: Row, number: (column: string) => number, place: Place): OptionTerms | null {
  const right = row['right'] ?? '';
  if (right === '') return null;
  if (right !== 'call' && right !== 'put') {
    throw fault('DATA_ROW_INVALID', `right must be call or put, was "${right}"`, place);
  }
  return {
    right,
    strike: number('strike'),
    timeYears: number('time_years'),
    volAnn: number('vol_ann'),
    rateAnn: (row['rate_ann'] ?? '') === '' ? 0 : number('rate_ann'),
  };
}

/**
 * Reads prices from CSV in one of three shapes: a column of dates and one a symbol; rows of `symbol`,
 * `date` and `price` (or `close`); or bars of one symbol with a column `close`, which then is the one
 * symbol that is held.
 *
 * @throws HoldfastError as `readPositions`
 */
export function readPrices(file: string, symbols: readonly string[]): readonly PriceSeries[] {
  const rows = readRows(file, ['date']);
  const columns = Object.keys(rows[0] ?? {});
  const priceColumn = ['price', 'close'].find((name) => columns.includes(name));
  if (columns.includes('symbol') && priceColumn !== undefined) {
    return symbols.map((symbol) =>
      seriesOf(symbol, rows, { file, column: priceColumn, only: symbol }),
    );
  }
  const [single] = symbols;
  if (single !== undefined && symbols.length === 1 && !columns.includes(single.toLowerCase())) {
    if (priceColumn !== undefined) return [seriesOf(single, rows, { file, column: priceColumn })];
  }
  return symbols.map((symbol) => seriesOf(symbol, rows, { file, column: symbol.toLowerCase() }));
}

function seriesOf(
  symbol: string,
  rows: readonly Row[],
  from: { readonly file: string; readonly column: string; readonly only?: string },
): PriceSeries {
  const { file, column, only } = from;
  const points = rows.flatMap((row, index) => {
    if (only !== undefined && row['symbol'] !== only) return [];
    if ((row[column] ?? '') === '') return [];
    return [
      {
        tsMs: dateOf(row['date'] ?? '', { file, index }),
        price: numberOf(row, column, { file, index }),
      },
    ];
  });
  if (points.length > 0) return { symbol, points };
  throw new HoldfastError(
    'POSITION_UNPRICED',
    `position ${symbol} must have prices, ${file} has none`,
    { context: { symbol, file } },
  );
}

interface Place {
  readonly file: string;
  readonly index: number;
}

function readRows(file: string, needed: readonly string[]): readonly Row[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HoldfastError('DATA_FILE_NOT_FOUND', `file ${file} must be readable`, {
      context: { file },
      cause,
    });
  }
  let rows: readonly Row[];
  try {
    rows = parse<Record<string, string>>(text, {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      skip_empty_lines: true,
      trim: true,
      bom: true,
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('DATA_ROW_INVALID', `file ${file} must be CSV: ${message}`, {
      context: { file, remedy: 'Mend the line that the message names.' },
      cause,
    });
  }
  if (rows.length === 0) {
    throw new HoldfastError('DATA_EMPTY', `file ${file} must hold a row`, { context: { file } });
  }
  const missing = needed.find((name) => !Object.hasOwn(rows[0] ?? {}, name));
  if (missing === undefined) return rows;
  throw new HoldfastError('DATA_COLUMN_MISSING', `file ${file} must have the column ${missing}`, {
    context: { file, column: missing, remedy: `Name the column ${missing} in the first line.` },
  });
}

function numberOf(row: Row, column: string, place: Place): number {
  const text = row[column] ?? '';
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw fault('DATA_ROW_INVALID', `${column} must be a number, was "${text}"`, place);
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}/;

/** Dates count as UTC, whatever the clock of this machine. */
function dateOf(text: string, place: Place): number {
  const tsMs = Date.parse(ISO_DATE.test(text) ? text : `${text} UTC`);
  if (!Number.isNaN(tsMs)) return tsMs;
  throw fault('DATA_ROW_INVALID', `date must be a date, was "${text}"`, place);
}

function fault(code: Code, message: string, { file, index }: Place): HoldfastError {
  // The first row of data is line 2.
  const line = index + 2;
  return new HoldfastError(code, `${file}:${line}: ${message}`, {
    context: {
      file,
      line,
      remedy: 'Mend the row, or take it out of the file: no row is skipped here.',
    },
  });
}
