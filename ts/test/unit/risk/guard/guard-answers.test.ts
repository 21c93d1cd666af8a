import { beforeEach, describe, expect, it } from 'vitest';

import type { Gate } from '#ts/risk/gate/gate.js';
import { guard } from '#ts/risk/guard/guard.js';
import { GuardDenial } from '#ts/risk/guard/guard-denial.js';
import { openGate } from '../../../support/gate-alone.js';

const SYMBOL = 'BTC/USDT';

/** Errors under the names that ccxt gives them. */
class InvalidOrder extends Error {}
class DuplicateOrderId extends InvalidOrder {}
class RequestTimeout extends Error {}

type Answer = (args: readonly unknown[]) => unknown;

/** A client that answers what a test tells it to. */
class ScriptedClient {
  readonly calls: [name: string, ...args: unknown[]][] = [];
  readonly answers: Record<string, Answer> = {};
  markets = { [SYMBOL]: { spot: false } };

  createOrder(...args: unknown[]) {
    return this.#answer('createOrder', args);
  }
  createOrders(...args: unknown[]) {
    return this.#answer('createOrders', args);
  }
  editOrder(...args: unknown[]) {
    return this.#answer('editOrder', args);
  }
  cancelOrder(...args: unknown[]) {
    return this.#answer('cancelOrder', args);
  }
  cancelAllOrders(...args: unknown[]) {
    return this.#answer('cancelAllOrders', args);
  }
  watchOrders(...args: unknown[]) {
    return this.#answer('watchOrders', args);
  }
  watchMyTrades(...args: unknown[]) {
    return this.#answer('watchMyTrades', args);
  }
  fetchOrder(...args: unknown[]) {
    return this.#answer('fetchOrder', args);
  }
  fetchTickers(...args: unknown[]) {
    return this.#answer('fetchTickers', args);
  }
  watchOrderBook(...args: unknown[]) {
    return this.#answer('watchOrderBook', args);
  }

  async #answer(name: string, args: readonly unknown[]): Promise<unknown> {
    this.calls.push([name, ...args]);
    await Promise.resolve();
    return this.answers[name]?.(args);
  }
}

let client: ScriptedClient;
let gate: Gate;
let exchange: ScriptedClient;
let problems: unknown[];

beforeEach(() => {
  client = new ScriptedClient();
  ({ gate } = openGate({ positionQtyMax: '0.1' }));
  problems = [];
  exchange = guard(client, gate, { onProblem: (error) => problems.push(error) });
  client.answers['createOrder'] = () => ({ id: 'v1' });
});

const buy = (amount: number, params: object = {}) =>
  exchange.createOrder(SYMBOL, 'limit', 'buy', amount, 50_000, params);
const held = () => gate.position().quantity;
const fails = (name: string, error: Error) => {
  client.answers[name] = () => {
    throw error;
  };
};
const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('answers about orders', () => {
  it('an order whose answer has no more than its id is accepted', async () => {
    await buy(0.05);
    expect(gate.order(1)?.status).toBe('accepted');
    expect(client.calls[0]?.[6]).toEqual({ clientOrderId: gate.clientOrderId(1) });
  });

  it.each([undefined, null, 'ok', {}])(
    'an answer of %o is none: the order is in doubt',
    async (answer) => {
      client.answers['createOrder'] = () => answer;
      await buy(0.05);
      expect(gate.order(1)?.isInDoubt).toBe(true);
    },
  );

  it('fills that only the order tells are posted at its average, against the account', async () => {
    await buy(0.05);
    const told = { id: 'v1', symbol: SYMBOL, status: 'open', amount: 0.05 };
    client.answers['watchOrders'] = () => [
      { ...told, filled: 0.02, average: 49_999.7, fee: { cost: 1, currency: 'USDT' } },
    ];
    await exchange.watchOrders(SYMBOL);
    expect(held()).toBe('0.02');
    expect(gate.snapshot()).toMatchObject({ cash: '98999', fees: '1' });
    client.answers['watchOrders'] = () => [
      {
        ...told,
        status: 'closed',
        filled: 0.05,
        average: 49_999.7,
        fee: { cost: 2.5, currency: 'USDT' },
      },
    ];
    await exchange.watchOrders(SYMBOL);
    expect(held()).toBe('0.05');
    expect(gate.snapshot().fees).toBe('2.5');
    expect(gate.order(1)?.status).toBe('filled');
    expect(problems).toEqual([]);
  });

  it('trades and orders together are posted once, whichever comes first', async () => {
    await buy(0.06);
    const trade = (id: string, amount: number) => ({
      id,
      order: 'v1',
      symbol: SYMBOL,
      price: 50_000,
      amount,
      takerOrMaker: 'maker',
    });
    client.answers['watchMyTrades'] = () => [trade('t1', 0.02)];
    await exchange.watchMyTrades(SYMBOL);
    client.answers['watchOrders'] = () => [
      { id: 'v1', symbol: SYMBOL, status: 'open', filled: 0.04, average: 50_000 },
    ];
    await exchange.watchOrders(SYMBOL);
    expect(held()).toBe('0.04');
    client.answers['watchMyTrades'] = () => [
      trade('t1', 0.02),
      trade('t2', 0.02),
      trade('t3', 0.01),
    ];
    await exchange.watchMyTrades(SYMBOL);
    expect(held()).toBe('0.05');
    expect(problems).toEqual([]);
  });

  it('a fee in a currency that the account does not have does not cost the fill', async () => {
    await buy(0.05);
    client.answers['watchMyTrades'] = () => [
      {
        id: 't1',
        order: 'v1',
        price: 50_000,
        amount: 0.05,
        fee: { cost: 0.00001, currency: 'BNB' },
      },
    ];
    await exchange.watchMyTrades(SYMBOL);
    expect(held()).toBe('0.05');
    expect(problems).toMatchObject([{ code: 'CURRENCY_UNKNOWN' }]);
  });

  it.each([
    ['canceled', 'canceled'],
    ['expired', 'expired'],
    ['rejected', 'rejected'],
  ])('an order that is told as %s has ended', async (status, ended) => {
    await buy(0.05);
    client.answers['fetchOrder'] = () => ({ id: 'v1', status });
    await exchange.fetchOrder('v1', SYMBOL);
    expect(gate.order(1)?.status).toBe(ended);
  });

  it('a closed order that does not say what filled keeps its reservation', async () => {
    await buy(0.05);
    client.answers['fetchOrder'] = () => ({ id: 'v1', status: 'closed' });
    await exchange.fetchOrder('v1', SYMBOL);
    expect(gate.order(1)?.isOpen).toBe(true);
    client.answers['fetchOrder'] = () => ({
      id: 'v1',
      status: 'closed',
      filled: 0.02,
      average: 50_000,
    });
    await exchange.fetchOrder('v1', SYMBOL);
    expect([held(), gate.order(1)?.status]).toEqual(['0.02', 'canceled']);
  });

  it('a fill that cannot be reaches the bot all the same, and somebody hears of it', async () => {
    client.answers['createOrder'] = () => ({ id: 'v1', filled: 0.000_001, average: 50_000 });
    expect(await buy(0.05)).toMatchObject({ id: 'v1' });
    expect(problems).toMatchObject([{ code: 'QTY_OFF_LOT' }]);
  });

  it('cancels of all orders are told', async () => {
    await buy(0.05);
    client.answers['cancelAllOrders'] = () => [{ id: 'v1', status: 'canceled' }];
    await exchange.cancelAllOrders();
    expect(gate.openOrderCount).toBe(0);
  });
});

describe('errors of a venue', () => {
  it('an order that it took before under the same id is in doubt, not rejected', async () => {
    fails('createOrder', new DuplicateOrderId('again'));
    await failure(buy(0.05));
    expect(gate.order(1)).toMatchObject({ isOpen: true, isInDoubt: true });
  });

  it.each([new TypeError('a fault of the client'), new RequestTimeout('late')])(
    '%o leaves doubt',
    async (error) => {
      fails('createOrder', error);
      expect(await failure(buy(0.05))).toBe(error);
      expect(gate.order(1)?.isInDoubt).toBe(true);
    },
  );

  it('a cancel that fails leaves the order as it may be', async () => {
    await buy(0.05);
    fails('cancelOrder', new RequestTimeout('late'));
    await failure(exchange.cancelOrder('v1', SYMBOL));
    expect(client.calls.at(-1)).toEqual(['cancelOrder', 'v1', SYMBOL]);
    expect(gate.order(1)).toMatchObject({ isOpen: true, isPendingCancel: true });
  });
});

describe('several orders at once', () => {
  const entry = (amount: number) => ({
    symbol: SYMBOL,
    type: 'limit',
    side: 'buy',
    amount,
    price: 50_000,
  });

  it('leave all or none', async () => {
    const denied = await failure(exchange.createOrders([entry(0.06), entry(0.06)]));
    expect(denied).toBeInstanceOf(GuardDenial);
    expect(client.calls).toEqual([]);
    expect(gate.openOrderCount).toBe(0);
    client.answers['createOrders'] = () => [{ id: 'a' }, undefined];
    await exchange.createOrders([entry(0.05), entry(0.05)]);
    expect(gate.order(1)?.status).toBe('rejected');
    const open = gate.openOrders().map(({ status, isInDoubt }) => [status, isInDoubt]);
    expect(open).toEqual([
      ['accepted', false],
      ['submitted', true],
    ]);
  });
});

describe('an edit', () => {
  beforeEach(async () => buy(0.05));
  const edit = (amount: number) => exchange.editOrder('v1', SYMBOL, 'limit', 'buy', amount, 49_000);

  it('is judged, sent and in force, also under another id of the venue', async () => {
    client.answers['editOrder'] = () => ({ id: 'v2', status: 'open', amount: 0.08 });
    expect(await failure(edit(0.2))).toMatchObject({ code: 'POSITION_QTY_EXCEEDED' });
    await edit(0.08);
    expect(gate.order(1)).toMatchObject({ isPendingReplace: false });
    expect(gate.order(1)?.quantity.toString()).toBe('0.08');
    client.answers['fetchOrder'] = () => ({ id: 'v2', status: 'canceled', filled: 0 });
    await exchange.fetchOrder('v2', SYMBOL);
    expect(gate.openOrderCount).toBe(0);
  });

  it('that is refused leaves the order as it was, one without answer leaves doubt', async () => {
    fails('editOrder', new InvalidOrder('no'));
    await failure(edit(0.08));
    expect(gate.order(1)).toMatchObject({ isPendingReplace: false, isInDoubt: false });
    expect(gate.order(1)?.quantity.toString()).toBe('0.05');
    fails('editOrder', new RequestTimeout('late'));
    await failure(edit(0.08));
    expect(gate.order(1)?.isInDoubt).toBe(true);
  });
});

describe('prices that pass by', () => {
  it('are taken from tickers by symbol and from order books, others left alone', async () => {
    client.answers['fetchTickers'] = () => ({
      [SYMBOL]: { symbol: SYMBOL, bid: 40_000.2, ask: 40_000.3 },
      'ETH/USDT': { symbol: 'ETH/USDT', bid: 1, ask: 2 },
    });
    await exchange.fetchTickers();
    expect(gate.position().markPx).toBe(40_000);
    client.answers['watchOrderBook'] = () => ({ bids: [[30_000, 1]], asks: [[30_001, 1]] });
    await exchange.watchOrderBook(SYMBOL);
    expect(gate.position().markPx).toBe(30_000.5);
    client.answers['fetchTickers'] = () => ({ [SYMBOL]: { symbol: SYMBOL, last: 20_000.1 } });
    await exchange.fetchTickers();
    expect(gate.position().markPx).toBe(20_000);
    expect(problems).toEqual([]);
  });
});
