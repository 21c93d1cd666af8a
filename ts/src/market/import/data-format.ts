import { HoldfastError } from '../../core/holdfast-error.js';
import type { KnownDataFormat } from '../data-description.js';
import { detectDelimiter } from './csv-rows.js';
import type { PlanInput } from './row-layout.js';
import { parseRow } from './json-rows.js';

/**
 * `20200102 00:00,3001400,…`: LEAN, but shares (prices × 10,000) and crypto (as they are) look
 * alike.
 */
const LEAN_DAILY = /^\d{8} \d\d:\d\d,/;
const LEAN_ENTRY = /^\d{8}_[^_]+_(?:minute|second)_(?:trade|quote)\.csv$/i;

/**
 * Tells the format of a file that is described as `auto` by its name and its first line.
 *
 * @throws HoldfastError `DATA_FORMAT_UNKNOWN`.
 */
export function detectFormat(input: PlanInput): KnownDataFormat {
  const { file, textName, description, head } = input;
  if (description.format !== 'auto') return description.format;
  const first = head[0]?.text ?? '';
  if (LEAN_DAILY.test(first) || LEAN_ENTRY.test(textName)) {
    throw unknownFormat(
      file,
      'it is a LEAN file, whose prices are × 10,000 for shares and plain for crypto: ' +
        'format must be "lean-equity-daily" or "lean-crypto"',
    );
  }
  if (/\.(?:jsonl|ndjson)$/i.test(textName)) return 'jsonl';
  if (/\.(?:csv|tsv|txt)$/i.test(textName)) return 'csv';
  if (parseRow(first) !== null) return 'jsonl';
  if (detectDelimiter(first) !== null) return 'csv';
  throw unknownFormat(
    file,
    'neither its name nor its first line tells; name it with format (--format csv or jsonl)',
  );
}

export function unknownFormat(file: string, why: string): HoldfastError {
  return new HoldfastError('DATA_FORMAT_UNKNOWN', `format of ${file} is not known: ${why}`, {
    context: { file },
  });
}
