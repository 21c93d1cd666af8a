import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { HoldfastError } from '../core/holdfast-error.js';
import { feedClosed } from './import/bar-publisher.js';
import type { ImportOptions, ImportReport } from './import/bar-sink.js';
import { FeedControl, type FeedProgress } from './import/feed-control.js';
import { type FeedMessage, type FeedWorkerData, reviveError } from './import/feed-message.js';
import { BAR_RECORDS } from './market-event.js';
import { Ring } from './ring.js';

export type { FeedProgress };

/** Each source holds an open file and about a megabyte while the feed runs. */
export const FEED_SOURCES_MAX = 512;

/** Records: half a megabyte, some 4,096 bars ahead of the consumer. */
export const FEED_RING_CAPACITY = 8192;

/** How long a wait for bars may keep the event loop from turning. */
const WAIT_MS = 10;

export interface BarFeedOptions {
  /** One file for each instrument index. */
  readonly sources: readonly ImportOptions[];
  /** Records in the ring; a power of two of at least 2. */
  readonly ringCapacity?: number;
}

/**
 * Reads bar files in a worker thread and hands the bars over through a ring, in order of their
 * close time and then of their instrument index.
 *
 * Overflow policy: the worker waits while the ring is full; no bar is dropped, and `ring.stats()`
 * counts the stalls. However the worker ends, the ring is closed for writing and `report()` says how
 * it went; bars that came before a failure can still be drained.
 *
 * @example
 * const feed = BarFeed.open({ sources: [{ file, description, instrument: 0 }] });
 * const events = new MarketEventBuffer(feed.ring.records);
 * for (let count = await feed.next(); count > 0; count = await feed.next()) {
 *   for (let index = 0; index < count; index += 2) onBar(events.readBar(index));
 * }
 * const [report] = await feed.report();
 * await feed.close();
 */
export class BarFeed {
  /** The consumer's side; the feed owns it and `close` closes it. */
  readonly ring: Ring;
  readonly #control: FeedControl;
  readonly #worker: Worker;
  readonly #report: Promise<readonly ImportReport[]>;
  #isClosed = false;

  private constructor(ring: Ring, sources: readonly ImportOptions[]) {
    this.ring = ring;
    this.#control = new FeedControl();
    const data: FeedWorkerData = {
      sources,
      ringMemory: ring.memory,
      controlMemory: this.#control.memory,
    };
    this.#worker = new Worker(new URL('./feed-worker.js', import.meta.url), {
      workerData: data,
      // Flags of the process may not suit a worker, such as --input-type; it needs none of them.
      execArgv: [],
    });
    this.#report = this.#listen();
    // A consumer asks for the report after the last bar; until then a failure is not unhandled.
    this.#report.catch(() => undefined);
  }

  /**
   * Starts the worker. Faults of the files themselves come through `report()`.
   *
   * @throws HoldfastError `ARGUMENT_INVALID` (sources), `RING_INVALID` (capacity),
   * `NATIVE_MISSING`.
   */
  static open(options: BarFeedOptions): BarFeed {
    const { sources, ringCapacity = FEED_RING_CAPACITY } = options;
    checkSources(sources);
    if (ringCapacity < BAR_RECORDS) {
      throw new HoldfastError(
        'RING_INVALID',
        `ringCapacity must be at least ${BAR_RECORDS} records, one bar, was ${ringCapacity}`,
        { context: { ringCapacity } },
      );
    }
    return new BarFeed(Ring.create({ capacity: ringCapacity }), sources);
  }

  /** Stored bytes of all files; 0 until the worker has opened them. */
  get totalBytes(): number {
    return this.#control.progress.totalBytes;
  }

  get progress(): FeedProgress {
    return this.#control.progress;
  }

  /**
   * Moves the next records to the start of `ring.records` and resolves to their number: an even one,
   * two records a bar, and 0 at the end. While it waits it comes back to the event loop, which alone
   * hears of a worker that died without a word.
   *
   * @throws HoldfastError `HANDLE_CLOSED` after `close`.
   */
  async next(): Promise<number> {
    for (;;) {
      const isLast = this.ring.isClosedForWrite;
      const count = this.ring.drain();
      if (count > 0 || isLast) return count;
      if (!this.ring.waitForRecords(WAIT_MS)) await setImmediate();
    }
  }

  /**
   * Resolves to a report for each source, in their order, once the last bar is in the ring.
   *
   * @throws HoldfastError what the import threw in the worker; `HANDLE_CLOSED` after an early
   * `close`; `DATA_SOURCE_FAILED` when the worker died.
   */
  async report(): Promise<readonly ImportReport[]> {
    return await this.#report;
  }

  /** Stops the worker, at any time, and closes the ring. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#control.stop();
    await this.#worker.terminate();
    this.ring.close();
  }

  #listen(): Promise<readonly ImportReport[]> {
    return new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FeedMessage) => {
        if (message.kind === 'done') resolve(message.reports);
        else reject(reviveError(message.error));
      });
      this.#worker.on('error', (cause: Error) => {
        reject(workerDied(cause.message, cause));
      });
      this.#worker.on('exit', (exitCode) => {
        // After an orderly end the promise is settled and this changes nothing.
        if (!this.#isClosed) this.ring.closeWrite();
        reject(this.#isClosed ? feedClosed() : workerDied(`it exited with ${exitCode}`));
      });
    });
  }
}

function checkSources(sources: readonly ImportOptions[]): void {
  if (sources.length === 0 || sources.length > FEED_SOURCES_MAX) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `sources must hold 1 to ${FEED_SOURCES_MAX} files, was ${sources.length}`,
      { context: { field: 'sources', count: sources.length } },
    );
  }
  const seen = new Set<number>();
  for (const { instrument, file } of sources) {
    if (seen.has(instrument)) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `sources must have one file an instrument, ${file} repeats index ${instrument}`,
        { context: { field: 'sources', instrument, file } },
      );
    }
    seen.add(instrument);
  }
}

function workerDied(why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('DATA_SOURCE_FAILED', `feed worker died: ${why}`, { cause });
}
