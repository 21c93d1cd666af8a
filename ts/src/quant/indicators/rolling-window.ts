/** The last values of a series in a ring of fixed size. */
export class RollingWindow {
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  get isFull(): boolean {
    return this.#count === this.#values.length;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a value and returns the one that it pushed out, 0 while the window fills. */
  push(value: number): number {
    const oldest = this.#values[this.#next] ?? 0;
    this.#values[this.#next] = value;
    this.#next = this.#next + 1 === this.#values.length ? 0 : this.#next + 1;
    if (!this.isFull) this.#count += 1;
    return oldest;
  }

  /** Sum over the window, added anew. */
  sum(): number {
    let total = 0;
    for (const value of this.#values) total += value;
    return total;
  }

  /** Sum of squared differences from `mean`, added anew; for a full window. */
  squaredDeviations(mean: number): number {
    let total = 0;
    for (const value of this.#values) total += (value - mean) ** 2;
    return total;
  }
}
