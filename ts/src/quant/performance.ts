import { annualizationOf, yearsBetween, type Annualization } from './annualization.js';
import { calmarRatio } from './calmar-ratio.js';
import { maxDrawdown, type DrawdownSpan } from './drawdown.js';
import { horizonProfit, PROFIT_HORIZONS_DAYS, type HorizonProfit } from './horizon-profit.js';
import { excessKurtosis, skewness } from './moments.js';
import {
  compoundAnnualGrowth,
  extremeReturn,
  simpleReturns,
  totalReturn,
  type DatedReturn,
  type ValuePoint,
} from './returns.js';
import { sharpeRatio } from './sharpe-ratio.js';
import { sortinoRatio } from './sortino-ratio.js';
import { conditionalValueAtRisk, valueAtRisk } from './tail-risk.js';
import { annualizedVolatility } from './volatility.js';

/** The confidence of the value-at-risk figures. */
export const TAIL_CONFIDENCE = 0.95;

/** A curve of value with one point for each UTC day, in the order of time. */
export interface PerformanceInput {
  readonly points: readonly ValuePoint[];
  /** Value before the first point, for the total return. */
  readonly startValue: number;
  /** Value at the end, for the total return. */
  readonly finalValue: number;
  readonly period: { readonly firstTsMs: number; readonly lastTsMs: number };
  /** Risk-free rate a year, a fraction; 0 when left out. */
  readonly riskFreeAnn?: number;
  /**
   * The maximum drawdown where it was measured on a finer grid than days; from the points when left
   * out.
   */
  readonly drawdown?: DrawdownSpan | null;
}

/**
 * The figures of one curve. Fractions, ratios and dates; null wherever the series is too short or
 * the figure does not exist, never NaN. Daily returns are taken between consecutive points.
 */
export interface Performance {
  readonly annualization: Annualization;
  readonly riskFreeAnn: number;
  readonly years: number;
  readonly returns: number;
  readonly totalReturnFrac: number | null;
  readonly cagrFrac: number | null;
  readonly volAnn: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  /** Null when the curve never fell. */
  readonly drawdown: DrawdownSpan | null;
  readonly var95Frac: number | null;
  readonly cvar95Frac: number | null;
  readonly bestDay: DatedReturn | null;
  readonly worstDay: DatedReturn | null;
  /** Share of daily returns above zero, 0–1. */
  readonly positiveDaysFrac: number | null;
  readonly skewness: number | null;
  readonly excessKurtosis: number | null;
  readonly horizons: readonly HorizonProfit[];
}

/** Measures one curve; see each metric's own file for its formula, source and range. */
export function measurePerformance(input: PerformanceInput): Performance {
  const values = input.points.map((point) => point.value);
  const returns = simpleReturns(values) ?? [];
  const annualization = annualizationOf(input.points.map((point) => point.tsMs));
  const { periodsPerYear } = annualization;
  const riskFreeAnn = input.riskFreeAnn ?? 0;
  const years = yearsBetween(input.period);
  const drawdown = input.drawdown === undefined ? maxDrawdown(input.points) : input.drawdown;
  const cagrFrac = compoundAnnualGrowth({
    first: input.startValue,
    last: input.finalValue,
    years,
  });
  const tail = { returns, confidence: TAIL_CONFIDENCE };
  return {
    annualization,
    riskFreeAnn,
    years,
    returns: returns.length,
    totalReturnFrac: totalReturn({ first: input.startValue, last: input.finalValue }),
    cagrFrac,
    volAnn: annualizedVolatility({ returns, periodsPerYear }),
    sharpe: sharpeRatio({ returns, periodsPerYear, riskFreeAnn }),
    sortino: sortinoRatio({ returns, periodsPerYear, riskFreeAnn }),
    calmar: calmarRatio({ cagrFrac, maxDrawdownFrac: drawdown?.frac ?? 0 }),
    drawdown,
    var95Frac: valueAtRisk(tail),
    cvar95Frac: conditionalValueAtRisk(tail),
    bestDay: extremeReturn(input.points, 'best'),
    worstDay: extremeReturn(input.points, 'worst'),
    positiveDaysFrac:
      returns.length === 0 ? null : returns.filter((value) => value > 0).length / returns.length,
    skewness: skewness(returns),
    excessKurtosis: excessKurtosis(returns),
    horizons: PROFIT_HORIZONS_DAYS.map((horizonDays) => horizonProfit({ values, horizonDays })),
  };
}
