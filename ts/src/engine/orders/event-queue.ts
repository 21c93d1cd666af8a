import type { Instrument } from '../../core/instrument.js';
import type { Notice } from '../../native/notice-reader.js';
import { type EngineEvent, EngineEvents } from './engine-event.js';

type Listener = (event: EngineEvent) => void;

/** Tells listeners what happened, in its order, also when a listener makes more happen. */
export class EventQueue {
  readonly #events: EngineEvents;
  #listeners: readonly Listener[];
  readonly #queue: EngineEvent[] = [];
  #isTelling = false;

  constructor(
    instruments: readonly Instrument[],
    currencies: readonly string[],
    listener: Listener | undefined,
  ) {
    this.#events = new EngineEvents(instruments, currencies);
    this.#listeners = listener === undefined ? [] : [listener];
  }

  get isHeard(): boolean {
    return this.#listeners.length > 0;
  }

  /** Adds a listener behind those that are there; returns how it is taken off again. */
  listen(listener: Listener): () => void {
    // One of its own, so that a function that listens twice is taken off once.
    const own: Listener = (event) => listener(event);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== own);
    };
  }

  /** Tells the events of notices; those of a call that the listener makes come after the ones that wait. */
  tell(notices: readonly Notice[]): void {
    if (!this.isHeard) return;
    this.#events.read(notices, this.#queue);
    if (this.#isTelling) return;
    this.#isTelling = true;
    // The queue may grow while it is told.
    for (let index = 0; index < this.#queue.length; index += 1) {
      const event = this.#queue[index];
      if (event === undefined) continue;
      for (const listener of this.#listeners) tellOne(listener, event);
    }
    this.#queue.length = 0;
    this.#isTelling = false;
  }
}

/** What a listener throws must not hide from the caller what became of the order. */
function tellOne(listener: Listener, event: EngineEvent): void {
  try {
    listener(event);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
