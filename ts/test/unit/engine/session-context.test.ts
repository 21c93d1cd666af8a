import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { runBacktest } from '#ts/engine/backtest.js';
import { HoldfastError } from '#ts/core/holdfast-error.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import type { StrategyContext } from '#ts/strategies/strategy-context.js';
import { barChunks } from '#ts/testing/bar-chunks.js';
import {
  DAY_MS,
  dailyRows,
  fillText,
  FRICTIONLESS,
  playScript,
  START_MS,
  STOCK,
  UNLIMITED,
} from '../../support/scripted-session.js';

/** What a call on the context fails with, at the close of the first of two bars. */
async function failureOf(call: (context: StrategyContext) => unknown): Promise<HoldfastError> {
  const found: unknown[] = [];
  await playScript([10, 10], {
    0: (context) => {
      try {
        call(context);
      } catch (error) {
        found.push(error);
      }
    },
  });
  expect(found).toHaveLength(1);
  expect(found[0]).toBeInstanceOf(HoldfastError);
  return found[0] as HoldfastError;
}

describe('what a strategy sees', () => {
  it('NAT-28: is session time, the account and the position after the bar', async () => {
    const seen: unknown[] = [];
    const look = (context: StrategyContext) => {
      const { nowMs, cash, drawdownFrac, openOrderCount } = context;
      const { lots, quantity, side, isFlat, avgPx, markPx, value, unrealizedPnl } =
        context.position();
      seen.push({ nowMs, cash, drawdownFrac, openOrderCount });
      seen.push({ lots, quantity, side, isFlat, avgPx, markPx, value, unrealizedPnl });
    };
    await playScript([10, 10, 8], {
      0: (context) => {
        look(context);
        context.buy(1_000);
      },
      2: look,
    });
    expect(seen).toEqual([
      {
        nowMs: START_MS + DAY_MS - 1,
        cash: expect.closeTo(100_000, 6),
        drawdownFrac: 0,
        openOrderCount: 0,
      },
      {
        lots: 0n,
        quantity: 0,
        side: 'flat',
        isFlat: true,
        avgPx: Number.NaN,
        markPx: 10,
        value: 0,
        unrealizedPnl: 0,
      },
      {
        nowMs: START_MS + 3 * DAY_MS - 1,
        cash: 90_000,
        drawdownFrac: expect.closeTo(0.02, 12),
        openOrderCount: 0,
      },
      {
        lots: 1_000n,
        quantity: 1_000,
        side: 'long',
        isFlat: false,
        avgPx: 10,
        markPx: 8,
        value: 8_000,
        unrealizedPnl: -2_000,
      },
    ]);
  });

  it('ORD-14: shows a short position with its sign and profit', async () => {
    const seen: unknown[] = [];
    const { result } = await playScript([10, 10, 8], {
      0: (context) => context.sell(100),
      2: (context) => seen.push(context.position('STOCK')),
    });
    expect(seen).toMatchObject([
      { lots: -100n, quantity: -100, side: 'short', avgPx: 10, value: -800, unrealizedPnl: 200 },
    ]);
    expect(result.positions).toMatchObject([
      { side: 'short', quantity: '100', notional: '800', unrealizedPnl: '200' },
    ]);
  });

  it('starts with equity and cash equal to what the session was given', async () => {
    const seen: number[] = [];
    const strategy = defineStrategy({
      name: 'starts',
      onStart: (context) => void seen.push(context.equity, context.cash),
      onBar: () => undefined,
    });
    const chunks = barChunks(dailyRows([10]), { instruments: [STOCK], intervalMs: DAY_MS });
    await runBacktest({
      strategy,
      data: { instruments: [STOCK], chunks },
      limits: UNLIMITED,
      cash: '100000',
    });
    expect(seen).toEqual([100_000, 100_000]);
  });

  it('counts open orders as they come and go', async () => {
    const counts: number[] = [];
    const limit = { orderType: 'limit', limitPrice: '5' } as const;
    await playScript([10, 10, 10], {
      0: (context) => {
        const first = context.buy(1, limit);
        context.buy(1, limit);
        counts.push(context.openOrderCount);
        context.cancel(first.clientOrderId);
        counts.push(context.openOrderCount);
      },
      2: (context) => counts.push(context.openOrderCount),
    });
    expect(counts).toEqual([2, 1, 1]);
  });

  it('SIM-08: draws the same chance in the same session, and another for another seed', async () => {
    const draws = async (seed: number) => {
      const found: number[] = [];
      await playScript(
        [10, 10],
        { 0: (context) => found.push(context.random(), context.random()) },
        { seed },
      );
      return found;
    };
    expect(await draws(3)).toEqual(await draws(3));
    expect(await draws(3)).not.toEqual(await draws(4));
  });
});

describe('instruments of the context', () => {
  it('are named by symbol or index, and are those of the event when left out', async () => {
    const other = Instrument.create({ symbol: 'OTHER', tickSize: '0.5', lotSize: '10' });
    const instruments = [STOCK, other];
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 'two',
      onBar(bar, context) {
        seen.push([bar.instrument, context.instrument.symbol, context.position().markPx]);
        if (bar.instrument !== 1 || context.nowMs > START_MS + DAY_MS) return;
        context.buy(20);
        context.buy(1, { instrument: 'STOCK' });
        context.submit({ side: 'sell', quantity: 2, instrument: 0 });
        seen.push([context.position('OTHER').markPx, context.position(0).markPx]);
      },
      onFill: (fill) => void seen.push(`${fill.instrument.symbol} ${fillText(fill)}`),
    });
    const rows = [0, 1].flatMap((day) => [dailyRows([10, 11])[day], dailyRows([100, 110], 1)[day]]);
    const chunks = barChunks(
      rows.flatMap((row) => (row === undefined ? [] : [row])),
      { instruments, intervalMs: DAY_MS },
    );
    await runBacktest({
      strategy,
      data: { instruments, chunks },
      limits: UNLIMITED,
      assumptions: FRICTIONLESS,
    });
    expect(seen).toEqual([
      [0, 'STOCK', 10],
      [1, 'OTHER', 100],
      [100, 10],
      'STOCK buy 1 @ 11 strategy',
      'STOCK sell 2 @ 11 strategy',
      [0, 'STOCK', 11],
      'OTHER buy 20 @ 110 strategy',
      [1, 'OTHER', 110],
    ]);
  });

  it.each(['NOBODY', 1, -1, 0.5, Number.NaN, ''])(
    'INSTRUMENT_UNKNOWN: refuses %s',
    async (instrument) => {
      const error = await failureOf((context) => context.position(instrument));
      expect(error.code).toBe('INSTRUMENT_UNKNOWN');
      expect((await failureOf((context) => context.buy(1, { instrument }))).code).toBe(
        'INSTRUMENT_UNKNOWN',
      );
      expect((await failureOf((context) => context.closePosition(instrument))).code).toBe(
        'INSTRUMENT_UNKNOWN',
      );
    },
  );
});

describe('orders of the context', () => {
  it.each([
    ['QTY_OFF_LOT', { quantity: 0.5 }],
    ['DECIMAL_INVALID', { quantity: 'few' }],
    ['DECIMAL_INVALID', { quantity: Number.NaN }],
    ['QTY_OUT_OF_RANGE', { quantity: 1e30 }],
    ['ORDER_INVALID', { quantity: 0 }],
    ['ORDER_INVALID', { quantity: -1 }],
    ['PRICE_OFF_TICK', { limitPrice: 9.999, orderType: 'limit' }],
    ['PRICE_OFF_TICK', { stopLoss: '9.999' }],
    ['PRICE_OFF_TICK', { takeProfit: 10.001 }],
    ['PRICE_OFF_TICK', { triggerPrice: 10.001, orderType: 'stop_market' }],
    ['ORDER_INVALID', { orderType: 'limit' }],
    ['ORDER_INVALID', { orderType: 'stop_market' }],
    ['ORDER_INVALID', { limitPrice: '9' }],
    ['ORDER_INVALID', { triggerPrice: '9' }],
    ['ORDER_INVALID', { orderType: 'limit', limitPrice: '0' }],
    ['ORDER_INVALID', { stopLoss: '-1' }],
    ['ORDER_INVALID', { reduceOnly: true, stopLoss: '9' }],
    ['ORDER_INVALID', { side: 'long' }],
    ['ORDER_INVALID', { orderType: 'iceberg' }],
    ['ORDER_INVALID', { timeInForce: 'forever' }],
    ['ORDER_INVALID', { side: undefined }],
  ])('%s: refuses %o, before the gate and with a name for what is wrong', async (code, change) => {
    const intent = { side: 'buy', quantity: 1, ...change };
    const error = await failureOf((context) =>
      context.submit(intent as Parameters<StrategyContext['submit']>[0]),
    );
    expect(error.code).toBe(code);
  });

  it('ORDER_INVALID: refuses a key that no order has: a stop loss that is misspelt would protect nothing', async () => {
    const misspelt = { stoploss: '9' } as Parameters<StrategyContext['buy']>[1];
    const error = await failureOf((context) => context.buy(1, misspelt));
    expect(error.code).toBe('ORDER_INVALID');
    expect(error.message).toContain('stoploss');
  });

  it('ORDER_UNKNOWN: refuses to cancel what is not open', async () => {
    expect((await failureOf((context) => context.cancel(1))).code).toBe('ORDER_UNKNOWN');
    const error = await failureOf((context) => {
      const { clientOrderId } = context.buy(1, { orderType: 'limit', limitPrice: '5' });
      context.cancel(clientOrderId);
      context.cancel(clientOrderId);
    });
    expect(error.code).toBe('ORDER_UNKNOWN');
    expect(error.context).toEqual({ client_order_id: '1' });
  });

  it('ARC-06, ORDER_CAPACITY_EXHAUSTED: denies more open orders than the session has room for', async () => {
    const verdicts: unknown[] = [];
    const limit = { orderType: 'limit', limitPrice: '5' } as const;
    await playScript(
      [10, 10],
      { 0: (context) => void verdicts.push(...[1, 2, 3].map(() => context.buy(1, limit))) },
      { maxOpenOrders: 2 },
    );
    expect(verdicts).toEqual([
      { verdict: 'approved', clientOrderId: 1 },
      { verdict: 'approved', clientOrderId: 2 },
      {
        verdict: 'denied',
        clientOrderId: 3,
        codes: ['ORDER_CAPACITY_EXHAUSTED'],
        failed: [{ code: 'ORDER_CAPACITY_EXHAUSTED', unit: 'count', limit: '2', observed: '3' }],
      },
    ]);
  });

  it('takes exact types, texts and numbers for prices and quantities', async () => {
    const { fills } = await playScript([10, 10], {
      0: (context) => {
        context.buy('3', { stopLoss: context.instrument.price('9') });
        context.buy(context.instrument.quantity(4));
        context.submit({ side: 'sell', quantity: 2 });
      },
    });
    expect(fills.map(fillText)).toEqual([
      'buy 3 @ 10 strategy',
      'buy 4 @ 10 strategy',
      'sell 2 @ 10 strategy',
    ]);
  });
});

describe('closePosition', () => {
  it('sells a long one, buys a short one back, and leaves a flat one alone', async () => {
    const results: unknown[] = [];
    const { fills } = await playScript([10, 10, 10, 10, 10, 10], {
      0: (context) => {
        results.push(context.closePosition());
        context.buy(7);
      },
      1: (context) => results.push(context.closePosition()),
      2: (context) => context.sell(5),
      3: (context) => results.push(context.closePosition()),
    });
    expect(fills.map(fillText)).toEqual([
      'buy 7 @ 10 strategy',
      'sell 7 @ 10 strategy',
      'sell 5 @ 10 strategy',
      'buy 5 @ 10 strategy',
    ]);
    expect(results).toMatchObject([null, { verdict: 'approved' }, { verdict: 'approved' }]);
  });

  it('ORD-13: never turns a position over, when its stop is hit at the very open it closes at', async () => {
    const { result, fills } = await playScript([10, 10, [8, 8, 8, 8], 8], {
      0: (context) => context.buy(10, { stopLoss: '9' }),
      1: (context) => context.closePosition(),
    });
    expect(fills.map(fillText)).toEqual(['buy 10 @ 10 strategy', 'sell 10 @ 8 stop_loss']);
    expect(result.positions).toEqual([]);
  });

  it('ORD-13: never turns a position over, when it is called again while the first order rests', async () => {
    const days = [10, 10, [10, 10, 10, 10, 30], [10, 10, 10, 10, 1_000], 10] as const;
    const close = (context: StrategyContext) => context.closePosition();
    const { fills } = await playScript(
      days,
      { 0: (context) => context.buy(10), 1: close, 2: close, 3: close },
      { assumptions: { ...FRICTIONLESS, participationFracMax: '0.1' } },
    );
    expect(fills.map(fillText)).toEqual([
      'buy 10 @ 10 strategy',
      'sell 3 @ 10 strategy',
      'sell 7 @ 10 strategy',
    ]);
  });
});
