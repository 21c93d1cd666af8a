/** What bins say of the worst outcomes: each figure lies between two bounds, as a loss. */
export interface HistogramTail {
  readonly level: number;
  /** Value at risk: the edges of its bin; null where it lies outside of the bins. */
  readonly var: Bounds | null;
  /** Expected shortfall, which the sums of the bins tell; null where an outcome lies below the bins. */
  readonly cvar: Bounds | null;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Outcomes counted in bins, with the sums of their distances from the lower edges in widths. */
interface BinnedOutcomes {
  readonly low: number;
  readonly width: number;
  readonly bins: Uint32Array;
  readonly distances: Float64Array;
  readonly below: number;
}

/** What a distance loses by rounding in single precision, in widths, by the number of bins; and when it is cut to 2⁻²⁰. */
const ROUNDING = 2 ** -22;
const CUT = 2 ** -20;

/**
 * Measures the tail of binned outcomes by the definition of `tail` in native code. Outcomes of the bins below that of the
 * quantile count by their sum. Of the quantile's own bin the least belong to the tail: all that is known is that they are no
 * more on average than the whole bin, and that the others are at most at its upper edge.
 */
export function binnedTail(
  binned: BinnedOutcomes,
  level: number,
  scenarios: number,
): HistogramTail {
  const { low, width, bins, distances, below } = binned;
  const mass = (1 - level) * scenarios;
  const rank = Math.floor(mass + 1e-9);
  if (rank < below) return { level, var: null, cvar: null };
  let past = below;
  // Of the outcomes in the bins so far, in widths above the lower edge of the first.
  let sum = 0;
  for (const [bin, count] of bins.entries()) {
    const distance = distances[bin] ?? 0;
    if (rank < past + count) {
      const edges = { low: -(low + (bin + 1) * width), high: -(low + bin * width) };
      if (below > 0) return { level, var: edges, cvar: null };
      const part = mass - past;
      const least = Math.max(0, distance - (count - part));
      const most = Math.min((distance * part) / count, part);
      const slack = bins.length * ROUNDING + CUT;
      const loss = (inside: number) => -(low + ((sum + part * bin + inside) / mass) * width);
      const cvar = { low: loss(most) - slack * width, high: loss(least) + slack * width };
      return { level, var: edges, cvar };
    }
    past += count;
    sum += count * bin + distance;
  }
  return { level, var: null, cvar: null };
}
