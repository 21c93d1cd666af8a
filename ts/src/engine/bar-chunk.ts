import { HoldfastError } from '../core/holdfast-error.js';
import { RING_BATCH_MAX } from '../market/ring.js';

/** Bars in one chunk: what one batch of the ring holds. */
export const BAR_CHUNK_MAX = RING_BATCH_MAX / 2;

/** Bars as columns of ticks and lots, all of one length of at most `BAR_CHUNK_MAX`. */
export interface BarChunk {
  readonly instrument: number;
  readonly tsOpenNs: BigInt64Array;
  readonly tsCloseNs: BigInt64Array;
  readonly openTicks: BigInt64Array;
  readonly highTicks: BigInt64Array;
  readonly lowTicks: BigInt64Array;
  readonly closeTicks: BigInt64Array;
  readonly volumeLots: BigInt64Array;
}

/** Makes a chunk with columns of zeros. @throws HoldfastError `ARGUMENT_INVALID` */
export function emptyBarChunk(bars: number, instrument = 0): BarChunk {
  checkBars(bars);
  return {
    instrument,
    tsOpenNs: new BigInt64Array(bars),
    tsCloseNs: new BigInt64Array(bars),
    openTicks: new BigInt64Array(bars),
    highTicks: new BigInt64Array(bars),
    lowTicks: new BigInt64Array(bars),
    closeTicks: new BigInt64Array(bars),
    volumeLots: new BigInt64Array(bars),
  };
}

const KIND_BAR = 4;
const FLAG_LAST_OF_BATCH = 4;
/** 64-bit words of a record. */
const WORDS = 8;

/** Columns as pairs of 32-bit words, which copy without making a bigint of each value. */
const halves = (column: BigInt64Array) =>
  new Int32Array(column.buffer, column.byteOffset, column.length * 2);

/** Writes a chunk's bars as pairs of records; returns how many records. */
export function writeBarChunk(chunk: BarChunk, records: Uint8Array): number {
  const bars = chunk.tsOpenNs.length;
  checkBars(bars);
  const target = new Int32Array(records.buffer, records.byteOffset, records.byteLength / 4);
  const stamps = kindWords(chunk.instrument);
  const first = [
    chunk.tsOpenNs,
    chunk.tsOpenNs,
    null,
    chunk.openTicks,
    chunk.volumeLots,
    chunk.highTicks,
    chunk.lowTicks,
  ];
  const second = [
    chunk.tsCloseNs,
    chunk.tsCloseNs,
    null,
    chunk.closeTicks,
    chunk.volumeLots,
    null,
    null,
  ];
  for (const [half, columns] of [first, second].entries()) {
    for (const [word, column] of columns.entries()) {
      copyColumn({ target, column, offset: (half * WORDS + word) * 2, bars });
    }
    const [instrument, kind] = [chunk.instrument, stamps[half] ?? 0];
    for (let bar = 0; bar < bars; bar += 1) {
      const at = (bar * 2 + half) * WORDS * 2 + 14;
      target[at] = instrument;
      target[at + 1] = kind;
    }
  }
  return bars * 2;
}

function copyColumn(copy: {
  readonly target: Int32Array;
  readonly column: BigInt64Array | null;
  readonly offset: number;
  readonly bars: number;
}): void {
  const { target, column, offset, bars } = copy;
  const source = column === null ? null : halves(column);
  if (source !== null && source.length !== bars * 2) {
    throw new HoldfastError('ARGUMENT_INVALID', `columns of a chunk must all have ${bars} values`);
  }
  for (let bar = 0; bar < bars; bar += 1) {
    const at = bar * WORDS * 4 + offset;
    target[at] = source === null ? 0 : (source[bar * 2] ?? 0);
    target[at + 1] = source === null ? 0 : (source[bar * 2 + 1] ?? 0);
  }
}

/** Kind and flags of the two records, as the last 32-bit word of each. */
function kindWords(instrument: number): readonly [number, number] {
  if (!Number.isInteger(instrument) || instrument < 0 || instrument > 0x7fff_ffff) {
    throw new HoldfastError('ARGUMENT_INVALID', `instrument must be an index, was ${instrument}`);
  }
  return [KIND_BAR, KIND_BAR | (FLAG_LAST_OF_BATCH << 8)];
}

function checkBars(bars: number): void {
  if (Number.isInteger(bars) && bars >= 1 && bars <= BAR_CHUNK_MAX) return;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `a chunk must have 1 to ${BAR_CHUNK_MAX} bars, was ${bars}`,
    { context: { bars } },
  );
}
