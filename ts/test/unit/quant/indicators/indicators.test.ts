import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Bar } from '#ts/core/bar.js';
import {
  atr,
  ema,
  type IndicatorFactory,
  realizedVolatility,
  sma,
} from '#ts/quant/indicators/index.js';
import { anyBars, barOf, flatBar } from '../../../support/bars.js';

/** What an indicator says after each bar: its value, or null while it is not warm. */
function valuesOf(factory: IndicatorFactory, bars: readonly Bar[]): readonly (number | null)[] {
  const indicator = factory();
  return bars.map((bar) => {
    indicator.update(bar);
    expect(Number.isNaN(indicator.value)).toBe(!indicator.isWarm);
    return indicator.isWarm ? indicator.value : null;
  });
}

const closesOf = (...closes: readonly number[]) =>
  closes.map((close, index) => flatBar(close, index));

/** Compares floats of one series to a part in 10⁹ of the largest price that they were made from. */
function expectClose(
  actual: readonly (number | null)[],
  expected: readonly (number | null)[],
  scale: number,
): void {
  expect(actual.map((value) => value === null)).toEqual(expected.map((value) => value === null));
  for (const [index, value] of actual.entries()) {
    const distance = Math.abs((value ?? 0) - (expected[index] ?? 0));
    expect(distance, `at ${index}: ${value} and ${expected[index]}`).toBeLessThanOrEqual(
      scale * 1e-9,
    );
  }
}

const highest = (bars: readonly Bar[]) => Math.max(...bars.map((bar) => bar.high));
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const period = fc.integer({ min: 1, max: 40 });

/** Works something out from the whole history up to each bar; null where the history is too short. */
function overHistory(
  bars: readonly Bar[],
  shortest: number,
  work: (history: readonly Bar[]) => number,
): readonly (number | null)[] {
  return bars.map((_, index) => (index + 1 < shortest ? null : work(bars.slice(0, index + 1))));
}

describe('sma', () => {
  it('is the mean of the last closes, warm after as many bars', () => {
    expect(valuesOf(sma(3), closesOf(1, 2, 6, 7, 2))).toEqual([null, null, 3, 5, 5]);
    expect(valuesOf(sma(1), closesOf(4, 5))).toEqual([4, 5]);
  });

  it('equals the mean over the whole history, for any bars and period', () => {
    fc.assert(
      fc.property(anyBars, period, (bars, count) => {
        const naive = overHistory(bars, count, (history) =>
          mean(history.slice(-count).map((bar) => bar.close)),
        );
        expectClose(valuesOf(sma(count), bars), naive, highest(bars));
      }),
    );
  });

  it('gathers no rounding error over a long series after an extreme price', () => {
    const indicator = sma(7)();
    for (let index = 0; index < 10_000; index += 1)
      indicator.update(flatBar(index < 7 ? 1e15 : 0.1, index));
    expect(indicator.value).toBeCloseTo(0.1, 14);
  });
});

describe('ema', () => {
  it('begins with the mean and then takes 2 ÷ (period + 1) of each step', () => {
    expect(valuesOf(ema(3), closesOf(1, 2, 3, 4, 8))).toEqual([null, null, 2, 3, 5.5]);
  });

  it('equals the weighted sum over the whole history, for any bars and period', () => {
    fc.assert(
      fc.property(anyBars, period, (bars, count) => {
        const weight = 2 / (count + 1);
        const naive = overHistory(bars, count, (history) => {
          const closes = history.map((bar) => bar.close);
          const after = closes.slice(count);
          const start = mean(closes.slice(0, count)) * (1 - weight) ** after.length;
          return after.reduce(
            (sum, close, index) =>
              sum + close * weight * (1 - weight) ** (after.length - 1 - index),
            start,
          );
        });
        expectClose(valuesOf(ema(count), bars), naive, highest(bars));
      }),
    );
  });
});

describe('atr', () => {
  const bars = [
    barOf({ open: 10, high: 11, low: 9, close: 10 }, 0),
    barOf({ open: 10, high: 12, low: 10, close: 11 }, 1),
    barOf({ open: 15, high: 16, low: 14, close: 15 }, 2),
    barOf({ open: 10, high: 11, low: 10, close: 10 }, 3),
  ];

  it('means true ranges, gaps included, and smooths by 1 ÷ period; warm a bar later', () => {
    expect(valuesOf(atr(2), bars)).toEqual([null, null, 3.5, 4.25]);
    expect(valuesOf(atr(1), bars)).toEqual([null, 2, 5, 5]);
  });

  it('equals the smoothed true ranges over the whole history, for any bars and period', () => {
    fc.assert(
      fc.property(anyBars, period, (series, count) => {
        const naive = overHistory(series, count + 1, (history) => {
          const ranges = history.slice(1).map(({ high, low }, index) => {
            const before = history[index]?.close ?? 0;
            return Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
          });
          return ranges
            .slice(count)
            .reduce(
              (value, range) => (value * (count - 1) + range) / count,
              mean(ranges.slice(0, count)),
            );
        });
        expectClose(valuesOf(atr(count), series), naive, highest(series));
      }),
    );
  });
});

describe('realizedVolatility', () => {
  it('is the sample deviation of log returns times √bars a year; warm a bar after its period', () => {
    const [up, down] = [Math.log(1.1), Math.log(0.9)];
    const deviation = Math.sqrt(((up - (up + down) / 2) ** 2 + (down - (up + down) / 2) ** 2) / 1);
    const values = valuesOf(
      realizedVolatility({ period: 2, barsPerYear: 252 }),
      closesOf(100, 110, 99),
    );
    expect(values.slice(0, 2)).toEqual([null, null]);
    expect(values[2]).toBeCloseTo(deviation * Math.sqrt(252), 12);
  });

  it('is zero for a price that does not move', () => {
    expect(
      valuesOf(realizedVolatility({ period: 3, barsPerYear: 252 }), closesOf(5, 5, 5, 5)),
    ).toEqual([null, null, null, 0]);
  });

  it('equals the deviation over the whole history, for any bars and period', () => {
    fc.assert(
      fc.property(anyBars, fc.integer({ min: 2, max: 40 }), (bars, count) => {
        const naive = overHistory(bars, count + 1, (history) => {
          const closes = history.slice(-count - 1).map((bar) => bar.close);
          const returns = closes
            .slice(1)
            .map((close, index) => Math.log(close / (closes[index] ?? 1)));
          const center = mean(returns);
          const squares = returns.reduce((sum, value) => sum + (value - center) ** 2, 0);
          return Math.sqrt(squares / (count - 1)) * Math.sqrt(365);
        });
        expectClose(
          valuesOf(realizedVolatility({ period: count, barsPerYear: 365 }), bars),
          naive,
          1_000,
        );
      }),
    );
  });
});

describe('every indicator', () => {
  const factories: readonly (readonly [string, (period: number) => IndicatorFactory])[] = [
    ['sma', sma],
    ['ema', ema],
    ['atr', atr],
    ['realizedVolatility', (count) => realizedVolatility({ period: count, barsPerYear: 252 })],
  ];

  it.each(factories)(
    '%s: looks at nothing that comes later, and makes a fresh one each time',
    (_, factory) => {
      fc.assert(
        fc.property(
          anyBars,
          fc.integer({ min: 2, max: 20 }),
          fc.nat({ max: 100 }),
          (bars, count, cut) => {
            const all = valuesOf(factory(count), bars);
            const make = factory(count);
            make().update(flatBar(1e9));
            expect(valuesOf(make, bars.slice(0, cut))).toEqual(all.slice(0, cut));
          },
        ),
        { numRuns: 30 },
      );
    },
  );
});
