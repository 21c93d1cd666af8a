import { InvalidArgumentError } from 'commander';

import { RECORD_KINDS, type RecordKind } from '../core/vocabulary.generated.js';
import { isRecordKind } from '../native/journal-cursor.js';

/** Reads a whole number from 0 on. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a whole number from 0.');
}

/** Reads kinds of records, separated by commas. */
export function parseKinds(text: string): readonly RecordKind[] {
  return text.split(',').map((name) => {
    const kind = name.trim();
    if (isRecordKind(kind)) return kind;
    throw new InvalidArgumentError(`must be of ${Object.keys(RECORD_KINDS).join(', ')}.`);
  });
}

/** Prints an outcome as JSON where that was asked for, and as text otherwise. */
export function printed(flags: { readonly json?: boolean }, outcome: unknown, text: string): void {
  process.stdout.write(`${flags.json === true ? JSON.stringify(outcome, null, 2) : text}\n`);
}
