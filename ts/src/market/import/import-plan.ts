import { HoldfastError } from '../../core/holdfast-error.js';
import type { DataDescription, KnownDataFormat } from '../data-description.js';
import { badRow, rowError } from './bad-row.js';
import { planCsv } from './csv-plan.js';
import { detectFormat } from './data-format.js';
import {
  formatInterval,
  INFERRED_INTERVAL_NS_MAX,
  parseInterval,
  smallestSpacing,
} from './interval.js';
import { planJsonLines } from './json-plan.js';
import { planLeanCrypto, planLeanEquityDaily } from './lean-plan.js';
import { isBadRow } from './row-decoder.js';
import type { HeadLine, PlanInput, RowLayout } from './row-layout.js';
import {
  detectTimeFormat,
  isAmbiguousDate,
  type KnownTimeFormat,
  type TimeReader,
  timeReaderOf,
} from './time-format.js';

/**
 * Rows that are looked at before the first is imported, to settle the time format and the interval.
 */
export const HEAD_ROWS_MAX = 64;

/** A layout with all its questions answered. */
export interface ImportPlan extends RowLayout {
  readonly format: KnownDataFormat;
  readonly readTime: TimeReader;
  readonly intervalNs: bigint;
}

/**
 * Settles how a file is read, from its description and its first lines.
 *
 * @throws HoldfastError `DATA_FORMAT_UNKNOWN`, `DATA_COLUMN_MISSING`, `DATA_DESCRIPTION_INVALID`,
 * `DATA_EMPTY` (a header and no row), `DATA_ROW_INVALID` (no row has a time).
 */
export function planImport(input: PlanInput): ImportPlan {
  const format = detectFormat(input);
  const layout = layoutOf(format, input);
  const times = headTimes(input, layout);
  if (times.length === 0) {
    throw new HoldfastError('DATA_EMPTY', `${input.file} holds a header and no row`, {
      context: { file: input.file },
    });
  }
  const readTime = layout.readTime ?? timeReader(input, times);
  const warnings = [...layout.warnings];
  const intervalNs =
    describedInterval(input.description) ??
    layout.intervalNs ??
    inferInterval(input, readTime, times, warnings);
  return { ...layout, format, readTime, intervalNs, warnings };
}

function layoutOf(format: KnownDataFormat, input: PlanInput): RowLayout {
  switch (format) {
    case 'csv':
      return planCsv(input);
    case 'jsonl':
      return planJsonLines(input);
    case 'lean-equity-daily':
      return planLeanEquityDaily(input);
    case 'lean-crypto':
      return planLeanCrypto(input);
  }
}

/** The time fields of the first rows; bad rows have none and are judged when they are imported. */
function headTimes(input: PlanInput, layout: RowLayout): HeadLine[] {
  const decoder = layout.makeDecoder();
  const times: HeadLine[] = [];
  for (const { text, line } of input.head.slice(
    layout.headerLines,
    layout.headerLines + HEAD_ROWS_MAX,
  )) {
    const row = decoder.decode(text, line);
    if (row === null) continue;
    const time = isBadRow(row) ? row.value : (row[layout.columns.positions.time] ?? '').trim();
    times.push({ text: time, line });
  }
  return times;
}

function timeReader(input: PlanInput, times: readonly HeadLine[]): TimeReader {
  const { timeFormat } = input.description;
  if (timeFormat !== 'auto') return timeReaderOf(timeFormat);
  let found: KnownTimeFormat | null = null;
  for (const { text } of times) found ??= detectTimeFormat(text);
  if (found !== null) return timeReaderOf(found);
  const { text = '', line = 0 } = times[0] ?? {};
  if (isAmbiguousDate(text)) {
    throw new HoldfastError(
      'DATA_DESCRIPTION_INVALID',
      `timeFormat must be "mm/dd/yyyy" or "dd/mm/yyyy" for ${input.file}, was "${text}"`,
      { context: { field: 'timeFormat', file: input.file, value: text } },
    );
  }
  const row = badRow({ line, column: 'time', reason: 'not a time', value: text });
  throw rowError(
    input.file,
    row,
    'name the format of the times with timeFormat, or the column of the time',
  );
}

function describedInterval({ interval }: DataDescription): bigint | null {
  return interval === undefined ? null : parseInterval(interval);
}

function inferInterval(
  { file }: PlanInput,
  readTime: TimeReader,
  times: readonly HeadLine[],
  warnings: string[],
): bigint {
  const timesNs = times.map(({ text }) => readTime(text)).filter((time) => time !== null);
  const spacing = smallestSpacing(timesNs);
  if (spacing === null || spacing > INFERRED_INTERVAL_NS_MAX) {
    const why =
      spacing === null
        ? 'there are not two rows to tell it from'
        : 'its bars are over a week apart';
    throw new HoldfastError(
      'DATA_DESCRIPTION_INVALID',
      `interval must be given for ${file} (for example "1d"): ${why}`,
      { context: { field: 'interval', file } },
    );
  }
  warnings.push(
    `interval ${formatInterval(spacing)} is the least distance of the first ${timesNs.length} rows`,
  );
  return spacing;
}
