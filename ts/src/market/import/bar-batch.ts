/**
 * Bars in one batch: large enough to spread the cost of handing it over, small enough for the
 * cache.
 */
export const BAR_BATCH_MAX = 2048;

const FIELDS_PER_BAR = 7;

/** One bar in instrument steps, as an importer hands it over. */
export interface BarSteps {
  readonly tsOpenNs: bigint;
  readonly tsCloseNs: bigint;
  readonly openTicks: bigint;
  readonly highTicks: bigint;
  readonly lowTicks: bigint;
  readonly closeTicks: bigint;
  readonly volumeLots: bigint;
}

/** A reused run of bars in time order, kept as integers so that a bar costs no object. */
export class BarBatch {
  readonly #values = new BigInt64Array(BAR_BATCH_MAX * FIELDS_PER_BAR);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === BAR_BATCH_MAX;
  }

  clear(): void {
    this.#count = 0;
  }

  push(bar: BarSteps): void {
    const at = this.#count * FIELDS_PER_BAR;
    const values = this.#values;
    values[at] = bar.tsOpenNs;
    values[at + 1] = bar.tsCloseNs;
    values[at + 2] = bar.openTicks;
    values[at + 3] = bar.highTicks;
    values[at + 4] = bar.lowTicks;
    values[at + 5] = bar.closeTicks;
    values[at + 6] = bar.volumeLots;
    this.#count += 1;
  }

  tsOpenNs(index: number): bigint {
    return this.#at(index, 0);
  }

  tsCloseNs(index: number): bigint {
    return this.#at(index, 1);
  }

  openTicks(index: number): bigint {
    return this.#at(index, 2);
  }

  highTicks(index: number): bigint {
    return this.#at(index, 3);
  }

  lowTicks(index: number): bigint {
    return this.#at(index, 4);
  }

  closeTicks(index: number): bigint {
    return this.#at(index, 5);
  }

  volumeLots(index: number): bigint {
    return this.#at(index, 6);
  }

  #at(index: number, field: number): bigint {
    return this.#values[index * FIELDS_PER_BAR + field] ?? 0n;
  }
}
