import { z } from 'zod';
import { decimalOf, formatDecimal } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { parseInterval } from './import/interval.js';
import { nearestName } from './import/nearest-name.js';

export const DATA_FORMATS = ['auto', 'csv', 'jsonl', 'lean-equity-daily', 'lean-crypto'] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];
/** What a file turns out to be once `auto` has looked at it. */
export type KnownDataFormat = Exclude<DataFormat, 'auto'>;

export const TIME_FORMATS = [
  'auto',
  'iso',
  'date',
  's',
  'ms',
  'us',
  'ns',
  'yyyymmdd',
  'yyyy/mm/dd',
  'mm/dd/yyyy',
  'dd/mm/yyyy',
] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

export const BAR_COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
export type BarColumn = (typeof BAR_COLUMNS)[number];
/** A column's name in the header (or key in the object), or its 1-based number. */
export type ColumnRef = string | number;

const positiveDecimal = z.union([z.string(), z.number()]).transform((value, context) => {
  const text = positiveDecimalText(value);
  if (text !== null) return text;
  context.addIssue(`must be a positive decimal such as "0.01", was "${value}"`);
  return z.NEVER;
});

const interval = z.string().refine((text) => parseInterval(text) !== null, {
  message: 'must be a whole number and a unit (ms, s, m, h, d, w), for example "1d" or "15m"',
});

const columnRef = z.union([z.string().min(1), z.int().min(1)]);

const columns = z.strictObject({
  time: columnRef.optional(),
  open: columnRef.optional(),
  high: columnRef.optional(),
  low: columnRef.optional(),
  close: columnRef.optional(),
  volume: columnRef.optional(),
});

const description = z.strictObject({
  symbol: z.string().min(1),
  format: z.enum(DATA_FORMATS).default('auto'),
  columns: columns.optional(),
  header: z.union([z.boolean(), z.literal('auto')]).default('auto'),
  delimiter: z.enum(['auto', ',', ';', '\t', '|']).default('auto'),
  timeFormat: z.enum(TIME_FORMATS).default('auto'),
  stamp: z.enum(['open', 'close']).default('open'),
  interval: interval.optional(),
  tick: positiveDecimal.default('0.01'),
  lot: positiveDecimal.optional(),
  round: z.enum(['refuse', 'nearest']).default('refuse'),
  roundVolume: z.enum(['refuse', 'nearest', 'down']).default('refuse'),
  adjust: z.enum(['none', 'splits', 'splits-and-dividends']).default('none'),
  factors: z.string().min(1).optional(),
  side: z.enum(['bid', 'ask']).optional(),
  entry: z.string().min(1).optional(),
  quoteCurrency: z.string().min(1).default('USD'),
});

/** What a user writes; `parseDataDescription` fills the rest in. */
export type DataDescriptionInput = z.input<typeof description>;

/**
 * How a file of bars is to be read. `tick` and `lot` are decimal strings; `round` and `roundVolume`
 * say what happens to a value between two steps; `adjust` needs the `factors` file; `side` chooses
 * the half of a LEAN quote file; `entry` names the file inside a zip that holds several.
 */
export type DataDescription = Readonly<z.output<typeof description>> & { readonly lot: string };

/** Crypto volumes carry eight decimals; shares and contracts come whole. */
const LOT_DEFAULT = { 'lean-crypto': '0.00000001', other: '1' } as const;

/**
 * Checks the description of a data set and fills its defaults in.
 *
 * @throws HoldfastError `CONFIG_UNKNOWN_KEY` naming the nearest key, `DATA_DESCRIPTION_INVALID`
 * otherwise.
 */
export function parseDataDescription(input: unknown): DataDescription {
  const result = description.safeParse(input);
  if (!result.success) throw descriptionError(result.error.issues);
  const parsed = result.data;
  const lot = parsed.lot ?? LOT_DEFAULT[parsed.format === 'lean-crypto' ? 'lean-crypto' : 'other'];
  refuseContradictions(parsed);
  return { ...parsed, lot };
}

function refuseContradictions(parsed: z.output<typeof description>): void {
  const { adjust, factors, format, round, side } = parsed;
  if (adjust !== 'none' && round !== 'nearest') {
    throw invalid(
      'round',
      `round must be "nearest" when adjust is "${adjust}": a price times a factor is off the tick`,
    );
  }
  if (adjust !== 'none' && factors === undefined) {
    throw invalid('factors', `factors must name the factor file when adjust is "${adjust}"`);
  }
  if (adjust === 'none' && factors !== undefined) {
    throw invalid(
      'adjust',
      'adjust must be "splits" or "splits-and-dividends" when factors is given, was "none"',
    );
  }
  if (adjust !== 'none' && format === 'lean-crypto') {
    throw invalid('adjust', `adjust must be "none" for lean-crypto, was "${adjust}"`);
  }
  if (side !== undefined && format !== 'lean-crypto') {
    throw invalid(
      'side',
      `side belongs to quote files of format lean-crypto, format was "${format}"`,
    );
  }
  const lean = format === 'lean-crypto' || format === 'lean-equity-daily';
  for (const field of ['columns', 'timeFormat', 'stamp'] as const) {
    const given = field === 'columns' ? parsed.columns !== undefined : isCustomTime(parsed, field);
    if (lean && given)
      throw invalid(field, `${field} is fixed by format "${format}": leave it out`);
  }
}

function isCustomTime(
  parsed: z.output<typeof description>,
  field: 'timeFormat' | 'stamp',
): boolean {
  return field === 'stamp' ? parsed.stamp !== 'open' : parsed.timeFormat !== 'auto';
}

function descriptionError(issues: readonly z.core.$ZodIssue[]): HoldfastError {
  const issue = issues[0];
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = path === 'columns' ? BAR_COLUMNS : Object.keys(description.shape);
    const nearest = nearestName(key, known);
    const field = path === '' ? key : `${path}.${key}`;
    const hint =
      nearest === null ? `known keys: ${known.join(', ')}` : `did you mean "${nearest}"?`;
    return new HoldfastError(
      'CONFIG_UNKNOWN_KEY',
      `data description has no key "${field}"; ${hint}`,
      { context: { key: field, nearest, known } },
    );
  }
  const field = path === '' ? 'data description' : path;
  return invalid(field, `${field}: ${issue?.message ?? 'is wrong'}`);
}

function invalid(field: string, message: string): HoldfastError {
  return new HoldfastError('DATA_DESCRIPTION_INVALID', message, { context: { field } });
}

function positiveDecimalText(value: string | number): string | null {
  try {
    const { mantissa, scale } = decimalOf(value);
    return mantissa > 0n ? formatDecimal(mantissa, scale) : null;
  } catch {
    return null;
  }
}
