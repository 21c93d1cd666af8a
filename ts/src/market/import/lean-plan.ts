import { HoldfastError } from '../../core/holdfast-error.js';
import { type ColumnMap, mapNumberedColumns } from './column-map.js';
import { CsvRows } from './csv-rows.js';
import type { PlanInput, RowLayout } from './row-layout.js';
import { parseInterval } from './interval.js';
import { isBadRow } from './row-decoder.js';
import { type TimeReader, timeOfDayReader, timeReaderOf } from './time-format.js';

const TRADE_FIELDS = 6;
const QUOTE_FIELDS = 11;
/** Share prices are whole ten-thousandths of a dollar. */
const EQUITY_IMPLIED_SCALE = 4;
const DAY_IN_NAME = /(?:^|[\\/])(\d{8})_[^_\\/]+_(minute|second)_(?:trade|quote)\./i;

/** `YYYYMMDD 00:00,open,high,low,close,volume`, prices × 10,000; a day is its UTC day. */
export function planLeanEquityDaily(input: PlanInput): RowLayout {
  requireFields(input, [TRADE_FIELDS]);
  return {
    ...leanLayout(TRADE_FIELDS, numbered(input, {})),
    readTime: timeReaderOf('yyyymmdd'),
    intervalNs: parseInterval('1d'),
    impliedScale: EQUITY_IMPLIED_SCALE,
  };
}

/**
 * LEAN crypto bars: by the day or hour with the date in the first column, or by the minute or
 * second with milliseconds since midnight and the day in the file's name. A quote file holds a bid
 * bar and an ask bar, and `side` says which one is meant: the mid of the two is often no multiple
 * of the tick.
 */
export function planLeanCrypto(input: PlanInput): RowLayout {
  const fieldCount = requireFields(input, [TRADE_FIELDS, QUOTE_FIELDS]);
  const { file, description } = input;
  const isQuote = fieldCount === QUOTE_FIELDS;
  if (isQuote && description.side === undefined) {
    throw describe(
      file,
      `side must be "bid" or "ask" for ${file}: each row holds a bid bar and an ask bar`,
    );
  }
  if (!isQuote && description.side !== undefined) {
    throw describe(
      file,
      `side must be left out for ${file}: it holds trades, was "${description.side}"`,
    );
  }
  const askColumns = { time: 1, open: 7, high: 8, low: 9, close: 10, volume: 11 };
  const columns = numbered(input, description.side === 'ask' ? askColumns : {}, fieldCount);
  return { ...leanLayout(fieldCount, columns), impliedScale: 0, ...leanTime(input) };
}

function leanTime(input: PlanInput): {
  readonly readTime: TimeReader;
  readonly intervalNs: bigint | null;
} {
  const { file, textName, head } = input;
  const time = head[0]?.text.split(',')[0] ?? '';
  if (timeReaderOf('yyyymmdd')(time) !== null) {
    return { readTime: timeReaderOf('yyyymmdd'), intervalNs: null };
  }
  const match = DAY_IN_NAME.exec(textName) ?? DAY_IN_NAME.exec(file);
  const midnightNs = match === null ? null : timeReaderOf('yyyymmdd')(match[1] ?? '');
  if (match === null || midnightNs === null) {
    throw new HoldfastError(
      'DATA_FORMAT_UNKNOWN',
      `${file}: times are since midnight, and neither "${textName}" nor the file has the day ` +
        '(YYYYMMDD_SYMBOL_minute_trade.csv)',
      { context: { file, entry: textName } },
    );
  }
  const intervalNs = parseInterval(match[2]?.toLowerCase() === 'second' ? '1s' : '1m');
  return { readTime: timeOfDayReader(midnightNs), intervalNs };
}

function leanLayout(
  fieldCount: number,
  columns: ColumnMap,
): Omit<RowLayout, 'readTime' | 'intervalNs' | 'impliedScale'> {
  return { makeDecoder: () => new CsvRows(','), headerLines: 0, fieldCount, columns, warnings: [] };
}

function numbered(
  { file }: PlanInput,
  columns: Parameters<typeof mapNumberedColumns>[0]['columns'],
  fieldCount = TRADE_FIELDS,
): ColumnMap {
  return mapNumberedColumns({ file, fieldCount, columns });
}

/** The first line with a known number of fields decides; the others are judged row by row. */
function requireFields({ file, head }: PlanInput, known: readonly number[]): number {
  for (const { text, line } of head) {
    const row = new CsvRows(',').decode(text, line);
    if (row !== null && !isBadRow(row) && known.includes(row.length)) return row.length;
  }
  throw new HoldfastError(
    'DATA_FORMAT_UNKNOWN',
    `${file} is no LEAN file of this format: its rows must have ${known.join(' or ')} fields`,
    { context: { file } },
  );
}

function describe(file: string, message: string): HoldfastError {
  return new HoldfastError('DATA_DESCRIPTION_INVALID', message, {
    context: { field: 'side', file },
  });
}
