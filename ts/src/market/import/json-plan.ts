import { BAR_COLUMNS } from '../data-description.js';
import { badRow, rowError } from './bad-row.js';
import { type ColumnMap, mapNamedColumns, mapNumberedColumns } from './column-map.js';
import type { PlanInput, RowLayout } from './row-layout.js';
import { JsonRows, parseRow } from './json-rows.js';

/**
 * Lays out JSON lines by the first that parses: the keys of an object, or the places in an array.
 */
export function planJsonLines(input: PlanInput): RowLayout {
  const { file, description, head } = input;
  const columns = description.columns ?? {};
  const shared = {
    headerLines: 0,
    readTime: null,
    intervalNs: null,
    impliedScale: 0,
    warnings: [],
  };
  for (const { text } of head) {
    const row = parseRow(text);
    if (row === null) continue;
    if (Array.isArray(row)) {
      const map = mapNumberedColumns({ file, fieldCount: row.length, columns });
      const makeDecoder = (): JsonRows => new JsonRows(null);
      return { ...shared, makeDecoder, fieldCount: row.length, columns: map };
    }
    const header = Object.keys(row);
    const { positions, names } = mapNamedColumns({ file, header, columns });
    const keys = BAR_COLUMNS.map((column) => header[positions[column]] ?? column);
    const makeDecoder = (): JsonRows => new JsonRows(keys);
    return {
      ...shared,
      makeDecoder,
      fieldCount: keys.length,
      columns: { positions: IN_ORDER, names },
    };
  }
  const { text, line } = head[0] ?? { text: '', line: 1 };
  const reason = 'not a JSON object or array';
  throw rowError(file, badRow({ line, column: '1', reason, value: text }));
}

/** An object's decoder picks its keys in this order. */
const IN_ORDER: ColumnMap['positions'] = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 };
