import type { BadRow } from './bad-row.js';

/** Fields of one row; a decoder yields them in the order of its file's columns. */
export type Fields = readonly string[];

/**
 * Turns lines into rows. `null` means that the row goes on in the next line; a `BadRow` that there
 * is none.
 */
export interface RowDecoder {
  decode(text: string, line: number): Fields | BadRow | null;
  /** What is left when the file ends inside a row. */
  finish(): BadRow | null;
}

export function isBadRow(row: Fields | BadRow): row is BadRow {
  return !Array.isArray(row);
}
