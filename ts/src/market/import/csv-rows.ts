import { parse } from 'csv-parse/sync';
import { type BadRow, badRow } from './bad-row.js';
import type { Fields, RowDecoder } from './row-decoder.js';

export type Delimiter = ',' | ';' | '\t' | '|';

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
/** A quoted field may span lines, but one that spans this much is a quote that nobody closed. */
const QUOTED_LENGTH_MAX = 8 * 1024;

/**
 * Splits CSV rows. A row whose quotes, if any, only wrap whole fields is split at its delimiters;
 * csv-parse reads all others. Over every row it would take longer than all the rest of an import
 * together.
 */
export class CsvRows implements RowDecoder {
  readonly #delimiter: Delimiter;
  #open = '';
  #openLine = 0;

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter;
  }

  decode(text: string, line: number): Fields | BadRow | null {
    const isQuoted = text.includes('"');
    if (this.#open === '') {
      const fields = text.split(this.#delimiter);
      if (!isQuoted || unwrapAll(fields)) return fields;
      this.#openLine = line;
    }
    const whole = this.#open === '' ? text : `${this.#open}\n${text}`;
    const fields = isQuoted ? parseQuoted(whole, this.#delimiter) : null;
    if (fields !== null) {
      this.#open = '';
      return fields;
    }
    this.#open = whole;
    return whole.length > QUOTED_LENGTH_MAX ? this.finish() : null;
  }

  finish(): BadRow | null {
    if (this.#open === '') return null;
    const value = this.#open;
    this.#open = '';
    return badRow({ line: this.#openLine, column: '1', reason: 'quote not closed', value });
  }
}

/**
 * Returns the delimiter that occurs most often in a line, outside its quotes; null when none does.
 */
export function detectDelimiter(line: string): Delimiter | null {
  const bare = line.replace(/"[^"]*"/g, '');
  let best: Delimiter | null = null;
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const count = bare.split(delimiter).length - 1;
    if (count > most) {
      most = count;
      best = delimiter;
    }
  }
  return best;
}

/**
 * Takes the quotes off fields that are wrapped whole; false, and fields half done, when one is not.
 */
function unwrapAll(fields: string[]): boolean {
  for (let i = 0; i < fields.length; i += 1) {
    const field = fields[i] ?? '';
    const quoteAt = field.indexOf('"');
    if (quoteAt < 0) continue;
    const isWrapped = quoteAt === 0 && field.indexOf('"', 1) === field.length - 1;
    if (!isWrapped) return false;
    fields[i] = field.slice(1, -1);
  }
  return true;
}

/** Null when a quote is still open at the end of the text. */
function parseQuoted(text: string, delimiter: Delimiter): Fields | null {
  try {
    const rows = parse(text, { delimiter, relax_column_count: true, relax_quotes: true });
    return rows[0] ?? [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CSV_QUOTE_NOT_CLOSED') {
      return null;
    }
    throw error;
  }
}
