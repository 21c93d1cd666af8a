import { describe, expect, it } from 'vitest';

import { guard } from '#ts/risk/guard/guard.js';
import { GuardDenial } from '#ts/risk/guard/guard-denial.js';
import { openGate } from '../../../support/gate-alone.js';
import { breakersAt } from '../../breaker/breaker-clock.js';

const SYMBOL = 'BTC/USDT';

/** Errors under the names that ccxt gives them. */
class ExchangeError extends Error {}
class InsufficientFunds extends ExchangeError {}
class NetworkError extends Error {}
class RequestTimeout extends NetworkError {}

const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

function setUp() {
  const { clock, breakers } = breakersAt({
    defaults: { failures: 2, minimumCalls: 2, windowMs: 60_000, cooldownMs: 100 },
  });
  const breaker = breakers.component('venue');
  const { gate } = openGate({ positionQtyMax: '10' });
  const calls: string[] = [];
  let error: Error | undefined;
  const answer = async (name: string, value: unknown) => {
    calls.push(name);
    await Promise.resolve();
    if (error !== undefined) throw error;
    return value;
  };
  const client = {
    markets: { [SYMBOL]: { spot: false } },
    createOrder: (..._args: unknown[]) => answer('createOrder', { id: 'v1' }),
    cancelOrder: (..._args: unknown[]) => answer('cancelOrder', { id: 'v1' }),
    fetchTicker: (..._args: unknown[]) => answer('fetchTicker', {}),
    watchTicker: (..._args: unknown[]) => answer('watchTicker', {}),
  };
  const exchange = guard(client, gate, { breaker, onProblem: () => undefined });
  return {
    clock,
    breaker,
    gate,
    calls,
    exchange,
    fail: (with_: Error | undefined) => {
      error = with_;
    },
    buy: (amount = 0.01) => exchange.createOrder(SYMBOL, 'limit', 'buy', amount, 50_000),
  };
}

describe('a guard with a breaker', () => {
  it('CB-19: refuses orders and questions while the venue fails, before anything is reserved', async () => {
    const { buy, fail, breaker, calls, gate, exchange, clock } = setUp();
    fail(new RequestTimeout('no answer'));
    for (let order = 0; order < 2; order += 1) await failure(buy());
    expect(breaker.state).toBe('open');
    expect(gate.order(2)?.isInDoubt).toBe(true);
    const sent = calls.length;
    expect(await failure(buy())).toMatchObject({ code: 'CIRCUIT_OPEN' });
    expect(await failure(exchange.fetchTicker(SYMBOL))).toMatchObject({ code: 'CIRCUIT_OPEN' });
    expect(calls).toHaveLength(sent);
    expect(gate.order(3)).toBeNull();
    clock.advance(100);
    fail(undefined);
    await buy();
    expect(breaker.state).toBe('closed');
    expect(gate.order(3)?.status).toBe('accepted');
  });

  it('a cancel leaves whatever the breaker says, and counts where a call may pass', async () => {
    const { buy, fail, breaker, calls, exchange, clock } = setUp();
    await buy();
    fail(new NetworkError('down'));
    for (let call = 0; call < 2; call += 1) await failure(exchange.fetchTicker(SYMBOL));
    expect(breaker.state).toBe('open');
    fail(undefined);
    await exchange.cancelOrder('v1', SYMBOL);
    expect(calls.at(-1)).toBe('cancelOrder');
    expect(breaker.state).toBe('open');
    clock.advance(100);
    await exchange.cancelOrder('v1', SYMBOL);
    expect(breaker.state).toBe('closed');
  });

  it('what the venue refuses, and what the gate denies, are no failures of the venue', async () => {
    const { buy, fail, breaker, calls } = setUp();
    fail(new InsufficientFunds('too little'));
    for (let order = 0; order < 5; order += 1) await failure(buy());
    expect(breaker.state).toBe('closed');
    const sent = calls.length;
    for (let order = 0; order < 5; order += 1) {
      expect(await failure(buy(100))).toBeInstanceOf(GuardDenial);
    }
    expect(calls).toHaveLength(sent);
    fail(new NetworkError('down'));
    await failure(buy());
    expect(breaker.state).toBe('closed');
    await failure(buy());
    expect(breaker.state).toBe('open');
  });

  it('what watches neither counts nor is kept', async () => {
    const { exchange, fail, breaker, calls } = setUp();
    fail(new NetworkError('down'));
    for (let call = 0; call < 5; call += 1) await failure(exchange.watchTicker(SYMBOL));
    expect(breaker.state).toBe('closed');
    expect(calls).toHaveLength(5);
  });
});
