import { HoldfastError } from '../core/holdfast-error.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';
import type { NativeReplica } from './engine-addon.generated.js';
import type { NativeSnapshot } from './native-session.js';

/**
 * A read-only copy of an engine for dashboards and second opinions: the records of its journal go through the same code,
 * and every output must come out as it was recorded. The bytes may come from a file, another thread or a socket, and may be
 * cut anywhere.
 *
 * @example
 * const replica = new Replica();
 * socket.on('data', (bytes) => replica.feed(bytes));
 * replica.snapshot()?.equity; // "100250.75"
 */
export class Replica {
  readonly #native: NativeReplica;

  /** @throws HoldfastError `NATIVE_MISSING` */
  constructor() {
    const addon = loadEngineAddon();
    this.#native = engineCall(() => new addon.NativeReplica());
  }

  /**
   * Takes the next bytes of the stream of records and returns how many records they completed. After `JOURNAL_GAP` the
   * stream may be sent again from record `nextSequence` on.
   *
   * @throws HoldfastError `JOURNAL_GAP`, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, `ARGUMENT_INVALID`
   */
  feed(bytes: Uint8Array): number {
    if (!(bytes instanceof Uint8Array)) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `bytes must be a Uint8Array, was of type ${typeof bytes}`,
        { context: { field: 'bytes' } },
      );
    }
    return engineCall(() => this.#native.feed(bytes));
  }

  /** The engine's state in exact text; null before the first record. */
  snapshot(): NativeSnapshot | null {
    const text = engineCall(() => this.#native.snapshot());
    return text === null ? null : (JSON.parse(text) as NativeSnapshot);
  }

  /** Sequence of the record that must come next. */
  get nextSequence(): number {
    return this.#native.nextSequence();
  }

  /** Whether the session ended with its closing record. */
  get isClosed(): boolean {
    return this.#native.isClosed();
  }
}
