import { describe, expect, it } from 'vitest';
import { profitDistribution, rollingBacktest } from '#ts/quant/index.js';
import { rejectionOf } from '../../../support/thrown-error.js';
import { sp500Returns } from '../../../support/sp500-returns.js';

const profits = sp500Returns().slice(1_500, 2_400);

describe('rollingBacktest', () => {
  it.each(['historical', 'filtered_garch', 'student_t', 'monte_carlo'] as const)(
    '%s: forecasts from the window before each day only',
    async (method) => {
      const found = await rollingBacktest({ profits, method, window: 500 });
      expect(found.days).toHaveLength(400);
      expect(found.exceptions).toBe(found.days.filter(({ isException }) => isException).length);
      // What comes later must not reach back.
      const shorter = await rollingBacktest({
        profits: profits.slice(0, 600),
        method,
        window: 500,
      });
      expect(shorter.days).toEqual(found.days.slice(0, 100));
      expect(found.days[0]?.index).toBe(500);
      expect(found.expected).toBeCloseTo(4, 12);
    },
  );

  it('holds the figures of the method', async () => {
    const { days } = await rollingBacktest({
      profits: profits.slice(0, 503),
      method: 'age_weighted',
    });
    const last = profitDistribution(profits.slice(2, 502), 'age_weighted').figures(0.99);
    expect(days[2]).toMatchObject({ index: 502, var: last.var, cvar: last.cvar });
  });

  it('the crisis of 2008 finds the normal distribution out', async () => {
    const found = await rollingBacktest({ profits, method: 'normal' });
    expect(found.exceptions).toBeGreaterThan(10);
    expect(found.kupiec.pValue).toBeLessThan(0.01);
    expect(found.trafficLight.zone).toBe('red');
    expect(found.zoneDays.red).toBeGreaterThan(0);
    expect(found.shortfall.z2).toBeLessThan(0);
    const { green, yellow, red } = found.zoneDays;
    expect(green + yellow + red).toBe(400 - 249);
  });

  it('counts the days for which a method has no figure', async () => {
    const stormy = sp500Returns().slice(-560);
    const found = await rollingBacktest({ profits: stormy, method: 'cornish_fisher', window: 500 });
    const missing = found.unavailable['EXPANSION_INVALID'] ?? 0;
    expect(found.days.length + missing).toBe(60);
    expect(missing).toBeGreaterThan(0);
  });

  it('says how far it has come, and needs a day after the window', async () => {
    const shares: number[] = [];
    await rollingBacktest({ profits, method: 'normal', onProgress: (share) => shares.push(share) });
    expect(shares.length).toBeGreaterThan(2);
    const short = await rejectionOf(rollingBacktest({ profits, method: 'normal', window: 900 }));
    expect(short.code).toBe('OBSERVATIONS_TOO_FEW');
    const level = await rollingBacktest({ profits, method: 'monte_carlo', level: 0.9 }).catch(
      (error: unknown) => error,
    );
    expect(level).toMatchObject({ code: 'OBSERVATIONS_TOO_FEW' });
  });
});
