import { HoldfastError } from '../../core/holdfast-error.js';
import { BAR_RECORDS, MarketEventBuffer } from '../market-event.js';
import type { Ring } from '../ring.js';
import type { MergedBar } from './bar-merge.js';
import type { FeedControl } from './feed-control.js';

/** A full ring is waited on in stretches of this length, so that a stop is heard between them. */
const WAIT_MS = 50;

/**
 * Writes bars into the ring. A full ring makes it wait: a backtest may take any time for a bar, and
 * no bar is dropped. Counts stay even, so the two records of a bar are always published together.
 */
export class BarPublisher {
  readonly #ring: Ring;
  readonly #control: FeedControl;
  readonly #buffer: MarketEventBuffer;
  #count = 0;

  constructor(ring: Ring, control: FeedControl) {
    this.#ring = ring;
    this.#control = control;
    this.#buffer = new MarketEventBuffer(ring.records);
  }

  /** @throws HoldfastError `HANDLE_CLOSED` when the feed is closed meanwhile. */
  write({ instrument, batch, index }: MergedBar): void {
    this.#buffer.writeBar(this.#count, {
      instrument,
      tsOpenNs: batch.tsOpenNs(index),
      tsCloseNs: batch.tsCloseNs(index),
      openTicks: batch.openTicks(index),
      highTicks: batch.highTicks(index),
      lowTicks: batch.lowTicks(index),
      closeTicks: batch.closeTicks(index),
      volumeLots: batch.volumeLots(index),
    });
    this.#count += BAR_RECORDS;
    if (this.#count + BAR_RECORDS > this.#buffer.capacity) this.flush();
  }

  /** Publishes what is staged. */
  flush(): void {
    let published = 0;
    while (published < this.#count) {
      if (this.#control.isStopping) throw feedClosed();
      published += this.#ring.publish(this.#count - published, published);
      if (published < this.#count) this.#ring.waitForSpace(WAIT_MS);
    }
    this.#control.add('bars', this.#count / BAR_RECORDS);
    this.#count = 0;
  }
}

export function feedClosed(): HoldfastError {
  return new HoldfastError('HANDLE_CLOSED', 'feed was closed before its sources came to their end');
}
