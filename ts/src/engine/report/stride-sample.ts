import { HoldfastError } from '../../core/holdfast-error.js';

/**
 * Keeps an even sample of a stream of unknown length in bounded memory: every item while they fit,
 * then every second, every fourth and so on. Which items stay depends on their number alone, so
 * that equal runs keep equal samples. The item added last is always part of the sample.
 */
export class StrideSample<Item> {
  readonly #capacity: number;
  #kept: Item[] = [];
  #stride = 1;
  #count = 0;
  /** The item added last, unless it was kept. */
  #buildLast: (() => Item) | undefined;

  /** @throws HoldfastError `ARGUMENT_INVALID` for a capacity under 2. */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 2) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `capacity of a sample must be a whole number from 2, was ${capacity}`,
        { context: { capacity } },
      );
    }
    this.#capacity = capacity;
  }

  /** Whether the next item will be kept; lets a caller skip building one that will not. */
  get wantsNext(): boolean {
    return this.#count % this.#stride === 0;
  }

  /**
   * Counts an item that the caller did not build because `wantsNext` was false; end with an `add`.
   */
  skip(): void {
    this.#count += 1;
  }

  add(item: Item): void {
    this.addLater(() => item);
  }

  /** Adds an item that is built only if it stays, or if it is the last one. */
  addLater(build: () => Item): void {
    this.#buildLast = build;
    if (this.wantsNext) {
      if (this.#kept.length >= this.#capacity) {
        this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
        this.#stride *= 2;
      }
      if (this.wantsNext) {
        this.#kept.push(build());
        this.#buildLast = undefined;
      }
    }
    this.#count += 1;
  }

  /** How many items were offered. */
  get count(): number {
    return this.#count;
  }

  /** The sample in order, at most `capacity` items and the last one. */
  items(): readonly Item[] {
    const buildLast = this.#buildLast;
    return buildLast === undefined ? [...this.#kept] : [...this.#kept, buildLast()];
  }
}
