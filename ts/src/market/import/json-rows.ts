import { type BadRow, badRow } from './bad-row.js';
import type { Fields, RowDecoder } from './row-decoder.js';

/** A double keeps 15 digits; a literal that may hold more is read as text. */
const LONG_NUMBER = /\d[\d.]{15}/;
/** Strings are matched whole so that digits inside them stay as they are. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON lines: objects, whose fields come in the order of the keys asked for, or arrays as
 * they are. Numbers keep every digit of their text.
 */
export class JsonRows implements RowDecoder {
  readonly #keys: readonly string[] | null;

  /** Takes the keys to read from each object; null for rows that are arrays. */
  constructor(keys: readonly string[] | null) {
    this.#keys = keys;
  }

  decode(text: string, line: number): Fields | BadRow | null {
    const row = parseRow(text);
    const keys = this.#keys;
    if (row === null || Array.isArray(row) !== (keys === null)) {
      return badRow({ line, column: '1', reason: 'not a JSON object or array', value: text });
    }
    if (Array.isArray(row)) return row.map(fieldText);
    const fields: string[] = [];
    for (const key of keys ?? []) {
      if (!Object.hasOwn(row, key)) {
        return badRow({ line, column: key, reason: 'field missing', value: text });
      }
      fields.push(fieldText(row[key]));
    }
    return fields;
  }

  finish(): null {
    return null;
  }
}

/** Returns the object or array on a line; null for anything else. */
export function parseRow(text: string): Record<string, unknown> | unknown[] | null {
  const exact = LONG_NUMBER.test(text)
    ? text.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`))
    : text;
  try {
    const value: unknown = JSON.parse(exact);
    if (Array.isArray(value)) return value;
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
