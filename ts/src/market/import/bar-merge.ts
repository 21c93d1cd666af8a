import type { BarBatch } from './bar-batch.js';
import type { BarReader } from './bar-reader.js';

/**
 * One bar of a merge: the place in its source's current batch, good until the next is asked for.
 */
export interface MergedBar {
  readonly instrument: number;
  readonly batch: BarBatch;
  readonly index: number;
}

/** A source with the bar that it offers next. */
class Cursor implements MergedBar {
  readonly instrument: number;
  readonly #batches: AsyncGenerator<BarBatch, void, undefined>;
  #batch: BarBatch | null = null;
  #index = 0;
  #closeNs = 0n;

  constructor(instrument: number, reader: BarReader) {
    this.instrument = instrument;
    this.#batches = reader.batches();
  }

  get batch(): BarBatch {
    if (this.#batch === null) throw new RangeError('a cursor has no batch before its first step');
    return this.#batch;
  }

  get index(): number {
    return this.#index;
  }

  get closeNs(): bigint {
    return this.#closeNs;
  }

  /** Moves on within the batch; false when the batch is used up. */
  step(): boolean {
    this.#index += 1;
    if (this.#batch === null || this.#index >= this.#batch.count) return false;
    this.#closeNs = this.#batch.tsCloseNs(this.#index);
    return true;
  }

  /** Loads the next batch; false at the end of the source. */
  async load(): Promise<boolean> {
    const { done, value } = await this.#batches.next();
    if (done === true) return false;
    this.#batch = value;
    this.#index = 0;
    this.#closeNs = value.tsCloseNs(0);
    return true;
  }

  async end(): Promise<void> {
    await this.#batches.return();
  }
}

/** What is merged: the index of an instrument and the reader of its bars. */
export interface MergeSource {
  readonly instrument: number;
  readonly reader: BarReader;
}

/**
 * Hands the bars of several sources to `take` in order of their close time, and of their instrument
 * index where two close at once. Only loading a batch is awaited, so a bar costs no promise.
 */
export async function mergeBars(
  sources: readonly MergeSource[],
  take: (bar: MergedBar) => void,
): Promise<void> {
  const cursors = sources.map(({ instrument, reader }) => new Cursor(instrument, reader));
  try {
    const heap: Cursor[] = [];
    for (const cursor of cursors) {
      if (await cursor.load()) heap.push(cursor);
    }
    for (let at = (heap.length >> 1) - 1; at >= 0; at -= 1) sink(heap, at);
    for (;;) {
      const first = heap[0];
      if (first === undefined) return;
      take(first);
      if (first.step() || (await first.load())) {
        sink(heap, 0);
        continue;
      }
      const last = heap.pop();
      if (last === undefined || last === first) continue;
      heap[0] = last;
      sink(heap, 0);
    }
  } finally {
    for (const cursor of cursors) await cursor.end();
  }
}

/** Restores the order of a binary heap whose element at one place may come too early. */
function sink(heap: Cursor[], from: number): void {
  let at = from;
  for (;;) {
    const cursor = heap[at];
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (cursor === undefined || left === undefined) return;
    const isRight = right !== undefined && comesBefore(right, left);
    const child = isRight ? right : left;
    if (!comesBefore(child, cursor)) return;
    heap[at] = child;
    at = 2 * at + (isRight ? 2 : 1);
    heap[at] = cursor;
  }
}

function comesBefore(left: Cursor, right: Cursor): boolean {
  if (left.closeNs !== right.closeNs) return left.closeNs < right.closeNs;
  return left.instrument < right.instrument;
}
