import { expect, it } from 'vitest';

import { runBacktest } from '#ts/engine/backtest.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { barChunks } from '#ts/testing/bar-chunks.js';
import { type Decision, loggingDecisions } from '#ts/testing/decision-log.js';
import {
  DAY_MS,
  dailyRows,
  FRICTIONLESS,
  START_MS,
  STOCK,
  UNLIMITED,
} from '../../support/scripted-session.js';

const trading = defineStrategy({
  name: 'trading',
  params: { quantity: 3 },
  state: () => ({ bars: 0 }),
  onStart: (context) => context.setTimer('later', { atMs: START_MS + DAY_MS }),
  onBar(bar, context) {
    context.state.bars += 1;
    if (bar.close === 10)
      context.buy(context.params.quantity, { stopLoss: context.instrument.price('9') });
    if (context.state.bars === 3) context.closePosition();
  },
  onFill: (fill, context) => void (fill.side === 'sell' && context.clearTimer('later')),
  onTimer: (_, context) => void context.buy(1, { orderType: 'limit', limitPrice: 5 }),
  onStop: (context) => void context.buy(99),
});

const session = {
  data: {
    instruments: [STOCK],
    chunks: barChunks(dailyRows([10, 11, 12, 13]), { instruments: [STOCK], intervalMs: DAY_MS }),
  },
  limits: UNLIMITED,
  assumptions: FRICTIONLESS,
};

it('writes down what a strategy asks for, when and where, and changes nothing of what happens', async () => {
  const log: Decision[] = [];
  const observed = await runBacktest({ ...session, strategy: loggingDecisions(trading, log) });
  const alone = await runBacktest({ ...session, strategy: trading });
  expect(observed.stateHash).toBe(alone.stateHash);
  expect(
    log.map(({ tsMs, hook, call, asked }) => [
      tsMs === 0 ? 0 : (tsMs + 1 - START_MS) / DAY_MS,
      hook,
      call,
      asked,
    ]),
  ).toEqual([
    [0, 'onStart', 'setTimer', `["later",{"atMs":${START_MS + DAY_MS}}]`],
    [1, 'onBar', 'buy', '[3,{"stopLoss":"9"}]'],
    [2, 'onTimer', 'buy', '[1,{"orderType":"limit","limitPrice":5}]'],
    [3, 'onBar', 'closePosition', '[]'],
    [4, 'onFill', 'clearTimer', '["later"]'],
  ]);
});

it('writes an exception down and lets it pass', async () => {
  const log: Decision[] = [];
  const throwing = defineStrategy({
    name: 'throwing',
    onBar: () => {
      throw new Error('no');
    },
  });
  await expect(
    runBacktest({ ...session, strategy: loggingDecisions(throwing, log) }),
  ).rejects.toThrow('no');
  expect(log).toEqual([{ tsMs: START_MS + DAY_MS - 1, hook: 'onBar', call: 'throw', asked: 'no' }]);
});
