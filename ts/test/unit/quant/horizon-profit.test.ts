import { describe, expect, it } from 'vitest';
import { horizonProfit } from '#ts/quant/horizon-profit.js';

describe('horizonProfit', () => {
  it('SIM-07: averages overlapping returns and counts those above zero', () => {
    const profit = horizonProfit({ values: [100, 110, 100, 99], horizonDays: 2 });
    // 100 → 100 is no gain; 110 → 99 loses a tenth.
    expect(profit).toEqual({
      horizonDays: 2,
      windows: 2,
      meanFrac: (0 + (99 / 110 - 1)) / 2,
      hitRateFrac: 0,
    });
  });

  it('has no figures for a series not longer than the horizon or with a value of zero', () => {
    const empty = { windows: 0, meanFrac: null, hitRateFrac: null };
    expect(horizonProfit({ values: [1, 2, 3], horizonDays: 3 })).toMatchObject(empty);
    expect(horizonProfit({ values: [0, 2, 3], horizonDays: 1 })).toMatchObject(empty);
  });
});
