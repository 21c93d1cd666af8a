import { describe, expect, it } from 'vitest';

import { binnedTail } from '#ts/gpu/histogram-tail.js';

/** Bins of outcomes made by hand. */
function binsOf(
  outcomes: readonly number[],
  [low, width, count]: readonly [number, number, number],
) {
  const bins = new Uint32Array(count);
  const distances = new Float64Array(count);
  for (const outcome of outcomes) {
    const place = (outcome - low) / width;
    const bin = Math.floor(place);
    bins[bin] = (bins[bin] ?? 0) + 1;
    distances[bin] = (distances[bin] ?? 0) + place - bin;
  }
  return { low, width, bins, distances, below: 0 };
}

describe('binnedTail', () => {
  it('PRISK-02: bounds hold the figures of the definition, and meet them where a bin is all in the tail', () => {
    const outcomes = Array.from({ length: 100 }, (_, place) => place - 50);
    const found = binnedTail(binsOf(outcomes, [-50, 5, 20]), 0.95, 100);
    // The five least fill the first bin: their mean is known, and the quantile is the next.
    expect(found.var).toEqual({ low: 40, high: 45 });
    expect(found.cvar?.low).toBeCloseTo(48, 3);
    expect(found.cvar?.high).toBeCloseTo(48, 3);
    const within = binnedTail(binsOf(outcomes, [-50, 5, 20]), 0.93, 100);
    expect(within.cvar?.low).toBeLessThan(47);
    expect(within.cvar?.high).toBeGreaterThan(47);
  });

  it('no bound is told where outcomes lie below the bins', () => {
    const binned = { ...binsOf([1, 2, 3, 4], [0, 1, 5]), below: 1 };
    expect(binnedTail(binned, 0.5, 5)).toEqual({
      level: 0.5,
      var: { low: -3, high: -2 },
      cvar: null,
    });
    expect(binnedTail(binned, 0.9, 5)).toMatchObject({ var: null, cvar: null });
  });

  it('any sample lies between its bounds, whatever the bins', () => {
    const outcomes = Array.from({ length: 977 }, (_, place) => 10 * Math.sin(place * 12.9898) ** 3);
    const sorted = outcomes.toSorted((one, other) => one - other);
    for (const count of [1, 3, 10, 200]) {
      const binned = binsOf(outcomes, [-10, 20.001 / count, count]);
      for (const level of [0.5, 0.8, 0.9, 0.95, 0.99]) {
        const mass = (1 - level) * outcomes.length;
        const rank = Math.floor(mass);
        const whole = sorted.slice(0, rank).reduce((sum, outcome) => sum + outcome, 0);
        const cvar = -(whole + (mass - rank) * (sorted[rank] ?? 0)) / mass;
        const found = binnedTail(binned, level, outcomes.length);
        expect(found.cvar?.low).toBeLessThanOrEqual(cvar);
        expect(found.cvar?.high).toBeGreaterThanOrEqual(cvar);
        expect(found.var?.low).toBeLessThanOrEqual(-(sorted[rank] ?? 0));
        expect(found.var?.high).toBeGreaterThanOrEqual(-(sorted[rank] ?? 0));
      }
    }
  });
});
