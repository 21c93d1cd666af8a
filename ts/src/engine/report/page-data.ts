import { DAY_MS } from '../../quant/annualization.js';
import { underwater } from '../../quant/drawdown.js';
import { ROLLING_WINDOW_DAYS, rollingVolatility } from '../../quant/volatility.js';
import type { EquityPoint, SessionInstrument, SessionResult } from '../session-result.js';
import { benchmarkCurve, equityCurve } from './benchmark-curve.js';
import { coveredWindows } from './crisis-windows.js';
import { decimatedIndexes } from './decimation.js';
import type { PageCurve, PageData, PagePrice, PageRolling, PageTimes } from './page-contract.js';
import type { SessionPerformance } from './session-performance.js';

/** Under this number of days the charts show bar closes instead, if the result holds any. */
export const INTRADAY_DAYS_MAX = 40;

/** Instruments that get a price chart of their own. */
export const PRICE_CHARTS_MAX = 4;

/** Marks on one price chart; more would cover the price. */
export const FILL_MARKS_MAX = 4_000;

/** Shaded round trips on one price chart. */
const TRIP_SPANS_MAX = 2_000;

const FRACTION_UNIT = 10_000;
const MONEY_DIGITS = 7;
const DAY_S = DAY_MS / 1_000;

/** Builds the data block of the page: decimated, and rounded to what a chart can show. */
export function pageData(result: SessionResult, measured: SessionPerformance): PageData {
  const points = chartPoints(result);
  const fine = points === result.intraday;
  const unitS = fine ? 1 : DAY_S;
  const equity = equityCurve(points).map((point) => point.value);
  const benchmark = benchmarkCurve(result, points).map((point) => point.value);
  const indexes = decimatedIndexes([equity, benchmark]);
  const curve: PageCurve = {
    times: pageTimes(points, indexes, unitS),
    equity: pick(equity, indexes).map(moneyNumber),
    benchmark: pick(benchmark, indexes).map(moneyNumber),
    drawdown: pick(underwater(equity), indexes).map(fractionNumber),
    benchmarkDrawdown: pick(underwater(benchmark), indexes).map(fractionNumber),
    exposure: pick(points, indexes).map((point) =>
      point.equity > 0 ? fractionNumber(point.grossExposure / point.equity) : 0,
    ),
  };
  return {
    positive: equityPositive(result),
    curve,
    rolling: pageRolling(result, measured.strategy.annualization.periodsPerYear),
    prices: result.instruments.slice(0, PRICE_CHARTS_MAX).map((instrument, index) =>
      pagePrice(result, instrument, {
        closes: pick(
          points.map((point) => point.closes[index] ?? null),
          indexes,
        ),
        unitS,
      }),
    ),
    windows: coveredWindows(result, measured).map((window) => ({
      name: window.name,
      fromS: window.fromTsMs / 1_000,
      toS: window.toTsMs / 1_000,
    })),
  };
}

/** Whether there is anything to draw: one point makes no line. */
export function hasCurve(result: SessionResult): boolean {
  return chartPoints(result).length > 1;
}

/** Whether both curves stay above zero, as a log axis needs it. */
export function equityPositive(result: SessionResult): boolean {
  const points = chartPoints(result);
  return [...equityCurve(points), ...benchmarkCurve(result, points)].every(
    (point) => point.value > 0,
  );
}

/** Prints the data block so that no text in it can end the script element or start a comment. */
export function pageDataText(data: PageData): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function chartPoints(result: SessionResult): readonly EquityPoint[] {
  const { days, intraday } = result;
  return days.length < INTRADAY_DAYS_MAX && intraday.length > days.length ? intraday : days;
}

function pageRolling(result: SessionResult, periodsPerYear: number): PageRolling {
  const { days } = result;
  const equity = equityCurve(days).map((point) => point.value);
  const benchmark = benchmarkCurve(result, days).map((point) => point.value);
  const indexes = decimatedIndexes([equity, benchmark]);
  const volatility = (values: readonly number[]): readonly (number | null)[] => {
    const rolling = rollingVolatility({ values, windowDays: ROLLING_WINDOW_DAYS, periodsPerYear });
    return indexes.map((index) => nullable(rolling?.[index] ?? null));
  };
  return {
    times: pageTimes(days, indexes, DAY_S),
    volatility: volatility(equity),
    benchmarkVolatility: volatility(benchmark),
  };
}

function pagePrice(
  result: SessionResult,
  instrument: SessionInstrument,
  frame: { readonly closes: readonly (number | null)[]; readonly unitS: number },
): PagePrice {
  const { symbol } = instrument;
  const decimals = decimalsOf(instrument.tickSize);
  const at = (tsMs: number): number => Math.floor(tsMs / 1_000 / frame.unitS) * frame.unitS;
  const fills = result.fills.filter((fill) => fill.instrument === symbol);
  const stride = Math.max(1, Math.ceil(fills.length / FILL_MARKS_MAX));
  return {
    symbol,
    closes: frame.closes.map((close) => (close === null ? null : Number(close.toFixed(decimals)))),
    decimals,
    fills: fills
      .filter((_, index) => index % stride === 0)
      .map((fill) => [
        at(fill.tsMs),
        Number(fill.px.toFixed(decimals)),
        fill.side === 'buy' ? 1 : -1,
      ]),
    trips: result.roundTrips.listed
      .filter((trip) => trip.instrument === symbol)
      .slice(0, TRIP_SPANS_MAX)
      .map((trip) => [at(trip.entryTsMs), at(trip.exitTsMs), trip.side === 'long' ? 1 : -1]),
  };
}

function pageTimes(
  points: readonly EquityPoint[],
  indexes: readonly number[],
  unitS: number,
): PageTimes {
  let previous = 0;
  const steps = pick(points, indexes).map((point) => {
    const unit = Math.floor(point.tsMs / 1_000 / unitS);
    const step = unit - previous;
    previous = unit;
    return step;
  });
  return { unitS, steps };
}

function pick<Item>(items: readonly Item[], indexes: readonly number[]): Item[] {
  return indexes.flatMap((index) => {
    const item = items[index];
    return item === undefined ? [] : [item];
  });
}

function moneyNumber(value: number): number {
  return Number(value.toPrecision(MONEY_DIGITS));
}

function fractionNumber(frac: number): number {
  return Math.round(frac * FRACTION_UNIT);
}

function nullable(frac: number | null): number | null {
  return frac === null ? null : fractionNumber(frac);
}

/** Decimals with which a price of this tick is printed. */
function decimalsOf(tickSize: string): number {
  return (tickSize.split('.')[1] ?? '').replace(/0+$/, '').length;
}
