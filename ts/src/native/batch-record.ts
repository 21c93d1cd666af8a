import { CODES, type Code } from '../core/codes.generated.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { shownValue } from '../core/shown-value.js';
import { BATCH_RECORD_BYTES } from './engine-memory.js';

const WORDS = BATCH_RECORD_BYTES / 8;
const UINT32_RANGE = 2 ** 32;

/** What became of a record: not looked at yet, approved or applied, denied by the gate, refused as it cannot be. */
export type BatchOutcome = 'waiting' | 'done' | 'denied' | 'refused';
const OUTCOMES: readonly BatchOutcome[] = ['waiting', 'done', 'denied', 'refused'];

/** Outcome (u8) and code (u16) of every record stand here. */
const OUTCOME = 80;
const CODE = 82;

/** Names of the codes by their numbers. */
export const CODE_NAMES: readonly (Code | undefined)[] = (() => {
  const names: (Code | undefined)[] = [];
  for (const [name, { number }] of Object.entries(CODES)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table
    names[number] = name as Code;
  }
  return names;
})();

/**
 * Records of 128 bytes that JavaScript writes and native code reads in place, and the other way round. Numbers that fit a
 * double are written as two halves: a bigint made for them would cost more than the write.
 */
export class BatchRecords {
  readonly capacity: number;
  readonly bytes: Uint8Array;
  readonly #words: BigInt64Array;
  readonly #uint32: Uint32Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.capacity = bytes.byteLength / BATCH_RECORD_BYTES;
    this.#words = new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
    this.#uint32 = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  byte(slot: number, at: number): number {
    return this.bytes[slot * BATCH_RECORD_BYTES + at] ?? 0;
  }

  setByte(slot: number, at: number, value: number): void {
    this.bytes[slot * BATCH_RECORD_BYTES + at] = value;
  }

  uint32(slot: number, at: number): number {
    return this.#uint32[(slot * BATCH_RECORD_BYTES + at) / 4] ?? 0;
  }

  setUint32(slot: number, at: number, value: number): void {
    this.#uint32[(slot * BATCH_RECORD_BYTES + at) / 4] = value;
  }

  /** An integer of 64 bits. */
  int64(slot: number, at: number): bigint {
    return this.#words[slot * WORDS + at / 8] ?? 0n;
  }

  /** The same as a number, for those that stay below 2^53. */
  safeInteger(slot: number, at: number): number {
    const half = (slot * BATCH_RECORD_BYTES + at) / 4;
    return (this.#uint32[half] ?? 0) + ((this.#uint32[half + 1] ?? 0) | 0) * UINT32_RANGE;
  }

  /** @throws HoldfastError `ARGUMENT_INVALID` for what is no integer of 64 bits */
  setInt64(slot: number, at: number, field: string, value: number | bigint): void {
    const word = slot * WORDS + at / 8;
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw notInteger(field, value);
      this.#uint32[2 * word] = value >>> 0;
      this.#uint32[2 * word + 1] = Math.floor(value / UINT32_RANGE);
    } else if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) {
      this.#words[word] = value;
    } else {
      throw notInteger(field, value);
    }
  }

  /** Writes the number that stands for "none". */
  setNone(slot: number, at: number): void {
    const half = (slot * BATCH_RECORD_BYTES + at) / 4;
    this.#uint32[half] = 0;
    this.#uint32[half + 1] = 0x8000_0000;
  }

  outcome(slot: number): BatchOutcome {
    return OUTCOMES[this.byte(slot, OUTCOME)] ?? 'refused';
  }

  clearOutcome(slot: number): void {
    this.setByte(slot, OUTCOME, 0);
  }

  /** Why a record was denied or refused; null for one that passed. */
  code(slot: number): Code | null {
    const number = this.byte(slot, CODE) + this.byte(slot, CODE + 1) * 256;
    return CODE_NAMES[number] ?? null;
  }

  /** @throws HoldfastError `CAPACITY_EXHAUSTED` */
  checkRoom(length: number, what: string): void {
    if (length < this.capacity) return;
    throw new HoldfastError(
      'CAPACITY_EXHAUSTED',
      `a batch must have at most ${this.capacity} ${what}; raise batchMax, or send what it holds`,
      { context: { capacity: this.capacity } },
    );
  }
}

function notInteger(field: string, told: unknown): HoldfastError {
  const value = shownValue(told);
  return new HoldfastError(
    'ARGUMENT_INVALID',
    `${field} must be an integer of 64 bits, as a number below 2^53 or a bigint, was ${value}`,
    { context: { field, value } },
  );
}
