import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { checkOrderKeys, orderCommand } from '#ts/engine/order-command.js';
import type { OrderIntent } from '#ts/strategies/strategy-context.js';
import { STOCK } from '../../support/scripted-session.js';

const BUY: OrderIntent = { side: 'buy', quantity: 3 };

function failureOf(call: () => unknown): HoldfastError {
  try {
    call();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
  }
  throw new Error('must fail with a HoldfastError');
}

describe('orderCommand', () => {
  it('makes the exact form of an order, without terms where it asks for none', () => {
    const command = orderCommand({ ...BUY, orderType: 'limit', limitPrice: '10.5' }, 2, STOCK);
    expect(command).toEqual({
      instrument: 2,
      side: 0,
      orderType: 1,
      timeInForce: 0,
      reduceOnly: false,
      lots: 3n,
      limitTicks: 1_050n,
      triggerTicks: undefined,
      stopLossTicks: undefined,
      takeProfitTicks: undefined,
      terms: undefined,
    });
  });

  it.each([
    [{ trailingPrice: '1.5' }, { trailingTicks: 150n }],
    [{ trailingTicks: 7 }, { trailingTicks: 7n }],
    [{ trailingFrac: '0.02' }, { trailingMillionths: 20_000n }],
    [{ trailingFrac: 0.000_001 }, { trailingMillionths: 1n }],
    [{ postOnly: true }, { postOnly: true }],
    [{ displayQuantity: 2 }, { displayLots: 2n }],
    [{ expiresAtMs: 1_700_000_000_000 }, { expiresNs: 1_700_000_000_000_000_000n }],
  ])('ORD-06: makes terms of %o', (options, terms) => {
    const plain = {
      postOnly: false,
      trailingTicks: undefined,
      trailingMillionths: undefined,
      displayLots: undefined,
      expiresNs: undefined,
    };
    expect(orderCommand({ ...BUY, ...options }, 0, STOCK).terms).toEqual({ ...plain, ...terms });
  });

  it.each([
    [{ trailingTicks: 1.5 }, 'trailingTicks must be an integer, was 1.5'],
    [{ trailingTicks: 1, trailingFrac: '0.1' }, 'a trailing distance must be given once'],
    [{ trailingFrac: '0.0000001' }, 'trailingFrac must lie between 0 and 1'],
    [{ trailingFrac: 1 }, 'trailingFrac must lie between 0 and 1'],
    [{ trailingFrac: '-0.1' }, 'trailingFrac must lie between 0 and 1'],
    [{ expiresAtMs: Number.NaN }, 'expiresAtMs must be an integer'],
    [{ expiresAtMs: 9_300_000_000_000 }, 'expiresAtMs must fit 64 bits'],
    [{ orderType: 'stop' as 'limit' }, 'orderType must be one of market, limit'],
  ])('ORD-06: refuses %o', (options, message) => {
    const failure = failureOf(() => orderCommand({ ...BUY, ...options }, 0, STOCK));
    expect(failure.code).toBe('ORDER_INVALID');
    expect(failure.message).toContain(message);
  });

  it('refuses a misspelt key, and names the nearest', () => {
    const failure = failureOf(() => checkOrderKeys({ ...BUY, postonly: true } as OrderIntent));
    expect(failure.code).toBe('ORDER_INVALID');
    expect(failure.context).toMatchObject({ key: 'postonly', nearest: 'postOnly' });
    expect(() => checkOrderKeys(BUY)).not.toThrow();
  });
});
