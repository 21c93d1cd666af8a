import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import type { StrategyContext, SubmitResult } from '#ts/strategies/strategy-context.js';
import { playScript, UNLIMITED } from '../../support/scripted-session.js';

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

describe('requests about orders', () => {
  it('ORD-02: amends quantity and price of an open order, and the new form is what fills', async () => {
    const seen: unknown[] = [];
    await playScript([10, 10, 6, 6], {
      0: (context) => {
        const { clientOrderId } = context.buy(5, { orderType: 'limit', limitPrice: '5' });
        seen.push(context.amend(clientOrderId, { quantity: 7, limitPrice: '8' }));
      },
      3: (context) => seen.push(context.position().quantity),
    });
    expect(seen).toEqual([{ verdict: 'approved', clientOrderId: 1 }, 7]);
  });

  it('RISK-16: denies an amendment with the control that failed', async () => {
    const seen: SubmitResult[] = [];
    await playScript(
      [10, 10],
      {
        0: (context) => {
          const { clientOrderId } = context.buy(5, { orderType: 'limit', limitPrice: '5' });
          seen.push(context.amend(clientOrderId, { quantity: 7 }));
        },
      },
      { limits: { ...UNLIMITED, orderQtyMax: '6' } },
    );
    expect(seen).toMatchObject([
      { verdict: 'denied', codes: ['ORDER_QTY_EXCEEDED'], failed: [{ limit: '6', observed: '7' }] },
    ]);
  });

  it('ORD-04: sends the same order under the same key once, denied or not', async () => {
    const results: SubmitResult[] = [];
    const limit = { orderType: 'limit', limitPrice: '5' } as const;
    const { result } = await playScript(
      [10, 10],
      {
        0: (context) => {
          for (const [quantity, idempotencyKey] of [
            [1, 'a'],
            [1, 'a'],
            [9, 'b'],
            [9, 'b'],
            [1, 'c'],
          ] as const)
            results.push(context.buy(quantity, { ...limit, idempotencyKey }));
        },
      },
      { limits: { ...UNLIMITED, orderQtyMax: '6' } },
    );
    expect(results.map((each) => [each.verdict, each.clientOrderId])).toEqual([
      ['approved', 1],
      ['approved', 1],
      ['denied', 2],
      ['denied', 2],
      ['approved', 3],
    ]);
    expect(results[3]).toEqual(results[2]);
    expect(result.orders).toMatchObject({ submitted: 2, denied: 1 });
  });

  it('IDEMPOTENCY_CONFLICT: refuses a key that belongs to another order', async () => {
    const error = await failureOf((context) => {
      context.buy(1, { idempotencyKey: 'a' });
      context.sell(1, { idempotencyKey: 'a' });
    });
    expect(error.code).toBe('IDEMPOTENCY_CONFLICT');
    const empty = await failureOf((context) => context.buy(1, { idempotencyKey: '' }));
    expect(empty.code).toBe('ARGUMENT_INVALID');
  });

  it('ORD-04: refuses a key on an order of a list', async () => {
    const order = { side: 'buy', quantity: 1 } as const;
    const error = await failureOf((context) =>
      context.submitOco([order, { ...order, idempotencyKey: 'a' }]),
    );
    expect(error.code).toBe('ORDER_INVALID');
    expect(error.message).toContain('idempotencyKey');
  });

  it('AMEND_INVALID, ORDER_UNKNOWN: refuses an amendment that names nothing, or no open order', async () => {
    const amended = (changes: object, id = 1) =>
      failureOf((context) => {
        context.buy(5, { orderType: 'limit', limitPrice: '5' });
        context.amend(id, changes);
      });
    expect((await amended({})).code).toBe('AMEND_INVALID');
    expect((await amended({ triggerPrice: '4' })).code).toBe('AMEND_INVALID');
    expect((await amended({ quantity: 1 }, 2)).code).toBe('ORDER_UNKNOWN');
    expect((await amended({ quantity: 1 }, -1)).code).toBe('ORDER_UNKNOWN');
    const misspelt = await amended({ limitprice: '4' });
    expect(misspelt.code).toBe('ORDER_INVALID');
    expect(misspelt.message).toContain('limitPrice');
    expect((await amended({ limitPrice: '4.001' })).code).toBe('PRICE_OFF_TICK');
  });
});
