import type { Instrument } from '../../core/instrument.js';
import type { Notice } from '../../native/notice-reader.js';
import { type EngineEvent, EngineEvents } from './engine-event.js';

type Listener = (event: EngineEvent) => void;

/** Tells a listener what happened, in its order, also when the listener makes more happen. */
export class EventQueue {
  readonly #events: EngineEvents;
  readonly #listener: Listener | undefined;
  readonly #queue: EngineEvent[] = [];
  #isTelling = false;

  constructor(
    instruments: readonly Instrument[],
    currencies: readonly string[],
    listener: Listener | undefined,
  ) {
    this.#events = new EngineEvents(instruments, currencies);
    this.#listener = listener;
  }

  /** Tells the events of notices; those of a call that the listener makes come after the ones that wait. */
  tell(notices: readonly Notice[]): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#events.read(notices, this.#queue);
    if (this.#isTelling) return;
    this.#isTelling = true;
    // The queue may grow while it is told.
    for (let index = 0; index < this.#queue.length; index += 1) {
      const event = this.#queue[index];
      if (event !== undefined) tellOne(listener, event);
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
