import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { StrategyNumbers } from '#ts/core/strategy-numbers.js';
import {
  checkOrderKeys,
  orderCommand,
  type OrderNames,
  sharedDecision,
} from '#ts/engine/order-command.js';
import type { OrderIntent } from '#ts/strategies/strategy-context.js';
import { STOCK } from '../../support/scripted-session.js';

const NAMES: OrderNames = {
  index: 0,
  instrument: STOCK,
  strategies: new StrategyNumbers(['trend', 'reversion']),
  strategy: 0,
};
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
    const command = orderCommand(
      { ...BUY, orderType: 'limit', limitPrice: '10.5' },
      { ...NAMES, index: 2 },
    );
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
      strategy: 0,
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
    [{ causedAtMs: 1_700_000_000_001 }, { causeNs: 1_700_000_000_001_000_000n }],
    [{ causedAtNs: 1_700_000_000_000_000_007n }, { causeNs: 1_700_000_000_000_000_007n }],
    [{ expiresAtMs: 1_700_000_000_000 }, { expiresNs: 1_700_000_000_000_000_000n }],
  ])('ORD-06: makes terms of %o', (options, terms) => {
    const plain = {
      postOnly: false,
      trailingTicks: undefined,
      trailingMillionths: undefined,
      displayLots: undefined,
      expiresNs: undefined,
      causeNs: undefined,
    };
    expect(orderCommand({ ...BUY, ...options }, NAMES).terms).toEqual({ ...plain, ...terms });
  });

  it.each([
    [{ trailingTicks: 1.5 }, 'trailingTicks must be an integer, was 1.5'],
    [{ trailingTicks: 1, trailingFrac: '0.1' }, 'a trailing distance must be given once'],
    [{ trailingFrac: '0.0000001' }, 'trailingFrac must lie between 0 and 1'],
    [{ trailingFrac: 1 }, 'trailingFrac must lie between 0 and 1'],
    [{ trailingFrac: '-0.1' }, 'trailingFrac must lie between 0 and 1'],
    [{ expiresAtMs: Number.NaN }, 'expiresAtMs must be an integer'],
    [{ expiresAtMs: 9_300_000_000_000 }, 'expiresAtMs must fit 64 bits'],
    [{ causedAtMs: 1.5 }, 'causedAtMs must be an integer, was 1.5'],
    [{ causedAtMs: 1, causedAtNs: 1n }, 'a cause must be given once'],
    [{ causedAtNs: 2n ** 63n }, 'causedAtNs must be nanoseconds since 1970 as a bigint of 64 bits'],
    [{ causedAtNs: 5 as unknown as bigint }, 'causedAtNs must be nanoseconds'],
    [{ orderType: 'stop' as 'limit' }, 'orderType must be one of market, limit'],
  ])('ORD-06: refuses %o', (options, message) => {
    const failure = failureOf(() => orderCommand({ ...BUY, ...options }, NAMES));
    expect(failure.code).toBe('ORDER_INVALID');
    expect(failure.message).toContain(message);
  });

  it('refuses a misspelt key, and names the nearest', () => {
    const failure = failureOf(() => checkOrderKeys({ ...BUY, postonly: true } as OrderIntent));
    expect(failure.code).toBe('ORDER_INVALID');
    expect(failure.context).toMatchObject({ key: 'postonly', nearest: 'postOnly' });
    expect(() => checkOrderKeys(BUY)).not.toThrow();
  });

  it('numbers a strategy by the list of the limits, and takes the default where none is named', () => {
    const strategyOf = (options: Partial<OrderIntent>, strategy = 0) =>
      orderCommand({ ...BUY, ...options }, { ...NAMES, strategy }).strategy;
    expect(strategyOf({ strategy: 'trend' })).toBe(1);
    expect(strategyOf({ strategy: 'reversion' }, 1)).toBe(2);
    expect(strategyOf({}, 1)).toBe(1);
    expect(strategyOf({})).toBe(0);
    const failure = failureOf(() => strategyOf({ strategy: 'trends' }));
    expect(failure.code).toBe('STRATEGY_UNKNOWN');
    expect(failure.context).toEqual({ field: 'strategy', value: 'trends', nearest: 'trend' });
  });

  it('shares strategy and cause of the first order of a list with those that name none', () => {
    const first = { ...BUY, strategy: 'trend', causedAtMs: 5 };
    const [, plain, other] = sharedDecision([
      first,
      BUY,
      { ...BUY, strategy: 'reversion', causedAtNs: 7n },
    ]);
    expect(plain).toEqual({ ...BUY, strategy: 'trend', causedAtMs: 5 });
    expect(other).toEqual({ ...BUY, strategy: 'reversion', causedAtNs: 7n });
    expect(sharedDecision([BUY, BUY])).toEqual([BUY, BUY]);
  });
});
