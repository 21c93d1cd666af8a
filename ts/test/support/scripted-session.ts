import { Instrument } from '#ts/core/instrument.js';
import { runBacktest } from '#ts/engine/backtest.js';
import type { AssumptionsOptions, BacktestOptions } from '#ts/engine/backtest-options.js';
import type { SessionResult } from '#ts/engine/session-result.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { defineStrategy, type Strategy } from '#ts/strategies/strategy.js';
import type { FillEvent, OrderEvent, StrategyContext } from '#ts/strategies/strategy-context.js';
import { barChunks, type BarRow } from '#ts/testing/bar-chunks.js';

export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2020, 0, 6);

export const STOCK = Instrument.create({ symbol: 'STOCK', tickSize: '0.01', lotSize: '1' });

/** No limit at all but the age of prices, so that a test names the one that it is about. */
export const UNLIMITED: LimitsOptions = {
  orderQtyMax: 'unlimited',
  orderNotionalQuoteMax: 'unlimited',
  positionFracMax: 'unlimited',
  grossExposureFracMax: 'unlimited',
  priceBandFracMax: 'unlimited',
  ordersPerMinuteMax: 'unlimited',
  dailyTradesMax: 'unlimited',
  dailyLossFracMax: 'unlimited',
  drawdownFracMax: 'unlimited',
  stopLossRequired: false,
  priceAgeMsMax: 'unlimited',
  positionQtyMax: 'unlimited',
  positionNotionalQuoteMax: 'unlimited',
};

/** Fills at the price of the bar, without costs and without a bound on volume. */
export const FRICTIONLESS: AssumptionsOptions = {
  slippageBps: '0',
  takerFeeBps: '0',
  makerFeeBps: '0',
  participationFracMax: 'unlimited',
};

/** Open, high, low, close and volume of a day; a single number is a bar that does not move. */
export type Day =
  number | readonly [open: number, high: number, low: number, close: number, volume?: number];

/** Daily bars of one instrument. */
export function dailyRows(days: readonly Day[], instrument = 0): readonly BarRow[] {
  return days.map((day, index) => {
    const [open, high, low, close, volume = 1_000] =
      typeof day === 'number' ? [day, day, day, day] : day;
    return { time: START_MS + index * DAY_MS, open, high, low, close, volume, instrument };
  });
}

/** What to do at the close of bars, by their number from 0. */
export type Script = Readonly<Record<number, (context: StrategyContext) => void>>;

export interface Scripted {
  readonly strategy: Strategy;
  readonly fills: FillEvent[];
  readonly orders: OrderEvent[];
}

/** A strategy that follows a script and keeps what it hears. */
export function scripted(script: Script): Scripted {
  const fills: FillEvent[] = [];
  const orders: OrderEvent[] = [];
  const strategy = defineStrategy({
    name: 'scripted',
    state: () => ({ bar: 0 }),
    onBar(_, context) {
      const action = script[context.state.bar];
      context.state.bar += 1;
      action?.(context as unknown as StrategyContext);
    },
    onFill: (fill) => void fills.push(fill),
    onOrder: (order) => void orders.push(order),
  });
  return { strategy, fills, orders };
}

export interface ScriptedRun {
  readonly result: SessionResult;
  readonly fills: readonly FillEvent[];
  readonly orders: readonly OrderEvent[];
}

/** Plays a script over daily bars, without limits and costs unless the options name some. */
export async function playScript(
  days: readonly Day[],
  script: Script,
  options: Partial<BacktestOptions> & { readonly instrument?: Instrument } = {},
): Promise<ScriptedRun> {
  const { instrument = STOCK, ...session } = options;
  const { strategy, fills, orders } = scripted(script);
  const chunks = barChunks(dailyRows(days), { instruments: [instrument], intervalMs: DAY_MS });
  const result = await runBacktest({
    strategy,
    data: { instruments: [instrument], chunks },
    limits: UNLIMITED,
    assumptions: FRICTIONLESS,
    ...session,
  });
  return { result, fills, orders };
}

/** A fill as text: side, quantity, price and why. */
export function fillText({ side, lastQty, lastPx, role }: FillEvent): string {
  return `${side} ${lastQty.toString()} @ ${lastPx.toString()} ${role}`;
}
