import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { runBacktest } from '#ts/engine/backtest.js';
import type { BacktestOptions } from '#ts/engine/backtest-options.js';
import { NOTICES_PER_EVENT_MAX } from '#ts/engine/strategy-runner.js';
import { readJournal, replayJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { sma } from '#ts/quant/indicators/index.js';
import { defineStrategy, type Strategy, type StrategyDefinition } from '#ts/strategies/strategy.js';
import { barChunks } from '#ts/testing/bar-chunks.js';
import { interleavedWalks } from '../../support/interleaved-walks.js';
import {
  type Day,
  DAY_MS,
  dailyRows,
  FRICTIONLESS,
  START_MS,
  STOCK,
  UNLIMITED,
} from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { rejectionOf } from '../../support/thrown-error.js';

const folder = temporaryFolder();

function play(strategy: Strategy, days: readonly Day[], options: Partial<BacktestOptions> = {}) {
  const chunks = barChunks(dailyRows(days), { instruments: [STOCK], intervalMs: DAY_MS });
  const data = { instruments: [STOCK], chunks };
  return runBacktest({ strategy, data, limits: UNLIMITED, assumptions: FRICTIONLESS, ...options });
}

describe('the hooks', () => {
  it('come in order: start; fills, orders, timers, bar for each bar; stop', async () => {
    const heard: string[] = [];
    const strategy = defineStrategy({
      name: 'listening',
      onStart(context) {
        heard.push(`start at ${context.nowMs}`);
        context.setTimer('daily', { everyMs: DAY_MS });
      },
      onBar(bar, context) {
        heard.push(`bar ${bar.close}`);
        if (bar.close === 10) context.buy(1, { stopLoss: '9' });
      },
      onFill: (fill) => void heard.push(`fill ${fill.side} ${fill.role}`),
      onOrder: (order) =>
        void heard.push(`order ${order.clientOrderId} ${order.role} ${order.status}`),
      onTimer: (name) => void heard.push(`timer ${name}`),
      onStop: (context) => void heard.push(`stop at ${context.nowMs - START_MS}`),
    });
    await play(strategy, [10, 11, [11, 11, 8, 8]]);
    expect(heard).toEqual([
      'start at 0',
      'timer daily',
      'bar 10',
      'order 1 strategy submitted',
      'order 1 strategy accepted',
      'fill buy strategy',
      'order 1 strategy filled',
      'order 2 stop_loss submitted',
      'order 2 stop_loss accepted',
      'timer daily',
      'bar 11',
      'order 2 stop_loss triggered',
      'fill sell stop_loss',
      'order 2 stop_loss filled',
      'timer daily',
      'bar 8',
      `stop at ${3 * DAY_MS - 1}`,
    ]);
  });

  it('tell a fill and an order exactly', async () => {
    const heard: unknown[] = [];
    const strategy = defineStrategy({
      name: 'exact',
      onBar: (_, context) =>
        void (context.nowMs < START_MS + DAY_MS && context.buy(2, { takeProfit: '12' })),
      onFill: (fill) =>
        void heard.push(
          JSON.parse(JSON.stringify({ ...fill, instrument: fill.instrument.symbol })),
        ),
      onOrder(order) {
        if (order.parentOrderId !== null && order.status === 'submitted') {
          heard.push(JSON.parse(JSON.stringify({ ...order, instrument: order.instrument.symbol })));
        }
      },
    });
    const assumptions = { slippageBps: '10', takerFeeBps: '5', participationFracMax: 'unlimited' };
    await play(strategy, [10, 10, 10], { assumptions });
    expect(heard).toEqual([
      {
        tsMs: START_MS + DAY_MS,
        instrument: 'STOCK',
        clientOrderId: 1,
        role: 'strategy',
        side: 'buy',
        lastPx: '10.01',
        lastQty: '2',
        liquiditySide: 'taker',
        fee: '0.01001',
        slippage: '0.02',
        realizedPnl: '0',
      },
      {
        tsMs: START_MS + DAY_MS,
        instrument: 'STOCK',
        clientOrderId: 2,
        parentOrderId: 1,
        role: 'take_profit',
        side: 'sell',
        orderType: 'limit',
        status: 'submitted',
        quantity: '2',
        cumQty: '0',
        alarm: false,
      },
    ]);
  });

  it('wait for every declared indicator: onBar comes first when all are warm, onFill does not wait', async () => {
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 'warming',
      indicators: () => ({ fast: sma(2), slow: sma(4) }),
      onBar: (bar, { indicators }) => void seen.push([bar.close, indicators.fast, indicators.slow]),
      onStart: (context) => context.setTimer('first', { atMs: START_MS }),
      onTimer: (_, context) => seen.push(Number.isNaN(context.indicators.slow)),
    });
    await play(strategy, [1, 2, 3, 4, 5]);
    expect(seen).toEqual([true, [4, 3.5, 2.5], [5, 4.5, 3.5]]);
  });

  it('have indicators for each instrument of their own', async () => {
    const instruments = [STOCK, Instrument.create({ symbol: 'B', tickSize: '0.01', lotSize: '1' })];
    const rows = [10, 20, 30].flatMap((price, day) => {
      const [stock, other] = [
        dailyRows([price, price, price])[day],
        dailyRows([price * 10, price * 10, price * 10], 1)[day],
      ];
      return stock === undefined || other === undefined ? [] : [stock, other];
    });
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 'apart',
      indicators: () => ({ mean: sma(2) }),
      onBar: (bar, context) => void seen.push([bar.instrument, context.indicators.mean]),
    });
    const data = { instruments, chunks: barChunks(rows, { instruments, intervalMs: DAY_MS }) };
    await runBacktest({ strategy, data, limits: UNLIMITED });
    expect(seen).toEqual([
      [0, 15],
      [1, 150],
      [0, 25],
      [1, 250],
    ]);
  });

  it('see in onFill and onOrder the indicators of the instrument that the event is about', async () => {
    const instruments = [STOCK, Instrument.create({ symbol: 'B', tickSize: '0.01', lotSize: '1' })];
    const means: Record<string, number>[] = [];
    const strategy = defineStrategy({
      name: 'asking',
      indicators: () => ({ last: sma(1) }),
      state: () => ({ last: new Map<string, number>() }),
      onBar(bar, context) {
        context.state.last.set(context.instrument.symbol, bar.close);
        if (bar.instrument === 0) context.buy(1);
      },
      onFill(fill, context) {
        // The bar of the fill has not been taken in yet, so this is the close before it.
        means.push({
          seen: context.indicators.last,
          own: context.state.last.get(fill.instrument.symbol) ?? 0,
        });
      },
    });
    const data = { instruments, chunks: interleavedWalks({ seed: 3, bars: 20, instruments: 2 }) };
    await runBacktest({ strategy, data, limits: UNLIMITED });
    expect(means.length).toBeGreaterThan(10);
    for (const { seen, own } of means) expect(seen).toBe(own);
  });

  it('may submit inside onFill and onOrder: the order meets what follows', async () => {
    const fills: string[] = [];
    const strategy = defineStrategy({
      name: 'answering',
      onBar: (bar, context) => void (bar.close === 10 && context.buy(1)),
      onFill(fill, context) {
        fills.push(`${fill.side} at ${fill.lastPx.toString()}`);
        if (fill.side === 'buy') context.sell(1);
      },
      onOrder(order, context) {
        if (order.status === 'filled' && order.side === 'sell')
          context.setTimer('again', { atMs: context.nowMs + 1 });
      },
      onTimer: (_, context) => void context.buy(2),
    });
    await play(strategy, [10, 11, 12, 13, 14]);
    expect(fills).toEqual(['buy at 11', 'sell at 12', 'buy at 14']);
  });

  it('hear of orders that are submitted in onStart, which no price backs yet', async () => {
    const heard: unknown[] = [];
    const strategy = defineStrategy({
      name: 'eager',
      onStart: (context) => void heard.push(context.buy(1)),
      onOrder: (order) => void heard.push(`order ${order.status}`),
    });
    const { denials } = await play(strategy, [10]);
    expect(heard).toMatchObject([{ verdict: 'denied', codes: ['PRICE_STALE'] }, 'order denied']);
    expect(denials).toMatchObject([{ code: 'PRICE_STALE', count: 1 }]);
  });

  it('leave orders of onStop open, and say so in the tables and nowhere as fills', async () => {
    const strategy = defineStrategy({ name: 'late', onStop: (context) => void context.buy(1) });
    const result = await play(strategy, [10, 10]);
    expect(result.orders).toMatchObject({ submitted: 1, accepted: 1, filled: 0 });
    expect(result.fillCount).toBe(0);
  });
});

describe('ARC-06, CAPACITY_EXHAUSTED: orders without end', () => {
  it('are stopped, and the journal says why', async () => {
    const out = join(folder, 'endless');
    const strategy = defineStrategy({
      name: 'endless',
      onBar: (_, context) => void context.buy(1),
      onOrder: (_, context) => void context.buy(1),
    });
    const error = await rejectionOf(
      play(strategy, [10, 10], { out, limits: { ...UNLIMITED, orderQtyMax: '0.5' } }),
    );
    expect(error.code).toBe('CAPACITY_EXHAUSTED');
    expect(error.context).toEqual({ capacity: NOTICES_PER_EVENT_MAX });
    const { records, closed } = verifyJournal(join(out, 'journal'));
    expect(closed).toBe(true);
    const failure = readJournal(join(out, 'journal'), records - 3, 3).find(
      (record) => record.kind === 'failure',
    );
    expect(failure?.content).toMatchObject({ code: 'CAPACITY_EXHAUSTED', message: error.message });
  });
});

describe('STRATEGY_THREW', () => {
  const boom = () => {
    throw new Error('no such table');
  };
  const cases: readonly (readonly [string, Partial<StrategyDefinition>, string | null])[] = [
    ['onStart', { onStart: boom }, null],
    ['onBar', { onBar: (bar) => void (bar.close === 11 && boom()) }, '2020-01-07'],
    ['onFill', { onFill: boom }, '2020-01-07'],
    ['onOrder', { onOrder: boom }, '2020-01-06'],
    ['onTimer', { onTimer: boom }, '2020-01-08'],
    ['onStop', { onStop: boom }, '2020-01-08'],
    ['onStart', { state: boom }, null],
    ['onStart', { indicators: boom }, null],
  ];

  it.each(cases)(
    'names the hook %s and the time, and leaves a journal that tells it',
    async (hook, part, day) => {
      const out = join(folder, `throws-${hook}-${Object.keys(part).join('-')}`);
      const strategy = defineStrategy({
        name: 'throwing',
        onStart: (context) => context.setTimer('later', { atMs: START_MS + 3 * DAY_MS - 1 }),
        onBar: (bar, context) => void (bar.close === 10 && context.buy(1)),
        ...part,
        ...(hook === 'onBar' ? {} : {}),
      });
      const error = await rejectionOf(play(strategy, [10, 11, 12], { out }));
      expect(error.code).toBe('STRATEGY_THREW');
      expect(error.context).toMatchObject({ hook, reason: 'no such table' });
      expect(error.cause).toMatchObject({ message: 'no such table' });
      const when = day === null ? 'before the first event' : `at ${day}T23:59:59.999Z`;
      expect(error.message).toBe(
        `strategy throwing must not throw, ${hook} did ${when}: no such table`,
      );
      const tsMs = error.context['tsMs'];
      expect(tsMs).toBe(day === null ? null : Date.parse(`${day}T23:59:59.999Z`));
      const journal = join(out, 'journal');
      const { records, closed } = verifyJournal(journal);
      expect(closed).toBe(true);
      const all = readJournal(journal, 0, records);
      const failures = all.filter((record) => record.kind === 'failure');
      expect(failures.map((record) => record.content)).toMatchObject([
        { code: 'STRATEGY_THREW', message: error.message },
      ]);
      expect(replayJournal(journal).compared_with_close).toBe(true);
    },
  );

  it('wraps an error of Holdfast that a hook did not catch, and values that are no errors', async () => {
    const offTick = defineStrategy({
      name: 'x',
      onBar: (_, context) => void context.buy(1, { stopLoss: 9.999 }),
    });
    const wrapped = await rejectionOf(play(offTick, [10]));
    expect(wrapped.code).toBe('STRATEGY_THREW');
    expect(wrapped.cause).toMatchObject({ code: 'PRICE_OFF_TICK' });
    const text = defineStrategy({
      name: 'x',
      onBar: () => {
        throw 'only text';
      },
    });
    expect((await rejectionOf(play(text, [10]))).context['reason']).toBe('only text');
  });

  it('refuses a hook that answers with a promise: nobody would wait for it, or hear of its failure', async () => {
    const unheard: unknown[] = [];
    const onUnheard = (reason: unknown) => void unheard.push(reason);
    process.on('unhandledRejection', onUnheard);
    const later = async (): Promise<void> => {
      await Promise.resolve();
      throw new Error('too late');
    };
    try {
      for (const hook of ['onStart', 'onBar', 'onOrder', 'onStop'] as const) {
        const trading = {
          name: 'x',
          onBar: (_, context) => void context.buy(1),
        } as StrategyDefinition;
        const error = await rejectionOf(
          play(defineStrategy({ ...trading, [hook]: later }), [10, 10]),
        );
        expect(error.code).toBe('STRATEGY_THREW');
        expect(error.context['hook']).toBe(hook);
      }
      await new Promise((turn) => setImmediate(turn));
      expect(unheard).toEqual([]);
    } finally {
      process.removeListener('unhandledRejection', onUnheard);
    }
  });

  it('leaves a readable journal and tables also when the message is longer than a record', async () => {
    const out = join(folder, 'long-message');
    const strategy = defineStrategy({
      name: 'verbose',
      onBar(bar, context) {
        if (bar.close === 12) throw new Error('x'.repeat(2 << 20));
        context.buy(1);
      },
    });
    const error = await rejectionOf(play(strategy, [10, 11, 12], { out }));
    expect(error.code).toBe('STRATEGY_THREW');
    const { records, closed } = verifyJournal(join(out, 'journal'));
    expect(closed).toBe(true);
    expect(readJournal(join(out, 'journal'), 0, records).map((record) => record.kind)).toContain(
      'failure',
    );
  });
});
