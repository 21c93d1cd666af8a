import { BarFeed } from '../market/bar-feed.js';
import type { ImportOptions, ImportReport } from '../market/import/bar-sink.js';
import { MarketEventBuffer } from '../market/market-event.js';
import type { QuoteInput, TradeInput } from '../market/market-event-layout.js';
import { Ring, RING_BATCH_MAX } from '../market/ring.js';
import { type BarChunk, writeBarChunk } from './bar-chunk.js';

/** How long the consumer sleeps before it lets the event loop hear of a worker that died. */
const WAIT_MS = 20;

/** Where a session's market records come from: always out of a ring, in batches. */
export interface EventSource {
  /** The batch of the last `next()`. */
  readonly records: Uint8Array;
  /** Drains a batch: its count of records, 0 when none is there at the moment, -1 at the end. */
  next(): number;
  /** From 0 to 1; NaN when unknown. */
  readonly doneFrac: number;
  /** What the import found, once the end was reached. */
  reports(): Promise<readonly ImportReport[]>;
  close(): Promise<void>;
}

/** Files, read by a worker thread into a ring. */
export class FileSource implements EventSource {
  readonly #feed: BarFeed;

  constructor(sources: readonly ImportOptions[]) {
    this.#feed = BarFeed.open({ sources });
  }

  get records(): Uint8Array {
    return this.#feed.ring.records;
  }

  next(): number {
    // Asked before the drain, so that nothing published in between is missed.
    const isLast = this.#feed.ring.isClosedForWrite;
    const count = this.#feed.ring.drain();
    if (count > 0) return count;
    if (isLast) return -1;
    this.#feed.ring.waitForRecords(WAIT_MS);
    return 0;
  }

  get doneFrac(): number {
    const { readBytes, totalBytes } = this.#feed.progress;
    return totalBytes > 0 ? readBytes / totalBytes : 0;
  }

  reports(): Promise<readonly ImportReport[]> {
    return this.#feed.report();
  }

  close(): Promise<void> {
    return this.#feed.close();
  }
}

/** A trade or a quote of the caller, in ticks and lots. */
export type Tick =
  ({ readonly kind: 'trade' } & TradeInput) | ({ readonly kind: 'quote' } & QuoteInput);

/** Trades and quotes of the caller, through a ring of this thread. */
export class TickSource implements EventSource {
  readonly doneFrac = Number.NaN;
  readonly #ticks: Iterator<Tick>;
  readonly #producer: Ring;
  readonly #consumer: Ring;
  readonly #writer: MarketEventBuffer;

  constructor(ticks: Iterable<Tick>) {
    this.#ticks = ticks[Symbol.iterator]();
    this.#producer = Ring.create({ capacity: RING_BATCH_MAX });
    this.#consumer = Ring.attach(this.#producer.memory);
    this.#writer = new MarketEventBuffer(this.#producer.records);
  }

  get records(): Uint8Array {
    return this.#consumer.records;
  }

  next(): number {
    let count = 0;
    while (count < RING_BATCH_MAX) {
      const { value: tick, done } = this.#ticks.next();
      if (done === true) break;
      if (tick.kind === 'trade') this.#writer.writeTrade(count, tick);
      else this.#writer.writeQuote(count, tick);
      count += 1;
    }
    if (count === 0) return -1;
    // The ring is empty here and holds a whole batch.
    this.#producer.publish(count);
    return this.#consumer.drain();
  }

  reports(): Promise<readonly ImportReport[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#ticks.return?.();
    this.#producer.close();
    this.#consumer.close();
    return Promise.resolve();
  }
}

/** Bars of the caller, through a ring of this thread: the same way into the engine as from a worker. */
export class ChunkSource implements EventSource {
  readonly doneFrac = Number.NaN;
  readonly #chunks: Iterator<BarChunk>;
  readonly #producer: Ring;
  readonly #consumer: Ring;

  constructor(chunks: Iterable<BarChunk>) {
    this.#chunks = chunks[Symbol.iterator]();
    this.#producer = Ring.create({ capacity: RING_BATCH_MAX });
    this.#consumer = Ring.attach(this.#producer.memory);
  }

  get records(): Uint8Array {
    return this.#consumer.records;
  }

  next(): number {
    const chunk = this.#chunks.next();
    if (chunk.done === true) return -1;
    // The ring is empty here and holds a whole chunk.
    this.#producer.publish(writeBarChunk(chunk.value, this.#producer.records));
    return this.#consumer.drain();
  }

  reports(): Promise<readonly ImportReport[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#chunks.return?.();
    this.#producer.close();
    this.#consumer.close();
    return Promise.resolve();
  }
}
