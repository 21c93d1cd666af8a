import type { ValuePoint } from '../../quant/returns.js';
import type { EquityPoint, SessionResult } from '../session-result.js';

/**
 * Returns the value of buy-and-hold at each point: the whole starting cash in the first instrument
 * from the first bar's close on, without costs and with fractional quantity. Before the
 * instrument's first bar it is the cash itself.
 */
export function benchmarkCurve(
  result: SessionResult,
  points: readonly EquityPoint[],
): readonly ValuePoint[] {
  const firstClose = Number(result.benchmark.firstClose);
  const startCash = Number(result.startCash);
  return points.map((point) => {
    const close = point.closes[0] ?? firstClose;
    return { tsMs: point.tsMs, value: (startCash * close) / firstClose };
  });
}

/** Returns the strategy's equity at each point. */
export function equityCurve(points: readonly EquityPoint[]): readonly ValuePoint[] {
  return points.map((point) => ({ tsMs: point.tsMs, value: point.equity }));
}
