import { describe, expect, it } from 'vitest';
import { CHART_POINTS_MAX } from '#ts/engine/report/decimation.js';
import { FILL_MARKS_MAX, pageData, pageDataText } from '#ts/engine/report/page-data.js';
import { measureSession } from '#ts/engine/report/session-performance.js';
import type { EquityPoint, SessionResult } from '#ts/engine/session-result.js';
import { sp500Session } from '../../../support/sp500-session.js';

const result = sp500Session();

function dataOf(session: SessionResult): ReturnType<typeof pageData> {
  return pageData(session, measureSession(session));
}

function points(count: number, stepMs: number): EquityPoint[] {
  return Array.from({ length: count }, (_, index) => ({
    tsMs: Date.parse('2018-04-04') + index * stepMs,
    equity: 100_000 + 1_000 * Math.sin(index / 500),
    cash: 0,
    positionValue: 0,
    grossExposure: 50_000,
    closes: [100 + Math.cos(index / 700)],
  }));
}

describe('pageData', () => {
  it('keeps twenty years of days whole, by day', () => {
    const { curve, prices } = dataOf(result);
    expect(curve.times.unitS).toBe(86_400);
    expect(curve.times.steps).toHaveLength(result.days.length);
    const last = curve.times.steps.reduce((sum, step) => sum + step, 0) * 86_400;
    expect(new Date(last * 1_000).toISOString()).toBe('2020-04-17T00:00:00.000Z');
    expect(prices[0]?.closes[0]).toBe(1455.22);
    expect(prices[0]?.fills).toHaveLength(result.fillCount);
    expect(Math.max(...curve.benchmarkDrawdown)).toBe(5_678);
  });

  it('bounds the points of a long run, and the marks', () => {
    const days = points(50_000, 86_400_000);
    const fills = Array.from({ length: 30_000 }, (_, index) => ({
      tsMs: days[index]?.tsMs ?? 0,
      instrument: 'SPX',
      side: 'buy' as const,
      px: 100,
      qty: 1,
      reason: 'signal',
    }));
    const data = dataOf({ ...result, days, fills });
    expect(data.curve.equity.length).toBeLessThanOrEqual(CHART_POINTS_MAX);
    expect(data.rolling.volatility.length).toBeLessThanOrEqual(CHART_POINTS_MAX);
    expect(data.prices[0]?.fills.length).toBeLessThanOrEqual(FILL_MARKS_MAX);
  });

  it('draws bar closes when there are too few days', () => {
    const intraday = points(2_880, 60_000);
    const days = [intraday[1_439], intraday[2_879]].filter((day) => day !== undefined);
    const { curve } = dataOf({ ...result, days, intraday });
    expect(curve.times.unitS).toBe(1);
    expect(curve.times.steps).toHaveLength(2_880);
    expect(curve.exposure).toHaveLength(2_880);
  });

  it('asks for a linear axis once equity is not above zero', () => {
    expect(dataOf(result).positive).toBe(true);
    const days = result.days.map((day, index) => (index === 9 ? { ...day, equity: 0 } : day));
    expect(dataOf({ ...result, days }).positive).toBe(false);
  });

  it('cannot end its script element, whatever a symbol holds', () => {
    const hostile = '</script><!--<script>\u2028&';
    const instruments = result.instruments.map((one) => ({ ...one, symbol: hostile }));
    const text = pageDataText(dataOf({ ...result, instruments }));
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toMatchObject({ prices: [{ symbol: hostile }] });
  });
});
