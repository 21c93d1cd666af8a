/**
 * The deepest fall of a curve: from its peak to its trough, and back to the peak's value if it got
 * there.
 */
export interface DrawdownSpan {
  /** (peak − trough) ÷ peak, above 0; below 1 for a curve that stays positive. */
  readonly frac: number;
  readonly peakTsMs: number;
  readonly troughTsMs: number;
  /** The first instant at or above the peak's value again; null when it never came. */
  readonly recoveredTsMs: number | null;
}

/**
 * Finds the maximum drawdown of a curve in one pass and constant memory, so that it can look at
 * each bar of a session of any length. Of equal falls the first counts. Points must come in the
 * order of time. Source: Magdon-Ismail & Atiya, "Maximum Drawdown", *Risk* (2004).
 */
export class DrawdownTracker {
  #peak = Number.NEGATIVE_INFINITY;
  #peakTsMs = 0;
  #worstPeak = 0;
  #worst: DrawdownSpan | null = null;

  observe(tsMs: number, value: number): void {
    const worst = this.#worst;
    if (worst !== null && worst.recoveredTsMs === null && value >= this.#worstPeak) {
      this.#worst = { ...worst, recoveredTsMs: tsMs };
    }
    if (value >= this.#peak) {
      this.#peak = value;
      this.#peakTsMs = tsMs;
      return;
    }
    if (this.#peak <= 0) return;
    const frac = (this.#peak - value) / this.#peak;
    if (frac <= (this.#worst?.frac ?? 0)) return;
    this.#worst = { frac, peakTsMs: this.#peakTsMs, troughTsMs: tsMs, recoveredTsMs: null };
    this.#worstPeak = this.#peak;
  }

  /** The deepest fall so far; null while the curve has never fallen. */
  get worst(): DrawdownSpan | null {
    return this.#worst;
  }
}

/** Returns the maximum drawdown of a whole curve; null when it never fell or is empty. */
export function maxDrawdown(
  points: readonly { readonly tsMs: number; readonly value: number }[],
): DrawdownSpan | null {
  const tracker = new DrawdownTracker();
  for (const point of points) tracker.observe(point.tsMs, point.value);
  return tracker.worst;
}

/**
 * Returns for each value its drawdown (peak so far − value) ÷ peak so far, a fraction at least 0,
 * and below 1 while values stay positive; 0 while no positive peak exists.
 */
export function underwater(values: readonly number[]): readonly number[] {
  let peak = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    peak = Math.max(peak, value);
    return peak > 0 ? (peak - value) / peak : 0;
  });
}
