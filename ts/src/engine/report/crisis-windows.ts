import { maxDrawdown } from '../../quant/drawdown.js';
import { totalReturn, type ValuePoint } from '../../quant/returns.js';
import type { SessionResult } from '../session-result.js';
import { benchmarkCurve, equityCurve } from './benchmark-curve.js';
import type { SessionPerformance } from './session-performance.js';

/** A dated period of stress, from the last close before the fall to the close at its bottom. */
interface CrisisWindow {
  readonly name: string;
  readonly market: 'equities' | 'crypto';
  readonly from: string;
  readonly to: string;
}

/**
 * Windows from peak to trough by daily closes: of the S&P 500 for equities, of bitcoin for crypto.
 * The dates are public record (index and exchange closes); the names are the usual ones.
 */
const CRISIS_WINDOWS: readonly CrisisWindow[] = [
  { name: 'Dot-com bear market', market: 'equities', from: '2000-03-24', to: '2002-10-09' },
  { name: 'September 2001', market: 'equities', from: '2001-09-10', to: '2001-09-21' },
  { name: 'Global financial crisis', market: 'equities', from: '2007-10-09', to: '2009-03-09' },
  {
    name: 'May 2010 flash crash and after',
    market: 'equities',
    from: '2010-04-23',
    to: '2010-07-02',
  },
  {
    name: 'Euro crisis and US downgrade',
    market: 'equities',
    from: '2011-04-29',
    to: '2011-10-03',
  },
  {
    name: 'August 2015 devaluation shock',
    market: 'equities',
    from: '2015-08-17',
    to: '2015-08-25',
  },
  {
    name: 'February 2018 volatility spike',
    market: 'equities',
    from: '2018-01-26',
    to: '2018-02-08',
  },
  { name: 'Fourth quarter of 2018', market: 'equities', from: '2018-09-20', to: '2018-12-24' },
  { name: 'Pandemic crash', market: 'equities', from: '2020-02-19', to: '2020-03-23' },
  { name: 'Inflation bear market', market: 'equities', from: '2022-01-03', to: '2022-10-12' },
  { name: 'August 2024 carry unwinding', market: 'equities', from: '2024-07-16', to: '2024-08-05' },
  { name: 'Tariff shock', market: 'equities', from: '2025-02-19', to: '2025-04-08' },
  { name: 'Mt. Gox winter', market: 'crypto', from: '2013-12-04', to: '2015-01-14' },
  { name: 'September 2017 China ban', market: 'crypto', from: '2017-09-01', to: '2017-09-14' },
  { name: 'Crypto winter', market: 'crypto', from: '2017-12-16', to: '2018-12-15' },
  { name: 'Pandemic crash', market: 'crypto', from: '2020-02-14', to: '2020-03-12' },
  { name: 'May 2021 sell-off', market: 'crypto', from: '2021-05-08', to: '2021-05-23' },
  { name: 'Terra and Celsius collapse', market: 'crypto', from: '2022-04-04', to: '2022-06-18' },
  { name: 'FTX collapse', market: 'crypto', from: '2022-11-04', to: '2022-11-21' },
];

const LAST_MS_OF_DAY = 86_399_999;

/** How strategy and buy-and-hold came through one window. */
export interface WindowResult {
  readonly name: string;
  readonly fromTsMs: number;
  readonly toTsMs: number;
  readonly returnFrac: number | null;
  readonly benchmarkReturnFrac: number | null;
  readonly drawdownFrac: number;
  readonly benchmarkDrawdownFrac: number;
}

/**
 * Returns the windows that lie wholly inside the data: those of crypto for data that trade every
 * day, else those of equities. A window starts from the last value on or before its first date.
 */
export function coveredWindows(
  result: SessionResult,
  measured: SessionPerformance,
): readonly WindowResult[] {
  const market = measured.strategy.annualization.basis === 'every_day' ? 'crypto' : 'equities';
  const equity = equityCurve(result.days);
  const held = benchmarkCurve(result, result.days);
  return CRISIS_WINDOWS.filter((window) => window.market === market).flatMap((window) => {
    const fromTsMs = Date.parse(window.from);
    const toTsMs = Date.parse(window.to);
    const strategy = windowPoints(equity, fromTsMs, toTsMs);
    const benchmark = windowPoints(held, fromTsMs, toTsMs);
    if (strategy === null || benchmark === null) return [];
    return [
      {
        name: window.name,
        fromTsMs,
        toTsMs,
        returnFrac: pathReturn(strategy),
        benchmarkReturnFrac: pathReturn(benchmark),
        drawdownFrac: maxDrawdown(strategy)?.frac ?? 0,
        benchmarkDrawdownFrac: maxDrawdown(benchmark)?.frac ?? 0,
      },
    ];
  });
}

function windowPoints(
  points: readonly ValuePoint[],
  fromTsMs: number,
  toTsMs: number,
): readonly ValuePoint[] | null {
  const first = points.findLastIndex((point) => point.tsMs <= fromTsMs + LAST_MS_OF_DAY);
  const last = points.findLastIndex((point) => point.tsMs <= toTsMs + LAST_MS_OF_DAY);
  const covered = (points[points.length - 1]?.tsMs ?? 0) >= toTsMs;
  return first === -1 || last <= first || !covered ? null : points.slice(first, last + 1);
}

function pathReturn(points: readonly ValuePoint[]): number | null {
  const first = points[0];
  const last = points[points.length - 1];
  if (first === undefined || last === undefined) return null;
  return totalReturn({ first: first.value, last: last.value });
}
