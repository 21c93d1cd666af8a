import { HoldfastError } from '../../core/holdfast-error.js';

/** What a guard asks for at the present drawdown. */
export interface DrawdownState {
  readonly drawdownFrac: number;
  readonly peak: number;
  /** Share of the usual risk that may be taken: 1 below the first bound, 0 from the last one on. */
  readonly riskScaleFrac: number;
  /** `kill` stays until the guard is made anew. */
  readonly action: 'none' | 'cut' | 'kill';
}

/**
 * Follows equity from its peak and cuts risk before the hard limit (RISK-24): in full up to `cutFrac`,
 * then falling evenly to zero at `killFrac`, where the kill switch is asked for and stays asked for.
 */
export class DrawdownGuard {
  readonly #cutFrac: number;
  readonly #killFrac: number;
  #peak = 0;
  #killed = false;

  /** @throws HoldfastError `ARGUMENT_INVALID` unless 0 < cutFrac < killFrac < 1 */
  constructor(bounds: { readonly cutFrac?: number; readonly killFrac?: number } = {}) {
    const { cutFrac = 0.1, killFrac = 0.15 } = bounds;
    if (!(cutFrac > 0 && cutFrac < killFrac && killFrac < 1)) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `bounds must rise between 0 and 1, were ${cutFrac} and ${killFrac}`,
        { context: { cutFrac, killFrac } },
      );
    }
    this.#cutFrac = cutFrac;
    this.#killFrac = killFrac;
  }

  /** Takes the equity of now; one that is no number asks for the kill switch. */
  observe(equity: number): DrawdownState {
    this.#peak = Math.max(this.#peak, equity);
    const drawdownFrac = this.#peak > 0 ? (this.#peak - equity) / this.#peak : 1;
    if (!(drawdownFrac < this.#killFrac)) this.#killed = true;
    const peak = this.#peak;
    if (this.#killed) return { drawdownFrac, peak, riskScaleFrac: 0, action: 'kill' };
    const beyond = (drawdownFrac - this.#cutFrac) / (this.#killFrac - this.#cutFrac);
    const riskScaleFrac = Math.min(1, 1 - beyond);
    return { drawdownFrac, peak, riskScaleFrac, action: riskScaleFrac < 1 ? 'cut' : 'none' };
  }
}
