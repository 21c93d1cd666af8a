import { describe, expect, it } from 'vitest';
import { measureSession } from '#ts/engine/report/session-performance.js';
import { sp500Session } from '../../../support/sp500-session.js';

const result = sp500Session();
const measured = measureSession(result);

describe('measureSession', () => {
  it('gives buy-and-hold the return of last close ÷ first close − 1, computed by hand', () => {
    expect(measured.benchmark.totalReturnFrac).toBe(2874.56 / 1455.22 - 1);
  });

  it('measures buy-and-hold on the closes, whatever the starting cash', () => {
    const richer = measureSession({ ...result, startCash: '1000000000' });
    expect(richer.benchmark.volAnn).toBeCloseTo(measured.benchmark.volAnn ?? 0, 12);
    expect(richer.benchmark.totalReturnFrac).toBe(measured.benchmark.totalReturnFrac);
  });

  it('SIM-07: takes the execution rate from orders sent, and none sent gives none', () => {
    const { strategyFilled, strategySent } = result.orders;
    expect(measured.executionRateFrac).toBe(strategyFilled / strategySent);
    const none = { ...result, orders: { ...result.orders, strategySent: 0 } };
    expect(measureSession(none).executionRateFrac).toBeNull();
  });

  it('takes the drawdown that the engine measured at bar closes', () => {
    expect(measured.strategy.drawdown).toBe(result.maxDrawdown);
    expect(measured.benchmark.drawdown).toBe(result.benchmark.maxDrawdown);
  });

  it('lowers the Sharpe ratio by the risk-free rate', () => {
    const charged = measureSession(result, { riskFreeAnn: 0.02 });
    expect(charged.strategy.sharpe ?? 0).toBeLessThan(measured.strategy.sharpe ?? 0);
    expect(charged.strategy.riskFreeAnn).toBe(0.02);
  });

  it('gives beta 1 and correlation 1 to a strategy that holds the benchmark', () => {
    const days = result.days.map((day) => ({ ...day, equity: (day.closes[0] ?? 0) * 3 }));
    const holder = measureSession({ ...result, days });
    expect(holder.benchmarkBeta).toBeCloseTo(1, 12);
    expect(holder.benchmarkCorrelation).toBeCloseTo(1, 12);
  });
});
