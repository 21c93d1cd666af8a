import type uPlot from 'uplot';

/**
 * Steps of one decade from which a log axis takes its ticks: the coarsest list that gives enough of
 * them.
 */
const LOG_STEPS: readonly (readonly number[])[] = [
  [1],
  [1, 3],
  [1, 2, 5],
  [1, 1.5, 2, 3, 5, 7],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9],
];

const LOG_TICKS_MIN = 4;
const LOG_TICKS_MAX = 9;

/** Room above and below the curves of a log axis, as a share of its height. */
const LOG_PADDING = 0.06;

/** Fits a log scale closely around its data instead of out to whole decades. */
export function logRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [1, 10];
  const span = Math.max(Math.log10(high / low), 0.02) * LOG_PADDING;
  return [low / 10 ** span, high * 10 ** span];
}

/** Chooses round values on a log scale. */
export function logSplits(_: uPlot, __: number, low: number, high: number): number[] {
  for (const steps of LOG_STEPS) {
    const ticks = ticksOf(steps, low, high);
    if (ticks.length >= LOG_TICKS_MIN && ticks.length <= LOG_TICKS_MAX) return ticks;
  }
  return linearTicks(low, high);
}

function ticksOf(steps: readonly number[], low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade += 1) {
    for (const step of steps) {
      const tick = Number((step * 10 ** decade).toPrecision(6));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** Over less than half a decade equal steps read better than steps of a decade. */
function linearTicks(low: number, high: number): number[] {
  const raw = (high - low) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= raw) ?? 10) * magnitude;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    ticks.push(Number(tick.toPrecision(10)));
  }
  return ticks;
}
