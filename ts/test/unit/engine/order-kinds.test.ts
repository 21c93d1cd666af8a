import { describe, expect, it } from 'vitest';

import type { BacktestOptions } from '#ts/engine/backtest-options.js';
import type { OrderOptions, StrategyContext } from '#ts/strategies/strategy-context.js';
import {
  DAY_MS,
  type Day,
  fillText,
  playScript,
  START_MS,
} from '../../support/scripted-session.js';

/** Fills of an order that is submitted at the close of the first bar, which stands at 100. */
async function fillsOf(
  side: 'buy' | 'sell',
  options: OrderOptions,
  days: readonly Day[],
): Promise<readonly string[]> {
  const submit = (context: StrategyContext) => {
    const result = context.submit({ side, quantity: 10, ...options });
    expect(result.verdict).toBe('approved');
  };
  const { fills } = await playScript([100, ...days], { 0: submit });
  return fills.map(fillText);
}

describe('order kinds of a strategy', () => {
  it.each<[string, 'buy' | 'sell', OrderOptions, readonly Day[], readonly string[]]>([
    [
      'a stop limit',
      'buy',
      { orderType: 'stop_limit', triggerPrice: 105, limitPrice: 106 },
      [[100, 110, 99, 108]],
      ['buy 10 @ 105 strategy'],
    ],
    [
      'a take profit at market',
      'sell',
      { orderType: 'take_profit_market', triggerPrice: 110 },
      [[100, 111, 99, 108]],
      ['sell 10 @ 110 strategy'],
    ],
    [
      'a take profit with a limit',
      'sell',
      { orderType: 'take_profit_limit', triggerPrice: 110, limitPrice: 110 },
      [[100, 111, 99, 108]],
      ['sell 10 @ 110 strategy'],
    ],
    [
      'a stop that trails by two per cent',
      'sell',
      { orderType: 'trailing_stop', trailingFrac: '0.02' },
      [
        [100, 120, 99, 119],
        [119, 119, 116, 117],
      ],
      ['sell 10 @ 117.6 strategy'],
    ],
    [
      'a market order whose rest is a limit',
      'buy',
      { orderType: 'market_to_limit' },
      [[101, 102, 100, 101]],
      ['buy 10 @ 101 strategy'],
    ],
    [
      'an iceberg',
      'buy',
      { orderType: 'limit', limitPrice: 99, displayQuantity: 4 },
      [[100, 100, 98, 99], [99, 99, 98, 99], 90],
      ['buy 4 @ 99 strategy', 'buy 4 @ 99 strategy', 'buy 2 @ 90 strategy'],
    ],
    [
      'a post-only order that would trade',
      'buy',
      { orderType: 'limit', limitPrice: 101, postOnly: true },
      [90],
      [],
    ],
    [
      'an order that must fill whole',
      'buy',
      { timeInForce: 'fok' },
      [[100, 100, 100, 100, 0], 100],
      [],
    ],
    [
      'an order that ends at a date',
      'buy',
      {
        orderType: 'limit',
        limitPrice: 99,
        timeInForce: 'gtd',
        expiresAtMs: START_MS + 2 * DAY_MS,
      },
      [100, 90],
      [],
    ],
  ])('ORD-06: %s', async (_, side, options, days, expected) => {
    expect(await fillsOf(side, options, days)).toEqual(expected);
  });

  it('ORD-06: a contradiction is an error that names the rule', async () => {
    const failures: unknown[] = [];
    await playScript([100], {
      0: (context) => {
        try {
          context.buy(1, {
            orderType: 'limit',
            limitPrice: 99,
            postOnly: true,
            timeInForce: 'ioc',
          });
        } catch (error) {
          failures.push(error);
        }
      },
    });
    expect(failures).toMatchObject([{ code: 'ORDER_INVALID' }]);
    expect(String(failures[0])).toContain('a post_only order must not be ioc or fok');
  });

  it('ORD-06: a kind that the venue lacks is held here, with the states that the venue would give', async () => {
    const days: readonly Day[] = [100, [100, 101, 94, 96], [93, 94, 92, 93]];
    const run = async (options: Partial<BacktestOptions>) => {
      const { fills, orders } = await playScript(
        days,
        { 0: (context) => void context.sell(10, { orderType: 'stop_market', triggerPrice: 95 }) },
        options,
      );
      return { fills: fills.map(fillText), states: orders.map(({ status }) => status) };
    };
    const states = ['submitted', 'accepted', 'triggered', 'filled'];
    expect(await run({})).toEqual({ fills: ['sell 10 @ 95 strategy'], states });
    const held = await run({ emulatedOrderTypes: ['stop_market'] });
    expect(held.fills).toEqual(['sell 10 @ 93 strategy']);
    expect([...new Set(held.states)]).toEqual(states);
    await expect(run({ emulatedOrderTypes: ['limit'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      context: { field: 'emulated_order_types' },
    });
  });
});
