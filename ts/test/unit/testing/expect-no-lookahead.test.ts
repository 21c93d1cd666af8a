import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import type { DataChunks, DataTicks } from '#ts/engine/backtest-options.js';
import type { Tick } from '#ts/engine/event-source.js';
import { sma } from '#ts/quant/indicators/index.js';
import { defineStrategy, type Strategy } from '#ts/strategies/strategy.js';
import { barChunks, expectNoLookahead, randomWalkBars } from '#ts/testing/index.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { rejectionOf } from '../../support/thrown-error.js';

const STOCK = Instrument.create({ symbol: 'STOCK', tickSize: '0.01', lotSize: '1' });
const data: DataChunks = { instruments: [STOCK], chunks: randomWalkBars({ seed: 5, bars: 600 }) };
const options = { data, limits: UNLIMITED };

const honest = defineStrategy({
  name: 'honest',
  limits: UNLIMITED,
  indicators: () => ({ fast: sma(3), slow: sma(11) }),
  state: () => ({ trades: 0 }),
  onStart: (context) => context.setTimer('hourly', { everyMs: 3_600_000 }),
  onBar(bar, context) {
    if (context.indicators.fast <= context.indicators.slow) context.closePosition();
    else if (context.position().isFlat) {
      context.buy(1 + Math.floor(context.random() * 9), {
        stopLoss: context.instrument.floorPrice(bar.close * 0.99),
        takeProfit: context.instrument.ceilPrice(bar.close * 1.01),
      });
    }
  },
  onFill: (_, context) => void (context.state.trades += 1),
  onOrder(order, context) {
    if (order.status === 'canceled' && context.state.trades % 2 === 1) context.clearTimer('none');
  },
  onTimer: (_, context) => void context.closePosition(),
  // What comes at the end of the data meets no bar, and may depend on where the end is.
  onStop: (context) => void context.buy(1 + Math.floor(context.equity % 7)),
});

/** Buys before a rise, by looking at the next close of the data that it was made from. */
function cheating(seen: DataChunks): Strategy {
  const closes = [...seen.chunks].flatMap((chunk) => [...chunk.closeTicks]);
  return defineStrategy({
    name: 'cheating',
    state: () => ({ bar: 0 }),
    onBar(_, context) {
      const [now = 0n, next = 0n] = closes.slice(context.state.bar);
      context.state.bar += 1;
      if (next > now) context.buy(1);
      else context.closePosition();
    },
  });
}

async function failure(strategy: Parameters<typeof expectNoLookahead>[0]): Promise<AssertionError> {
  const thrown: unknown = await expectNoLookahead(strategy, options).catch(
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(AssertionError);
  return thrown as AssertionError;
}

describe('expectNoLookahead', () => {
  it('lets a strategy pass that decides by what it has seen', async () => {
    await expectNoLookahead(honest, { data });
    await expectNoLookahead(() => honest, { data, cuts: [1, 600, 300] });
  });

  it('finds a strategy that looks at the next bar through a closure over its data', async () => {
    const error = await failure(cheating);
    expect(error.message).toMatch(/must not look ahead: with \d+ of 600 events it decided/);
    expect(error.actual).not.toEqual(error.expected);
  });

  it('finds a strategy that remembers the first run in the second', async () => {
    const closes: number[] = [];
    const remembering = defineStrategy({
      name: 'remembering',
      state: () => ({ bar: 0 }),
      onBar(bar, context) {
        const next = closes[context.state.bar + 1];
        closes[context.state.bar] = bar.close;
        context.state.bar += 1;
        if (next !== undefined && next > bar.close) context.buy(1);
        else context.closePosition();
      },
    });
    expect((await failure(remembering)).message).toContain('the same in two equal runs');
  });

  it('finds a strategy that asks a generator of its own', async () => {
    let calls = 0;
    const erratic = defineStrategy({
      name: 'erratic',
      onBar(_, context) {
        calls += 1;
        if (calls % 7 === 0) context.buy(1);
      },
    });
    expect((await failure(erratic)).message).toContain('the same in two equal runs');
  });

  it('finds a strategy that throws only where its data ends', async () => {
    const stumbling = (seen: DataChunks) => {
      const closes = [...seen.chunks].flatMap((chunk) => [...chunk.closeTicks]);
      return defineStrategy({
        name: 'stumbling',
        state: () => ({ bar: 0 }),
        onBar(_, context) {
          context.state.bar += 1;
          if (context.state.bar === 600) return;
          if (closes[context.state.bar] === undefined) throw new Error('no next close');
          context.buy(1);
        },
      });
    };
    expect((await failure(stumbling)).message).toContain('no next close');
  });

  it('refuses to call a strategy checked that decided nothing', async () => {
    const idle = defineStrategy({ name: 'idle', onBar: () => undefined });
    expect((await failure(idle)).message).toContain('it never did');
  });

  it('moves a cut to the last of the bars that close together', async () => {
    const instruments = [
      STOCK,
      Instrument.create({ symbol: 'OTHER', tickSize: '0.01', lotSize: '1' }),
    ];
    const rows = Array.from({ length: 40 }, (_, index) => ({
      time: Math.floor(index / 2) * 60_000,
      instrument: index % 2,
      ...{ open: 10, high: 10, low: 10, close: 10, volume: 1_000 },
    }));
    const pair: DataChunks = {
      instruments,
      chunks: barChunks(rows, { instruments, intervalMs: 60_000 }),
    };
    const both = defineStrategy({
      name: 'both',
      onBar: (bar, context) => void context.buy(bar.instrument + 1),
    });
    await expectNoLookahead(both, { data: pair, limits: UNLIMITED, cuts: [1, 7, 20] });
  });

  it('checks strategies of trades and quotes as well', async () => {
    const ticks: readonly Tick[] = Array.from({ length: 400 }, (_, index) => {
      const [instrument, tsEventNs] = [0, BigInt(Math.floor(index / 2)) * 1_000_000n];
      const price = 1_000 + Math.round(20 * Math.sin(index / 9));
      if (index % 2 === 0) {
        const [priceTicks, quantityLots, tradeId] = [price, 10, index];
        return {
          kind: 'trade',
          instrument,
          tsEventNs,
          priceTicks,
          quantityLots,
          tradeId,
          side: 'buy',
        };
      }
      const [bidTicks, askTicks, bidLots, askLots] = [price - 1, price + 1, 5, 5];
      return { kind: 'quote', instrument, tsEventNs, bidTicks, askTicks, bidLots, askLots };
    });
    const data: DataTicks = { instruments: [STOCK], ticks };
    const byTick = defineStrategy({
      name: 'by-tick',
      onTrade: (trade, context) => void (trade.price > 10 && context.buy(1)),
      onQuote: (quote, context) => void (quote.bid < 9.9 && context.closePosition()),
    });
    await expectNoLookahead(byTick, { data, limits: UNLIMITED });
    const nextTick = (seen: DataTicks) => {
      const prices = [...seen.ticks].flatMap((tick) =>
        tick.kind === 'trade' ? [tick.priceTicks] : [],
      );
      return defineStrategy({
        name: 'next-tick',
        state: () => ({ trade: 0 }),
        onTrade(_, context) {
          context.state.trade += 1;
          context.buy(Number(prices[context.state.trade] ?? 1));
        },
      });
    };
    const thrown: unknown = await expectNoLookahead(nextTick, { data, limits: UNLIMITED }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(AssertionError);
  });

  it.each([0, 601, 1.5])('ARGUMENT_INVALID: refuses a cut of %s events', async (cut) => {
    const error = await rejectionOf(expectNoLookahead(honest, { data, cuts: [cut] }));
    expect(error.code).toBe('ARGUMENT_INVALID');
  });

  it('passes on what a session fails with', async () => {
    const throwing = defineStrategy({
      name: 'throwing',
      onBar: () => {
        throw new Error('no');
      },
    });
    expect((await rejectionOf(expectNoLookahead(throwing, options))).code).toBe('STRATEGY_THREW');
    const none = { instruments: [STOCK], chunks: [] };
    expect((await rejectionOf(expectNoLookahead(honest, { data: none }))).code).toBe('DATA_EMPTY');
    expect((await rejectionOf(expectNoLookahead(cheating, { data }))).code).toBe('LIMITS_INVALID');
  });
});
