import { HoldfastError } from '../../core/holdfast-error.js';
import { explainVerdict } from '../gate/explain.js';
import type { GateDenial } from '../gate/verdict.js';

/** What a guarded exchange throws in place of an order that the gate denied: nothing was sent. */
export class GuardDenial extends HoldfastError {
  /** The same order is denied again: sending it once more by itself is no remedy. */
  override readonly retryable = false;
  readonly verdict: GateDenial;

  constructor(verdict: GateDenial) {
    super(verdict.code, explainVerdict(verdict), {
      context: {
        codes: verdict.codes,
        suggestedQuantity: verdict.suggestedQuantity,
        ...verdict.context,
      },
    });
    this.verdict = verdict;
  }
}
