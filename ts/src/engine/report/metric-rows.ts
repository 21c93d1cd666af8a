import type { DrawdownSpan } from '../../quant/drawdown.js';
import type { Performance } from '../../quant/performance.js';
import { calendarDaysBetween, type DatedReturn } from '../../quant/returns.js';
import type { SessionResult } from '../session-result.js';
import { displayAmount } from './amount-text.js';
import {
  countText,
  dateText,
  durationText,
  fixedText,
  NO_FIGURE,
  percentText,
  signedPercentText,
} from './figure-text.js';
import type { SessionPerformance } from './session-performance.js';

/** One line of the comparison, ready to print; the note explains how the figure is defined. */
export interface MetricRow {
  readonly label: string;
  readonly strategy: string;
  readonly benchmark: string;
  readonly note: string;
}

export interface MetricGroup {
  readonly title: string;
  readonly rows: readonly MetricRow[];
}

/**
 * Returns the comparison of strategy and buy-and-hold that both the terminal and the page print.
 */
export function metricGroups(
  result: SessionResult,
  measured: SessionPerformance,
): readonly MetricGroup[] {
  return [
    { title: 'Return', rows: returnRows(measured) },
    { title: 'Risk', rows: riskRows(measured) },
    { title: 'Trading', rows: tradingRows(result, measured) },
  ];
}

function returnRows(measured: SessionPerformance): readonly MetricRow[] {
  return [
    compare(measured, 'Total return', 'last value ÷ first value − 1', (curve) =>
      percentText(curve.totalReturnFrac),
    ),
    compare(measured, 'CAGR', 'compounded over calendar years of 365.25 days', (curve) =>
      percentText(curve.cagrFrac),
    ),
    compare(measured, 'Best day', 'largest daily return', (curve) => datedText(curve.bestDay)),
    compare(measured, 'Worst day', 'smallest daily return', (curve) => datedText(curve.worstDay)),
    compare(measured, 'Positive days', 'share of daily returns above zero', (curve) =>
      percentText(curve.positiveDaysFrac, 1),
    ),
    ...measured.strategy.horizons.map((horizon, index) =>
      compare(
        measured,
        `${horizon.horizonDays}-day return`,
        'mean of overlapping windows of trading days, share above zero',
        (curve) => horizonText(curve, index),
      ),
    ),
  ];
}

function riskRows(measured: SessionPerformance): readonly MetricRow[] {
  const { periodsPerYear } = measured.strategy.annualization;
  const riskFree = percentText(measured.strategy.riskFreeAnn, 1);
  return [
    compare(measured, 'Volatility', `daily sample deviation × √${periodsPerYear}`, (curve) =>
      percentText(curve.volAnn),
    ),
    compare(measured, 'Sharpe ratio', `over a risk-free rate of ${riskFree} a year`, (curve) =>
      fixedText(curve.sharpe),
    ),
    compare(measured, 'Sortino ratio', 'downside deviation over all days', (curve) =>
      fixedText(curve.sortino),
    ),
    compare(measured, 'Calmar ratio', 'CAGR ÷ maximum drawdown, whole period', (curve) =>
      fixedText(curve.calmar),
    ),
    compare(measured, 'Max drawdown', 'largest fall from a peak, at bar closes', (curve) =>
      percentText(curve.drawdown?.frac ?? 0),
    ),
    compare(measured, 'From peak to trough', 'of the maximum drawdown', (curve) =>
      spanText(curve.drawdown),
    ),
    compare(measured, 'Length of the fall', 'calendar time from peak to trough', (curve) =>
      declineText(curve.drawdown),
    ),
    compare(measured, 'Recovered', 'first close at the old peak, time since the trough', (curve) =>
      recoveryText(curve.drawdown),
    ),
    compare(measured, 'VaR 95, daily', 'historical, interpolated quantile (type 7)', (curve) =>
      percentText(curve.var95Frac),
    ),
    compare(measured, 'CVaR 95, daily', 'mean loss at or beyond VaR', (curve) =>
      percentText(curve.cvar95Frac),
    ),
    compare(measured, 'Skewness', 'of daily returns', (curve) => fixedText(curve.skewness)),
    compare(measured, 'Excess kurtosis', 'of daily returns; 0 when normal', (curve) =>
      fixedText(curve.excessKurtosis),
    ),
    {
      label: 'Beta',
      strategy: fixedText(measured.benchmarkBeta),
      benchmark: fixedText(1),
      note: `to buy and hold; correlation ${fixedText(measured.benchmarkCorrelation)}`,
    },
  ];
}

function tradingRows(result: SessionResult, measured: SessionPerformance): readonly MetricRow[] {
  const { totals } = result.roundTrips;
  const { trades } = measured;
  const { currency, orders } = result;
  return [
    {
      label: 'Time in market',
      strategy: percentText(measured.timeInMarketFrac, 1),
      benchmark: percentText(1, 1),
      note: 'share of bars with a position at the close',
    },
    {
      label: 'Average gross exposure',
      strategy: percentText(result.exposure.meanGrossFrac, 1),
      benchmark: percentText(1, 1),
      note: 'gross notional ÷ equity, mean over bars',
    },
    own('Turnover a year', timesText(measured.turnoverPerYear), 'buys and sells ÷ mean equity'),
    own('Trades', countText(totals.count), `flat to flat; fills: ${countText(result.fillCount)}`),
    own('Win rate', percentText(trades.winRateFrac, 1), 'trades with a profit after fees'),
    own('Profit factor', fixedText(trades.profitFactor), 'sum of profits ÷ sum of losses'),
    own(`Average trade, ${currency}`, fixedText(trades.averageTrade), 'after fees'),
    own('Expectancy', fixedText(trades.expectancyR), 'average trade ÷ average loss'),
    own(
      'Execution rate',
      percentText(measured.executionRateFrac, 1),
      `${countText(orders.strategyFilled)} of ${countText(orders.strategySent)} orders of the strategy filled`,
    ),
    own(`Fees, ${currency}`, displayAmount(result.fees), 'of all fills'),
    ...(result.interest === undefined
      ? []
      : [own(`Interest, ${currency}`, displayAmount(result.interest), 'on what was borrowed')]),
    own(`Slippage, ${currency}`, displayAmount(result.slippage), 'against the price before it'),
  ];
}

function spanText(span: DrawdownSpan | null): string {
  if (span === null) return NO_FIGURE;
  return `${dateText(span.peakTsMs)} to ${dateText(span.troughTsMs)}`;
}

function declineText(span: DrawdownSpan | null): string {
  if (span === null) return NO_FIGURE;
  return durationText(calendarDaysBetween({ firstTsMs: span.peakTsMs, lastTsMs: span.troughTsMs }));
}

/** Prints when a drawdown was made good and how long after its trough. */
function recoveryText(span: DrawdownSpan | null): string {
  if (span === null) return NO_FIGURE;
  if (span.recoveredTsMs === null) return 'not yet';
  const days = calendarDaysBetween({ firstTsMs: span.troughTsMs, lastTsMs: span.recoveredTsMs });
  return `${dateText(span.recoveredTsMs)}, ${durationText(days)}`;
}

function compare(
  measured: SessionPerformance,
  label: string,
  note: string,
  text: (curve: Performance) => string,
): MetricRow {
  return {
    label,
    strategy: text(measured.strategy),
    benchmark: text(measured.benchmark),
    note,
  };
}

/** A figure that buy-and-hold, which neither trades nor pays, does not have. */
function own(label: string, strategy: string, note: string): MetricRow {
  return { label, strategy, benchmark: NO_FIGURE, note };
}

function datedText(value: DatedReturn | null): string {
  return value === null ? NO_FIGURE : `${signedPercentText(value.frac)} (${dateText(value.tsMs)})`;
}

function horizonText(curve: Performance, index: number): string {
  const horizon = curve.horizons[index];
  if (horizon === undefined || horizon.meanFrac === null) return NO_FIGURE;
  return `${signedPercentText(horizon.meanFrac)}, ${percentText(horizon.hitRateFrac, 1)} up`;
}

function timesText(value: number | null): string {
  return value === null ? NO_FIGURE : `${fixedText(value)} ×`;
}
