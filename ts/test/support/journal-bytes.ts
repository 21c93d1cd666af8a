import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SEGMENT_HEADER_BYTES = 64;
const RECORD_HEADER_BYTES = 24;
const RECORD_VERSION_AT = 5;
/** By the version of a record: with the chain's hash and a checksum, and with the checksum alone. */
const RECORD_TRAILER_BYTES = { 1: 36, 2: 4 } as const;

/** Path of a journal's first segment. */
export function firstSegment(journal: string): string {
  return join(journal, '000001.journal');
}

/** Where each record of a segment starts, as `ts/docs/journal.md` lays it out, and where the last ends. */
export function recordOffsets(segment: string): readonly number[] {
  const bytes = readFileSync(segment);
  const offsets: number[] = [];
  let at = SEGMENT_HEADER_BYTES;
  while (at < bytes.length) {
    offsets.push(at);
    const version = bytes.readUInt8(at + RECORD_VERSION_AT) === 2 ? 2 : 1;
    at += RECORD_HEADER_BYTES + bytes.readUInt32LE(at) + RECORD_TRAILER_BYTES[version];
  }
  return [...offsets, at];
}

/** Flips bits of one byte of a file, runs a call, and flips them back. */
export function withFlippedByte<Result>(
  path: string,
  at: number,
  bits: number,
  run: () => Result,
): Result {
  flip(path, at, bits);
  try {
    return run();
  } finally {
    flip(path, at, bits);
  }
}

function flip(path: string, at: number, bits: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8(0) ^ bits);
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}
