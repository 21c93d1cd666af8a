import { calendarReturns } from '../../quant/calendar-returns.js';
import type { DrawdownSpan } from '../../quant/drawdown.js';
import type { Performance } from '../../quant/performance.js';
import { calendarDaysBetween, type DatedReturn } from '../../quant/returns.js';
import type { SessionResult } from '../session-result.js';
import { benchmarkCurve, equityCurve } from './benchmark-curve.js';
import type { SessionPerformance } from './session-performance.js';
import type {
  CurveSummary,
  DatedReturnSummary,
  DrawdownSummary,
  PerformanceSummary,
  YearReturnsSummary,
} from './summary-schema.js';
import { dayText, significant } from './summary-value.js';

/** Figures of the strategy: those of its equity curve, then those of its trades. */
export function performanceSummary(
  result: SessionResult,
  measured: SessionPerformance,
): PerformanceSummary {
  return {
    ...curveSummary(measured.strategy),
    win_rate: significant(measured.trades.winRateFrac),
    profit_factor: significant(measured.trades.profitFactor),
    average_trade: significant(measured.trades.averageTrade),
    average_win: significant(measured.trades.averageWin),
    average_loss: significant(measured.trades.averageLoss),
    payoff_ratio: significant(measured.trades.payoffRatio),
    expectancy_r: significant(measured.trades.expectancyR),
    time_in_market: significant(measured.timeInMarketFrac),
    average_gross_exposure: significant(result.exposure.meanGrossFrac),
    turnover_per_year: significant(measured.turnoverPerYear),
    benchmark_correlation: significant(measured.benchmarkCorrelation),
    benchmark_beta: significant(measured.benchmarkBeta),
  };
}

/** Figures that exist for any curve, of the strategy or of buy-and-hold. */
export function curveSummary(measured: Performance): CurveSummary {
  return {
    total_return: significant(measured.totalReturnFrac),
    cagr: significant(measured.cagrFrac),
    volatility_ann: significant(measured.volAnn),
    sharpe: significant(measured.sharpe),
    sortino: significant(measured.sortino),
    calmar: significant(measured.calmar),
    max_drawdown: drawdownSummary(measured.drawdown),
    var_95_daily: significant(measured.var95Frac),
    cvar_95_daily: significant(measured.cvar95Frac),
    best_day: datedReturn(measured.bestDay),
    worst_day: datedReturn(measured.worstDay),
    positive_days: significant(measured.positiveDaysFrac),
    skewness: significant(measured.skewness),
    excess_kurtosis: significant(measured.excessKurtosis),
    horizons: measured.horizons.map((horizon) => ({
      days: horizon.horizonDays,
      windows: horizon.windows,
      mean_return: significant(horizon.meanFrac),
      hit_rate: significant(horizon.hitRateFrac),
    })),
    daily_returns: measured.returns,
    periods_per_year: measured.annualization.periodsPerYear,
    periods_basis: measured.annualization.basis,
    risk_free_ann: measured.riskFreeAnn,
  };
}

/**
 * Monthly returns of the strategy with the totals of its years, beside the years of buy-and-hold.
 */
export function monthlySummary(result: SessionResult): readonly YearReturnsSummary[] {
  const startValue = Number(result.startCash);
  const strategy = calendarReturns({ points: equityCurve(result.days), startValue }) ?? [];
  const benchmark =
    calendarReturns({ points: benchmarkCurve(result, result.days), startValue }) ?? [];
  const held = new Map(benchmark.map((year) => [year.year, year.totalFrac]));
  return strategy.map((year) => ({
    year: year.year,
    months: year.months.map(significant),
    total: significant(year.totalFrac),
    buy_and_hold: significant(held.get(year.year) ?? null),
  }));
}

function drawdownSummary(span: DrawdownSpan | null): DrawdownSummary {
  if (span === null) {
    return {
      frac: 0,
      peak: null,
      trough: null,
      recovered: null,
      decline_days: null,
      recovery_days: null,
    };
  }
  const { peakTsMs, troughTsMs, recoveredTsMs } = span;
  return {
    frac: significant(span.frac) ?? 0,
    peak: dayText(peakTsMs),
    trough: dayText(troughTsMs),
    recovered: recoveredTsMs === null ? null : dayText(recoveredTsMs),
    decline_days: calendarDaysBetween({ firstTsMs: peakTsMs, lastTsMs: troughTsMs }),
    recovery_days:
      recoveredTsMs === null
        ? null
        : calendarDaysBetween({ firstTsMs: troughTsMs, lastTsMs: recoveredTsMs }),
  };
}

function datedReturn(value: DatedReturn | null): DatedReturnSummary | null {
  return value === null ? null : { date: dayText(value.tsMs), frac: significant(value.frac) ?? 0 };
}
