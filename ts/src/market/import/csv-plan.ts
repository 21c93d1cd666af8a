import { mapNamedColumns, mapNumberedColumns } from './column-map.js';
import { CsvRows, detectDelimiter } from './csv-rows.js';
import { unknownFormat } from './data-format.js';
import type { PlanInput, RowLayout } from './row-layout.js';
import { isBadRow } from './row-decoder.js';
import { decimalOfText } from './step-reader.js';
import { detectTimeFormat } from './time-format.js';

/**
 * Lays out a CSV file by its first line: the delimiter, whether it is a header, and the columns.
 */
export function planCsv(input: PlanInput): RowLayout {
  const { file, description, head } = input;
  const { text, line } = head[0] ?? { text: '', line: 1 };
  if (text.includes('\r'))
    throw unknownFormat(file, 'its lines end in CR alone; save them with LF');
  const delimiter =
    description.delimiter === 'auto' ? detectDelimiter(text) : description.delimiter;
  if (delimiter === null) {
    throw unknownFormat(file, 'its first line has no comma, semicolon, tab or bar between fields');
  }
  const makeDecoder = (): CsvRows => new CsvRows(delimiter);
  const first = makeDecoder().decode(text, line);
  const fields = first === null || isBadRow(first) ? [text] : first;
  const hasHeader = description.header === 'auto' ? isHeader(fields) : description.header;
  const columns = description.columns ?? {};
  const shared = {
    makeDecoder,
    fieldCount: fields.length,
    readTime: null,
    intervalNs: null,
    impliedScale: 0,
  };
  if (hasHeader) {
    const map = mapNamedColumns({ file, header: fields, columns });
    return { ...shared, headerLines: 1, columns: map, warnings: [] };
  }
  const map = mapNumberedColumns({ file, fieldCount: fields.length, columns });
  const warnings =
    description.columns === undefined
      ? ['no header: columns 1 to 6 are taken for time, open, high, low, close, volume']
      : [];
  return { ...shared, headerLines: 0, columns: map, warnings };
}

/** A row of data has a number or a time somewhere; a header has neither. */
function isHeader(fields: readonly string[]): boolean {
  return fields.every((field) => {
    const text = field.trim();
    return decimalOfText(text) === null && detectTimeFormat(text) === null;
  });
}
