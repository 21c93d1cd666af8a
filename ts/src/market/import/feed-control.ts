/** Byte layout: three 64-bit counters, then the word that asks the worker to stop. */
const COUNTERS = { readBytes: 0, totalBytes: 1, bars: 2 } as const;
const COUNTER_BYTES = 8;
const STOP_OFFSET_BYTES = Object.keys(COUNTERS).length * COUNTER_BYTES;
const CONTROL_BYTES = STOP_OFFSET_BYTES + COUNTER_BYTES;
const STOP = 1;

/**
 * How far a feed has come, in stored bytes of all its files; `totalBytes` is 0 until they are open.
 */
export interface FeedProgress {
  readonly readBytes: number;
  readonly totalBytes: number;
  readonly bars: number;
}

/**
 * A few shared words beside the ring: the worker's progress one way, the wish to stop the other.
 */
export class FeedControl {
  readonly memory: SharedArrayBuffer;
  readonly #counters: BigInt64Array;
  readonly #stop: Int32Array;

  constructor(memory = new SharedArrayBuffer(CONTROL_BYTES)) {
    this.memory = memory;
    this.#counters = new BigInt64Array(memory, 0, Object.keys(COUNTERS).length);
    this.#stop = new Int32Array(memory, STOP_OFFSET_BYTES, 1);
  }

  get progress(): FeedProgress {
    return {
      readBytes: this.#load('readBytes'),
      totalBytes: this.#load('totalBytes'),
      bars: this.#load('bars'),
    };
  }

  get isStopping(): boolean {
    return Atomics.load(this.#stop, 0) === STOP;
  }

  stop(): void {
    Atomics.store(this.#stop, 0, STOP);
  }

  add(counter: keyof typeof COUNTERS, count: number): void {
    Atomics.add(this.#counters, COUNTERS[counter], BigInt(count));
  }

  #load(counter: keyof typeof COUNTERS): number {
    return Number(Atomics.load(this.#counters, COUNTERS[counter]));
  }
}
