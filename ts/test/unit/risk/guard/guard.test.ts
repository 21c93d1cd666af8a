import ccxt from 'ccxt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Gate } from '#ts/risk/gate/gate.js';
import { guard } from '#ts/risk/guard/guard.js';
import { GuardDenial } from '#ts/risk/guard/guard-denial.js';
import { LocalVenue } from '../../../../../examples/local-venue/venue-server.js';
import { HandClock } from '../../../support/engine-by-hand.js';
import { COIN } from '../../../support/gate-alone.js';
import { UNLIMITED } from '../../../support/scripted-session.js';

const SYMBOL = 'BTC/USDT';
const MINUTE_NS = 60_000_000_000n;

let venue: LocalVenue;
let client: InstanceType<typeof ccxt.binance>;
let gate: Gate;
let clock: HandClock;
let problems: unknown[];
let exchange: InstanceType<typeof ccxt.binance>;

beforeEach(async () => {
  venue = await LocalVenue.open();
  client = new ccxt.binance(venue.clientOptions);
  await client.loadMarkets();
  clock = new HandClock();
  problems = [];
  gate = Gate.create({
    limits: { ...UNLIMITED, orderQtyMax: '0.1', positionQtyMax: '0.1' },
    instruments: [COIN],
    account: { cash: '10000', currency: 'USDT' },
    clock: clock.read,
  });
  exchange = guard(client, gate, { onProblem: (error) => problems.push(error) });
  await exchange.fetchTicker(SYMBOL);
});

afterEach(async () => {
  gate.close();
  await venue.close();
});

/** Orders that reached the venue. */
const placed = () => venue.requests.filter((request) => request === 'POST order').length;
const held = () => gate.position(SYMBOL).quantity;

async function rejection(call: Promise<unknown>): Promise<Error> {
  const caught: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof Error) return caught;
  throw new Error('the call must fail');
}

async function denial(call: Promise<unknown>): Promise<GuardDenial> {
  const error = await rejection(call);
  expect(error).toBeInstanceOf(GuardDenial);
  return error as GuardDenial;
}

describe('a guarded exchange', () => {
  it('denies before anything leaves, with the code, the reasons and what would pass', async () => {
    const error = await denial(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.5, 60_000));
    expect(error).toMatchObject({
      name: 'HoldfastError',
      code: 'ORDER_QTY_EXCEEDED',
      category: 'risk',
      retryable: false,
    });
    expect(error.message).toContain('one order may be for 0.1');
    expect(error.verdict.suggestedQuantity).toBe('0.1');
    expect(placed()).toBe(0);
    expect(gate.openOrderCount).toBe(0);
  });

  it('denies without a price, because nobody can judge then', async () => {
    const fresh = Gate.create({ preset: 'bot4', instruments: [COIN], account: { cash: '10000' } });
    const unfed = guard(client, fresh);
    const error = await denial(unfed.createMarketBuyOrder(SYMBOL, 0.01));
    expect(error.verdict.codes).toContain('PRICE_STALE');
    expect(placed()).toBe(0);
    fresh.close();
  });

  it('sends what was allowed under an id that can be found again, and posts what filled', async () => {
    const order = await exchange.createOrder(SYMBOL, 'market', 'buy', 0.02);
    expect(order).toMatchObject({ status: 'closed', filled: 0.02 });
    expect(venue.orders[0]?.clientOrderId).toBe(gate.clientOrderId(1));
    expect(held()).toBe('0.02');
    expect(gate.order(1)).toMatchObject({ status: 'filled' });
    expect(Number(gate.snapshot().cash)).toBeCloseTo(venue.cash, 8);
    expect(problems).toEqual([]);
  });

  it('keeps a resting order reserved, and posts its fills once, however often they are told', async () => {
    const order = await exchange.createLimitBuyOrder(SYMBOL, 0.06, 60_000);
    expect(gate.order(1)?.status).toBe('accepted');
    await denial(exchange.createLimitBuyOrder(SYMBOL, 0.05, 60_000));
    venue.fill(1, 0.02);
    await exchange.fetchMyTrades(SYMBOL);
    expect(held()).toBe('0.02');
    await exchange.fetchMyTrades(SYMBOL);
    await exchange.fetchOrder(String(order.id), SYMBOL);
    await exchange.fetchOpenOrders(SYMBOL);
    expect(held()).toBe('0.02');
    venue.fill(1, 0.04);
    await exchange.fetchOrder(String(order.id), SYMBOL);
    expect(held()).toBe('0.06');
    await exchange.fetchMyTrades(SYMBOL);
    expect(held()).toBe('0.06');
    expect(gate.order(1)?.status).toBe('filled');
    expect(problems).toEqual([]);
  });

  it('never blocks a cancel, and gives the reservation back', async () => {
    const order = await exchange.createLimitBuyOrder(SYMBOL, 0.06, 60_000);
    gate.setMode('paused', 'a test');
    await exchange.cancelOrder(String(order.id), SYMBOL);
    expect(venue.orders[0]?.status).toBe('CANCELED');
    expect(gate.order(1)?.status).toBe('canceled');
    expect(gate.openOrderCount).toBe(0);
  });

  it('voids what the venue refuses for certain', async () => {
    venue.misbehaviour = 'rejects';
    const error = await rejection(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.1, 60_000));
    expect(error).toBeInstanceOf(ccxt.InsufficientFunds);
    expect(gate.order(1)?.status).toBe('rejected');
    expect((await exchange.createLimitBuyOrder(SYMBOL, 0.1, 60_000)).status).toBe('open');
  });

  it('lets exits of a paused bot pass when they say that they reduce, and cuts them to the position', async () => {
    await exchange.createOrder(SYMBOL, 'market', 'buy', 0.02);
    gate.setMode('paused', 'a test');
    await denial(exchange.createOrder(SYMBOL, 'market', 'sell', 0.02));
    const exit = { reduceOnly: true };
    await exchange.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, exit);
    expect(venue.orders[1]).toMatchObject({ side: 'SELL', quantity: 0.02 });
    expect(held()).toBe('0');
    await denial(exchange.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, exit));
  });
});

describe('an order in doubt', () => {
  it.each(['silent', 'accepts-then-504'] as const)(
    'keeps its budget when the venue %s, until an answer tells of it',
    async (misbehaviour) => {
      client.timeout = 250;
      venue.misbehaviour = misbehaviour;
      const error = await rejection(exchange.createLimitBuyOrder(SYMBOL, 0.06, 60_000));
      expect(error).toBeInstanceOf(ccxt.NetworkError);
      expect(gate.order(1)).toMatchObject({ isOpen: true, isInDoubt: true });
      client.timeout = 2_000;
      await denial(exchange.createLimitBuyOrder(SYMBOL, 0.06, 60_000));
      await exchange.fetchOpenOrders(SYMBOL);
      expect(gate.order(1)).toMatchObject({ isOpen: true, isInDoubt: false, status: 'accepted' });
    },
  );

  it('that filled unheard is posted when its id is asked for', async () => {
    venue.misbehaviour = 'accepts-then-504';
    await rejection(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.06, 65_500));
    expect(held()).toBe('0');
    const [query] = gate.requests();
    await exchange.fetchOrderWithClientOrderId(query?.clientOrderIdText ?? '', SYMBOL);
    await exchange.fetchMyTrades(SYMBOL);
    expect(held()).toBe('0.06');
    expect(gate.order(1)).toMatchObject({ isInDoubt: false, status: 'filled' });
  });

  it('is given up only when the venue does not know it after a time in which it could not come', async () => {
    venue.misbehaviour = 'loses-then-504';
    await rejection(exchange.createLimitBuyOrder(SYMBOL, 0.06, 60_000));
    const ask = () =>
      rejection(exchange.fetchOrder('', SYMBOL, { clientOrderId: gate.clientOrderId(1) }));
    expect(await ask()).toBeInstanceOf(ccxt.OrderNotFound);
    expect(gate.order(1)?.isOpen).toBe(true);
    await exchange.fetchOpenOrders(SYMBOL);
    expect(gate.order(1)?.isInDoubt).toBe(true);
    clock.advance(MINUTE_NS);
    expect(await ask()).toBeInstanceOf(ccxt.OrderNotFound);
    expect(gate.order(1)?.isOpen).toBe(false);
  });

  it('stays when the bot brings an id of its own', async () => {
    venue.misbehaviour = 'accepts-then-504';
    const own = { clientOrderId: 'mine-1' };
    await rejection(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.06, 60_000, own));
    expect(venue.orders[0]?.clientOrderId).toBe('mine-1');
    await exchange.fetchOpenOrders(SYMBOL);
    expect(gate.order(1)?.isInDoubt).toBe(false);
  });
});

describe('ways to place an order', () => {
  it.each([
    ['createLimitBuyOrder', [SYMBOL, 0.5, 60_000]],
    ['createLimitSellOrder', [SYMBOL, 0.5, 60_000]],
    ['createMarketBuyOrder', [SYMBOL, 0.5]],
    ['createMarketSellOrder', [SYMBOL, 0.5]],
    ['createLimitOrder', [SYMBOL, 'buy', 0.5, 60_000]],
    ['createMarketOrder', [SYMBOL, 'buy', 0.5]],
    ['createPostOnlyOrder', [SYMBOL, 'limit', 'buy', 0.5, 60_000]],
    ['createStopLimitOrder', [SYMBOL, 'buy', 0.5, 70_000, 70_000]],
    ['create_order', [SYMBOL, 'limit', 'buy', 0.5, 60_000]],
    ['create_limit_buy_order', [SYMBOL, 0.5, 60_000]],
    [
      'createOrders',
      [[{ symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.5, price: 60_000 }]],
    ],
    ['createOrderWs', [SYMBOL, 'limit', 'buy', 0.5, 60_000]],
  ] as const)('%s asks the gate', async (name, args) => {
    const method: unknown = Reflect.get(exchange, name);
    if (typeof method !== 'function') throw new Error(`no ${name}`);
    const error = await denial(Promise.resolve(Reflect.apply(method, exchange, args)));
    expect(error.code).toBe('ORDER_QTY_EXCEEDED');
    expect(placed()).toBe(0);
  });

  it.each([
    'createMarketBuyOrderWithCost',
    'createMarketOrderWithCost',
    'createTrailingPercentOrder',
    'createTwapOrder',
    'createSpotOrders',
    'createConvertTrade',
    'editOrders',
    'privatePostOrder',
    'fapiPrivatePostBatchOrders',
    'privatePostOrderOco',
  ])('%s is refused: GUARD_METHOD_REFUSED', async (name) => {
    const method: unknown = Reflect.get(exchange, name);
    if (typeof method !== 'function') throw new Error(`no ${name}`);
    const error = await rejection(Promise.resolve(Reflect.apply(method, exchange, [SYMBOL])));
    expect(error).toMatchObject({ code: 'GUARD_METHOD_REFUSED' });
    expect(venue.requests).toEqual(['GET exchangeInfo', 'GET ticker/24hr']);
  });

  it.each([
    [SYMBOL, 'market', 'buy', 100, undefined, { cost: 100 }],
    [SYMBOL, 'market', 'buy', 0.01, undefined, { trailingPercent: 1 }],
    [SYMBOL, 'twap', 'buy', 0.01, undefined, {}],
    [SYMBOL, 'limit', 'bye', 0.01, 60_000, {}],
    [SYMBOL, 'limit', 'buy', 0.01, 60_000, { timeInForce: 'NEVER' }],
    [SYMBOL, 'limit', 'buy', 0.01, 60_000, { triggerPrice: 1, stopLossPrice: 2 }],
    [SYMBOL, 'limit', 'buy', null, 60_000, {}],
  ] as const)('%j %s %s %s %s %j is denied: GUARD_ORDER_UNREADABLE', async (...args) => {
    // @ts-expect-error -- plain JavaScript may pass anything
    const error = await denial(exchange.createOrder(...args));
    expect(error.code).toBe('GUARD_ORDER_UNREADABLE');
    expect(placed()).toBe(0);
  });

  it.each([
    [0.00001, 60_000, 'QTY_OFF_LOT'],
    [0.01, 60_000.3, 'PRICE_OFF_TICK'],
    [Number.NaN, 60_000, 'DECIMAL_INVALID'],
    [0.01, Number.POSITIVE_INFINITY, 'DECIMAL_INVALID'],
  ])('%s at %s is denied: %s', async (amount, price, code) => {
    const error = await denial(exchange.createOrder(SYMBOL, 'limit', 'buy', amount, price));
    expect(error.code).toBe(code);
  });

  it('refuses an edit of an order that it does not know', async () => {
    const error = await denial(exchange.editOrder('77', SYMBOL, 'limit', 'buy', 0.01, 60_000));
    expect(error.code).toBe('ORDER_UNKNOWN');
  });

  it('judges an edit', async () => {
    const order = await exchange.createLimitBuyOrder(SYMBOL, 0.02, 60_000);
    const error = await denial(
      exchange.editOrder(String(order.id), SYMBOL, 'limit', 'buy', 0.5, 60_000),
    );
    expect(error.code).toBe('ORDER_QTY_EXCEEDED');
    expect(gate.order(1)?.isPendingReplace).toBe(false);
  });
});

describe('what passes through a guard', () => {
  it('is everything else, with the right this', async () => {
    expect(exchange.id).toBe('binance');
    expect(exchange.market(SYMBOL).base).toBe('BTC');
    expect(exchange.priceToPrecision(SYMBOL, 60_000.4)).toBe('60000.5');
    expect((await exchange.fetchBalance())['USDT']?.free).toBe(10_000);
    exchange.timeout = 1_234;
    expect(client.timeout).toBe(1_234);
    expect(exchange.createOrder).toBe(exchange.createOrder);
    expect(problems).toEqual([]);
  });

  it('a balance that is the gate’s confirms the account; another one does not', async () => {
    const strict = Gate.create({
      limits: { ...UNLIMITED, accountAgeMsMax: '60000' },
      instruments: [COIN],
      account: { cash: '10000', currency: 'USDT' },
    });
    const seen: unknown[] = [];
    const watched = guard(client, strict, { onProblem: (error) => seen.push(error) });
    await watched.fetchTicker(SYMBOL);
    const buy = { side: 'buy', quantity: '0.01' } as const;
    expect(strict.check(buy)).toMatchObject({ code: 'ACCOUNT_STALE' });
    venue.cash = 9_000;
    await watched.fetchBalance();
    expect(seen).toMatchObject([{ code: 'ACCOUNT_STALE', context: { venue: 9_000 } }]);
    expect(strict.check(buy).allowed).toBe(false);
    venue.cash = 10_000;
    await watched.fetchBalance();
    expect(strict.check(buy).allowed).toBe(true);
    strict.close();
  });

  it('orders and trades of somebody else are left alone', async () => {
    const other = new ccxt.binance(venue.clientOptions);
    await other.createOrder(SYMBOL, 'market', 'buy', 0.05);
    await exchange.fetchMyTrades(SYMBOL);
    await exchange.fetchOrder('1', SYMBOL);
    expect(held()).toBe('0');
    expect(problems).toEqual([]);
  });
});
