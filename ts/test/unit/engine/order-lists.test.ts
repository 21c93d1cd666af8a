import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { OrderIntent, SubmitListResult } from '#ts/strategies/strategy-context.js';
import { fillText, playScript, UNLIMITED } from '../../support/scripted-session.js';
import { csvTable } from '../../support/csv-table.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const UP: OrderIntent = { side: 'buy', quantity: 10, orderType: 'stop_market', triggerPrice: 105 };
const DOWN: OrderIntent = {
  side: 'sell',
  quantity: 10,
  orderType: 'stop_market',
  triggerPrice: 95,
};

describe('lists of orders', () => {
  it('ORD-13: one cancels the other', async () => {
    let result: SubmitListResult | undefined;
    const { fills, orders } = await playScript([100, [100, 110, 99, 108], [100, 100, 90, 91]], {
      0: (context) => {
        result = context.submitOco([UP, DOWN]);
        expect(context.openOrderCount).toBe(2);
      },
      1: (context) => expect(context.openOrderCount).toBe(0),
    });
    expect(result).toEqual({ verdict: 'approved', clientOrderIds: [1, 2] });
    expect(fills.map(fillText)).toEqual(['buy 10 @ 105 strategy']);
    expect(orders.filter(({ status }) => status === 'canceled')).toMatchObject([
      { clientOrderId: 2 },
    ]);
  });

  it('ORD-13: one updates the other by what it fills', async () => {
    const exit = { side: 'sell', quantity: 10, reduceOnly: true } as const;
    const { fills } = await playScript([100, 100, [100, 111, 99, 108, 60], [100, 100, 94, 95]], {
      0: (context) => void context.buy(10),
      1: (context) =>
        void context.submitOuo([
          { ...exit, orderType: 'limit', limitPrice: 110, displayQuantity: 4 },
          { ...exit, orderType: 'stop_market', triggerPrice: 95 },
        ]),
    });
    expect(fills.map(fillText)).toEqual([
      'buy 10 @ 100 strategy',
      'sell 4 @ 110 strategy',
      'sell 6 @ 95 strategy',
    ]);
  });

  it('ORD-13: one triggers the others, which name their parent', async () => {
    let result: SubmitListResult | undefined;
    const { fills, orders } = await playScript([100, [100, 100, 94, 96], [100, 121, 99, 120]], {
      0: (context) => {
        result = context.submitOto(
          { side: 'buy', quantity: 10, orderType: 'limit', limitPrice: 95 },
          [{ side: 'sell', quantity: 4, orderType: 'limit', limitPrice: 120 }],
        );
      },
    });
    expect(result).toEqual({ verdict: 'approved', clientOrderIds: [1] });
    expect(fills.map(fillText)).toEqual(['buy 10 @ 95 strategy', 'sell 4 @ 120 strategy']);
    expect(orders.at(-1)).toMatchObject({ clientOrderId: 2, parentOrderId: 1, status: 'filled' });
  });

  it('ORD-13: a bracket exits at its stop or its target, of any kind', async () => {
    const { fills } = await playScript([100, 100, [100, 119, 99.5, 118], [116, 116, 110, 112]], {
      0: (context) => {
        const result = context.submitBracket(
          { side: 'buy', quantity: 10 },
          {
            stop: { orderType: 'trailing_stop', trailingFrac: '0.05' },
            target: { orderType: 'limit', limitPrice: 120 },
          },
        );
        expect(result.verdict).toBe('approved');
      },
      2: (context) => expect(context.openOrderCount).toBe(2),
      3: (context) => expect(context.openOrderCount).toBe(0),
    });
    expect(fills.map(fillText)).toEqual(['buy 10 @ 100 strategy', 'sell 10 @ 113.05 stop_loss']);
  });

  it('ORD-13: a list is denied whole, with every reason, and each of its orders names them', async () => {
    const out = join(temporaryFolder(), 'session');
    let result: SubmitListResult | undefined;
    await playScript(
      [100, 100],
      {
        0: (context) => {
          result = context.submitOco([{ ...UP, quantity: 60 }, DOWN]);
          expect(context.openOrderCount).toBe(0);
        },
      },
      { limits: { ...UNLIMITED, orderQtyMax: '50' }, out },
    );
    expect(result).toMatchObject({
      verdict: 'denied',
      clientOrderIds: [1, 2],
      codes: ['ORDER_QTY_EXCEEDED'],
      failed: [{ limit: '50', observed: '60' }],
    });
    const rows = csvTable(join(out, 'orders.csv'));
    expect(rows.map((row) => [row['status'], row['denial_codes']])).toEqual([
      ['denied', 'ORDER_QTY_EXCEEDED'],
      ['denied', 'ORDER_QTY_EXCEEDED'],
    ]);
  });

  it('ORD-13: a list that contradicts itself is an error', async () => {
    const failures: unknown[] = [];
    await playScript([100], {
      0: (context) => {
        try {
          context.submitOto({ side: 'buy', quantity: 1 }, [{ side: 'sell', quantity: 2 }]);
        } catch (error) {
          failures.push(error);
        }
      },
    });
    expect(failures).toMatchObject([{ code: 'ORDER_INVALID' }]);
    expect(String(failures[0])).toContain('must not be larger than its parent');
  });
});
