import { isHoldfastError, presetLimits } from '#ts/index.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { simulate } from '#ts/testing/simulate.js';
import { describe, expect, it } from 'vitest';

const limits = {
  ...presetLimits('lightning'),
  ordersPerMinuteMax: '600',
  dailyTradesMax: 'unlimited',
  priceAgeMsMax: '120000',
};

/** What the strategy below may meet because its order has ended, or is being changed already. */
const CROSSED = new Set(['ORDER_UNKNOWN', 'ORDER_TRANSITION_ILLEGAL', 'AMEND_INVALID']);

const px = (price: number) => (Math.floor(price * 100) / 100).toFixed(2);

/** Every kind of order and list, by chance. */
const everything = defineStrategy({
  name: 'everything',
  limits,
  onBar({ close, tsMs }, context) {
    if (context.openOrderCount > 6) return;
    const [low, high] = [px(close * 0.997), px(close * 1.003)];
    const choices = [
      () =>
        context.submitBracket(
          { side: 'buy', quantity: 5, orderType: 'limit', limitPrice: px(close * 1.001) },
          {
            stop: { orderType: 'stop_market', triggerPrice: low },
            target: { orderType: 'limit', limitPrice: high },
          },
        ),
      () =>
        context.submitOco([
          { side: 'buy', quantity: 3, orderType: 'stop_market', triggerPrice: high },
          { side: 'sell', quantity: 3, orderType: 'stop_market', triggerPrice: low },
        ]),
      () => context.buy(4, { stopLoss: low, takeProfit: high }),
      () => context.closePosition(),
      () => context.sell(3, { orderType: 'trailing_stop', trailingTicks: 20 }),
      () =>
        context.buy(3, {
          orderType: 'limit',
          limitPrice: low,
          postOnly: true,
          timeInForce: 'gtd',
          expiresAtMs: tsMs + 180_000,
        }),
      () => context.sell(3, { orderType: 'limit', limitPrice: low, timeInForce: 'fok' }),
      () =>
        context.sell(3, {
          orderType: 'take_profit_limit',
          triggerPrice: high,
          limitPrice: px(close),
        }),
    ];
    choices[Math.floor(context.random() * choices.length * 1.5)]?.();
  },
});

/** Amends and cancels what it knows to be open. */
const amending = defineStrategy({
  name: 'amending',
  limits,
  state: () => ({ open: new Set<number>() }),
  onOrder({ status, clientOrderId }, { state }) {
    if (status === 'accepted') state.open.add(clientOrderId);
    else if (status !== 'partially_filled') state.open.delete(clientOrderId);
  },
  onBar({ close }, context) {
    const near = () => px(close * (1 + (context.random() - 0.5) * 0.004));
    for (const id of [...context.state.open].slice(0, 2)) {
      try {
        if (context.random() < 0.3) context.cancel(id);
        else {
          const quantity = 2 + Math.floor(context.random() * 9);
          context.amend(id, { limitPrice: near(), quantity });
        }
      } catch (error) {
        if (!isHoldfastError(error) || !CROSSED.has(error.code)) throw error;
      }
    }
    if (context.openOrderCount >= 4) return;
    const side = context.random() < 0.5 ? 'buy' : 'sell';
    context.submit({ side, quantity: 5, orderType: 'limit', limitPrice: near() });
  },
});

describe('simulate', () => {
  it('ord_06_orders_of_every_kind_and_lists_hold', { timeout: 120_000 }, async () => {
    const report = await simulate(everything, { seeds: 25 });
    report.expectHolds();
    expect(report.fills).toBeGreaterThan(2_000);
  });

  it('amendments_and_cancels_hold', { timeout: 120_000 }, async () => {
    const report = await simulate(amending, { seeds: 25 });
    report.expectHolds();
    expect(report.fills).toBeGreaterThan(2_000);
  });
});
