import { CheckBatch } from './check-batch.js';
import { engineCall } from './engine-addon.js';
import type { NativeEngine as AddonEngine } from './engine-addon.generated.js';
import { allocateAligned, loadMarketAddon } from './market-addon.js';

/** Judges many orders in one call; their memory is made when it is asked for first. */
export class OrderChecks {
  readonly #engine: AddonEngine;
  #batch: CheckBatch | undefined;

  constructor(engine: AddonEngine) {
    this.#engine = engine;
  }

  get batch(): CheckBatch {
    if (this.#batch !== undefined) return this.#batch;
    const bytes = allocateAligned(loadMarketAddon(), CheckBatch.bytes);
    const batch = new CheckBatch(bytes);
    engineCall(() => this.#engine.shareChecks(bytes, batch.capacity));
    this.#batch = batch;
    return batch;
  }

  /** Judges the orders of the batch, each alone or counted together, and sends none. */
  run(together: boolean, strategy: number): void {
    const { length } = this.batch;
    engineCall(() => this.#engine.checkBatch(length, together, strategy));
  }
}
