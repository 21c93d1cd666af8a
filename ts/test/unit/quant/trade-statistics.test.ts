import { describe, expect, it } from 'vitest';
import { tradeStatistics } from '#ts/quant/trade-statistics.js';

describe('tradeStatistics', () => {
  it('SIM-07: gives win rate, profit factor, averages and expectancy', () => {
    const sums = { count: 5, wins: 2, losses: 2, grossProfit: 300, grossLoss: 100 };
    expect(tradeStatistics(sums)).toEqual({
      winRateFrac: 0.4,
      profitFactor: 3,
      averageTrade: 40,
      averageWin: 150,
      averageLoss: 50,
      payoffRatio: 3,
      expectancyR: 0.8,
    });
  });

  it('gives null wherever a divisor is zero', () => {
    const sums = { count: 1, wins: 1, losses: 0, grossProfit: 10, grossLoss: 0 };
    expect(tradeStatistics(sums)).toMatchObject({
      winRateFrac: 1,
      profitFactor: null,
      averageLoss: null,
      payoffRatio: null,
      expectancyR: null,
    });
    const none = { count: 0, wins: 0, losses: 0, grossProfit: 0, grossLoss: 0 };
    expect(new Set(Object.values(tradeStatistics(none)))).toEqual(new Set([null]));
  });
});
