import { describe, expect, it } from 'vitest';

import { runBacktest } from '#ts/engine/backtest.js';
import type { BacktestOptions } from '#ts/engine/backtest-options.js';
import type { Tick } from '#ts/engine/event-source.js';
import { defineStrategy, type StrategyDefinition } from '#ts/strategies/strategy.js';
import { fillText, FRICTIONLESS, STOCK, UNLIMITED } from '../../support/scripted-session.js';
import { rejectionOf } from '../../support/thrown-error.js';

const SECOND_NS = 1_000_000_000n;

const trade = (
  second: number,
  priceTicks: number,
  quantityLots = 100,
  side: 'buy' | 'sell' = 'buy',
): Tick => ({
  kind: 'trade',
  instrument: 0,
  tsEventNs: BigInt(second) * SECOND_NS,
  priceTicks,
  quantityLots,
  tradeId: second,
  side,
});

const quote = (second: number, bidTicks: number, askTicks: number, lots = 100): Tick => ({
  kind: 'quote',
  instrument: 0,
  tsEventNs: BigInt(second) * SECOND_NS,
  bidTicks,
  askTicks,
  bidLots: lots,
  askLots: lots,
});

async function play(
  ticks: readonly Tick[],
  hooks: Partial<StrategyDefinition>,
  change: Partial<BacktestOptions> = {},
) {
  const fills: string[] = [];
  const strategy = defineStrategy({
    name: 'ticks',
    onFill: (fill) =>
      void fills.push(`${fill.tsMs / 1_000} ${fillText(fill)} ${fill.liquiditySide}`),
    ...hooks,
  });
  const data = { instruments: [STOCK], ticks };
  const result = await runBacktest({
    strategy,
    data,
    limits: UNLIMITED,
    assumptions: FRICTIONLESS,
    ...change,
  });
  return { result, fills };
}

describe('a session over trades and quotes', () => {
  it('shows them to the hooks for them', async () => {
    const seen: unknown[] = [];
    const { result } = await play([trade(1, 1_000, 5, 'sell'), quote(2, 999, 1_001, 7)], {
      onTrade: (each) => void seen.push(JSON.parse(JSON.stringify(each))),
      onQuote: (each) => void seen.push(JSON.parse(JSON.stringify(each))),
    });
    expect(seen).toEqual([
      { instrument: 0, tsMs: 1_000, price: 10, quantity: 5, aggressorSide: 'sell' },
      { instrument: 0, tsMs: 2_000, bid: 9.99, bidQuantity: 7, ask: 10.01, askQuantity: 7 },
    ]);
    expect(result.period).toMatchObject({ bars: 2, firstTsMs: 1_000, lastTsMs: 2_000 });
  });

  it('SIM-05: fills buyers at the ask and sellers at the bid, as far as the quote reaches', async () => {
    const { fills } = await play(
      [quote(1, 999, 1_001), quote(2, 998, 1_002, 3), quote(3, 997, 1_003)],
      {
        onQuote: (each, context) => void (each.tsMs === 1_000 && [context.buy(5), context.sell(4)]),
      },
    );
    expect(fills).toEqual([
      '2 buy 3 @ 10.02 strategy taker',
      '2 sell 3 @ 9.98 strategy taker',
      '3 buy 2 @ 10.03 strategy taker',
      '3 sell 1 @ 9.97 strategy taker',
    ]);
  });

  it('SIM-05: fills a resting limit order at its price, as a maker, however far the tick goes', async () => {
    const { fills } = await play([trade(1, 1_000), trade(2, 1_000), trade(3, 980)], {
      onTrade: (each, context) =>
        void (each.tsMs === 1_000 && context.buy(2, { orderType: 'limit', limitPrice: '9.9' })),
    });
    expect(fills).toEqual(['3 buy 2 @ 9.9 strategy maker']);
  });

  it('fires timers in session time, and never calls onBar', async () => {
    const heard: string[] = [];
    await play([trade(1, 1_000), trade(4, 1_000), trade(9, 1_000)], {
      onStart: (context) => context.setTimer('every', { everyMs: 3_000 }),
      onTimer: (name, context) => void heard.push(`${name} at ${context.nowMs}`),
      onBar: () => void heard.push('bar'),
    });
    expect(heard).toEqual(['every at 4000', 'every at 9000']);
  });

  it('plays more ticks than one batch of the ring holds', async () => {
    let count = 0;
    const ticks = Array.from({ length: 3_000 }, (_, second) => trade(second, 1_000 + (second % 7)));
    const { result } = await play(ticks, { onTrade: () => void (count += 1) });
    expect([count, result.period.bars]).toEqual([3_000, 3_000]);
  });

  it('STRATEGY_THREW: names the hook', async () => {
    const boom = () => {
      throw new Error('no');
    };
    const onTrade = await rejectionOf(play([trade(1, 1_000)], { onTrade: boom }));
    expect(onTrade.context).toMatchObject({ hook: 'onTrade', tsMs: 1_000 });
    const onQuote = await rejectionOf(play([quote(1, 999, 1_001)], { onQuote: boom }));
    expect(onQuote.context).toMatchObject({ hook: 'onQuote' });
  });

  it.each([
    ['EVENT_INVALID', trade(1, 0)],
    ['EVENT_INVALID', trade(1, -5)],
    ['EVENT_INVALID', trade(1, 1_000, -1)],
    ['EVENT_INVALID', quote(1, 1_001, 999)],
    ['EVENT_INVALID', { ...trade(1, 1_000), priceTicks: 0.5 }],
    ['INSTRUMENT_UNKNOWN', { ...trade(1, 1_000), instrument: 4 }],
  ] as const)('%s: refuses %o', async (code, tick) => {
    expect((await rejectionOf(play([tick], { onTrade: () => undefined }))).code).toBe(code);
  });

  it('EVENT_INVALID: refuses ticks that go back in time', async () => {
    const error = await rejectionOf(
      play([trade(2, 1_000), trade(1, 1_000)], { onTrade: () => undefined }),
    );
    expect(error.code).toBe('EVENT_INVALID');
  });
});
