import { beta, correlation } from '../../quant/correlation.js';
import { measurePerformance, type Performance } from '../../quant/performance.js';
import { simpleReturns } from '../../quant/returns.js';
import { tradeStatistics, type TradeStatistics } from '../../quant/trade-statistics.js';
import { turnoverPerYear } from '../../quant/turnover.js';
import type { SessionResult } from '../session-result.js';
import { benchmarkCurve, equityCurve } from './benchmark-curve.js';

/**
 * The figures of a session beside those of buy-and-hold; everything that is printed comes from
 * here.
 */
export interface SessionPerformance {
  readonly strategy: Performance;
  readonly benchmark: Performance;
  readonly trades: TradeStatistics;
  /** Correlation and beta of the strategy's daily returns to buy-and-hold's. */
  readonly benchmarkCorrelation: number | null;
  readonly benchmarkBeta: number | null;
  /** Share of bars with a position at their close, 0–1; null without a bar. */
  readonly timeInMarketFrac: number | null;
  readonly turnoverPerYear: number | null;
  /** Strategy orders that filled at least in part ÷ those sent, 0–1; null when none was sent. */
  readonly executionRateFrac: number | null;
}

export interface PerformanceOptions {
  /** Risk-free rate a year, a fraction; 0 when left out. */
  readonly riskFreeAnn?: number;
}

/** Measures a session and its benchmark over the same days. */
export function measureSession(
  result: SessionResult,
  options: PerformanceOptions = {},
): SessionPerformance {
  const startValue = Number(result.startCash);
  const equity = equityCurve(result.days);
  const held = benchmarkCurve(result, result.days);
  const base = { startValue, period: result.period, riskFreeAnn: options.riskFreeAnn ?? 0 };
  const strategy = measurePerformance({
    ...base,
    points: equity,
    finalValue: Number(result.finalEquity),
    drawdown: result.maxDrawdown,
  });
  const benchmark = measurePerformance({
    ...base,
    points: held,
    startValue: Number(result.benchmark.firstClose),
    finalValue: Number(result.benchmark.lastClose),
    drawdown: result.benchmark.maxDrawdown,
  });
  const returns = simpleReturns(equity.map((point) => point.value)) ?? [];
  const benchmarkReturns = simpleReturns(held.map((point) => point.value)) ?? [];
  const { totals } = result.roundTrips;
  return {
    strategy,
    benchmark,
    trades: tradeStatistics({
      count: totals.count,
      wins: totals.wins,
      losses: totals.losses,
      grossProfit: Number(totals.grossProfit),
      grossLoss: Number(totals.grossLoss),
    }),
    benchmarkCorrelation: correlation(returns, benchmarkReturns),
    benchmarkBeta: beta({ returns, benchmark: benchmarkReturns }),
    timeInMarketFrac:
      result.period.bars === 0 ? null : result.exposure.barsInMarket / result.period.bars,
    turnoverPerYear: turnoverPerYear({
      tradedNotional: Number(result.turnoverNotional),
      equity: equity.map((point) => point.value),
      years: strategy.years,
    }),
    executionRateFrac:
      result.orders.strategySent === 0
        ? null
        : result.orders.strategyFilled / result.orders.strategySent,
  };
}
