/**
 * Points of a chart's series: above the number of device pixels that a wide screen gives a chart,
 * so that twenty years of days are drawn whole and a longer run still makes a page of a few hundred
 * kilobytes.
 */
export const CHART_POINTS_MAX = 6_000;

/**
 * Chooses which points of some curves over the same instants to draw, at most `pointsMax`. The
 * series is cut into equal buckets, and of each bucket the lowest and the highest point of each
 * curve stay, so that peaks and troughs keep their height and date; the first and the last point
 * always stay.
 */
export function decimatedIndexes(
  curves: readonly (readonly number[])[],
  pointsMax: number = CHART_POINTS_MAX,
): readonly number[] {
  const length = curves[0]?.length ?? 0;
  if (length <= pointsMax) return Array.from({ length }, (_, index) => index);
  const perBucket = 2 * curves.length;
  const buckets = Math.max(1, Math.floor((pointsMax - 2) / perBucket));
  const chosen = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = Math.floor((bucket * length) / buckets);
    const to = Math.floor(((bucket + 1) * length) / buckets);
    for (const curve of curves) {
      const { lowest, highest } = extremesBetween(curve, from, to);
      chosen.add(lowest);
      chosen.add(highest);
    }
  }
  return [...chosen].sort((left, right) => left - right);
}

function extremesBetween(
  curve: readonly number[],
  from: number,
  to: number,
): { readonly lowest: number; readonly highest: number } {
  let lowest = from;
  let highest = from;
  for (let index = from; index < to; index += 1) {
    const value = curve[index] ?? 0;
    if (value < (curve[lowest] ?? 0)) lowest = index;
    if (value > (curve[highest] ?? 0)) highest = index;
  }
  return { lowest, highest };
}
