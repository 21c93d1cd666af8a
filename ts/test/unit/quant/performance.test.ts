import { describe, expect, it } from 'vitest';
import { measurePerformance } from '#ts/quant/performance.js';
import { sp500Bars } from '../../support/sp500-bars.js';

const bars = sp500Bars();
const points = bars.map((bar) => ({ tsMs: bar.tsMs, value: bar.close }));
const period = { firstTsMs: points[0]?.tsMs ?? 0, lastTsMs: points.at(-1)?.tsMs ?? 0 };

describe('measurePerformance', () => {
  it('SIM-07: agrees with the public record of the S&P 500 from 2000 to April 2020', () => {
    const measured = measurePerformance({
      points,
      period,
      startValue: 1455.22,
      finalValue: 2874.56,
    });
    expect(measured.totalReturnFrac).toBe(2874.56 / 1455.22 - 1);
    // 2000-01-03 to 2020-04-17 are 7,410 days.
    expect(measured.years).toBeCloseTo(7_410 / 365.25, 12);
    expect(measured.cagrFrac).toBeCloseTo((2874.56 / 1455.22) ** (365.25 / 7_410) - 1, 12);
    expect(measured.annualization).toEqual({ periodsPerYear: 252, basis: 'weekdays' });
    // Closes 1565.15 on 2007-10-09 and 676.53 on 2009-03-09; new high on 2013-03-28.
    expect(measured.drawdown?.frac).toBeCloseTo((1565.15 - 676.53) / 1565.15, 12);
    expect(measured.drawdown).toMatchObject({
      peakTsMs: Date.parse('2007-10-09T23:59:59.999Z'),
      troughTsMs: Date.parse('2009-03-09T23:59:59.999Z'),
      recoveredTsMs: Date.parse('2013-03-28T23:59:59.999Z'),
    });
    expect(measured.bestDay?.tsMs).toBe(Date.parse('2008-10-13T23:59:59.999Z'));
    expect(measured.worstDay?.tsMs).toBe(Date.parse('2020-03-16T23:59:59.999Z'));
    expect(measured.returns).toBe(points.length - 1);
    expect(measured.horizons.map((horizon) => horizon.horizonDays)).toEqual([7, 10]);
  });

  it('does not depend on the unit of money', () => {
    const scaled = points.map((point) => ({ ...point, value: point.value * 16 }));
    const base = { period, startValue: 1455.22, finalValue: 2874.56 };
    const plain = measurePerformance({ ...base, points });
    expect(measurePerformance({ ...base, points: scaled })).toEqual(plain);
  });

  it('takes a drawdown measured on a finer grid as it is', () => {
    const drawdown = { frac: 0.9, peakTsMs: 1, troughTsMs: 2, recoveredTsMs: null };
    const base = { points, period, startValue: 1, finalValue: 2 };
    expect(measurePerformance({ ...base, drawdown }).drawdown).toEqual(drawdown);
    expect(measurePerformance({ ...base, drawdown: null }).drawdown).toBeNull();
  });

  it('gives null and never NaN for one point and for none', () => {
    for (const few of [[], points.slice(0, 1)]) {
      const measured = measurePerformance({
        points: few,
        period: { firstTsMs: 0, lastTsMs: 0 },
        startValue: 100,
        finalValue: 100,
      });
      expect(JSON.stringify(measured)).not.toMatch(/NaN|Infinity/);
      expect(measured).toMatchObject({
        totalReturnFrac: 0,
        cagrFrac: null,
        volAnn: null,
        sharpe: null,
        sortino: null,
        calmar: null,
        drawdown: null,
        var95Frac: null,
        cvar95Frac: null,
        bestDay: null,
        worstDay: null,
        positiveDaysFrac: null,
      });
    }
  });
});
