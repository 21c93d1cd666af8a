/**
 * A venue on this machine that speaks as much of Binance's spot interface as an order needs, for examples and tests without
 * a network. It has one market, and misbehaves on demand.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { verifySignedQuery } from 'holdfast/orders';

/** How the next order is answered; the venue is itself again after it. */
export type Misbehaviour =
  /** Takes the order and never answers. */
  | 'silent'
  /** Takes the order and answers that it timed out. */
  | 'accepts-then-504'
  /** Loses the order and answers that it timed out. */
  | 'loses-then-504'
  /** Refuses it for want of funds. */
  | 'rejects';

export interface LocalOrder {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: string;
  readonly type: string;
  readonly price: number;
  readonly quantity: number;
  filled: number;
  status: string;
}

interface LocalTrade {
  readonly id: number;
  readonly orderId: number;
  readonly price: number;
  readonly quantity: number;
  readonly isBuyer: boolean;
}

type Answer = readonly [status: number, body: unknown];

const MARKET = 'BTCUSDT';
const SECRET = 'secret';
/** What everybody may ask. */
const PUBLIC = new Set(['GET exchangeInfo', 'GET ticker/24hr']);
const FEE_FRAC = 0.001;
const REFUSED = { code: -2010, msg: 'Account has insufficient balance for requested action.' };
const UNKNOWN = { code: -2013, msg: 'Order does not exist.' };

export class LocalVenue {
  readonly orders: LocalOrder[] = [];
  readonly trades: LocalTrade[] = [];
  /** Requests by method and path, oldest first. */
  readonly requests: string[] = [];
  misbehaviour: Misbehaviour | undefined;
  bid = 64_999.5;
  ask = 65_000.5;
  cash: number;
  coins = 0;
  readonly #server: Server;
  readonly #waiting: ServerResponse[] = [];

  private constructor(cash: number) {
    this.cash = cash;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Opens a venue on a free port of this machine. */
  static async open(cash = 10_000): Promise<LocalVenue> {
    const venue = new LocalVenue(cash);
    await new Promise<void>((resolve) => venue.#server.listen(0, '127.0.0.1', resolve));
    return venue;
  }

  /** What a client of the venue has to be told. */
  get clientOptions(): Record<string, unknown> {
    const { port } = this.#server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/api/v3`;
    return {
      apiKey: 'key',
      secret: SECRET,
      timeout: 2_000,
      enableRateLimit: false,
      urls: { api: { public: url, private: url, sapi: url } },
      options: {
        fetchMarkets: { types: ['spot'] },
        fetchCurrencies: false,
        fetchMargins: false,
        adjustForTimeDifference: false,
      },
      has: { fetchCurrencies: false },
    };
  }

  async close(): Promise<void> {
    for (const response of this.#waiting) response.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Somebody trades with a resting order. */
  fill(orderId: number, quantity: number): void {
    const order = this.orders.find((each) => each.orderId === orderId);
    if (order !== undefined) this.#execute(order, order.price, quantity);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://venue');
    const body = Buffer.concat(chunks).toString();
    for (const [name, value] of new URLSearchParams(body)) searchParams.set(name, value);
    const path = `${request.method} ${pathname.replace('/api/v3/', '')}`;
    this.requests.push(path);
    const signed = body === '' ? (request.url ?? '').split('?')[1] : body;
    const answer = refusal(path, signed ?? '') ?? this.#answer(path, searchParams);
    if (answer === undefined) {
      this.#waiting.push(response);
      return;
    }
    response.writeHead(answer[0], { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer[1]));
  }

  #answer(path: string, query: URLSearchParams): Answer | undefined {
    switch (path) {
      case 'GET exchangeInfo':
        return [200, EXCHANGE_INFO];
      case 'GET ticker/24hr':
        return [
          200,
          {
            symbol: MARKET,
            bidPrice: text(this.bid),
            askPrice: text(this.ask),
            lastPrice: text(this.ask),
          },
        ];
      case 'GET account':
        return [200, this.#account()];
      case 'GET openOrders':
        return [200, this.orders.filter(isOpen).map(orderBody)];
      case 'GET myTrades':
        return [200, this.trades.map(tradeBody)];
      case 'POST order':
        return this.#place(query);
      case 'GET order':
        return this.#found(query, (order) => order);
      case 'DELETE order':
        return this.#found(query, (order) => {
          order.status = 'CANCELED';
          return order;
        });
      default:
        return [404, { code: -1, msg: `no ${path}` }];
    }
  }

  #place(query: URLSearchParams): Answer | undefined {
    const how = this.misbehaviour;
    this.misbehaviour = undefined;
    if (how === 'rejects') return [400, REFUSED];
    if (how === 'loses-then-504') return [504, {}];
    const order: LocalOrder = {
      orderId: this.orders.length + 1,
      clientOrderId: query.get('newClientOrderId') ?? '',
      side: query.get('side') ?? '',
      type: query.get('type') ?? '',
      price: Number(query.get('price') ?? 0),
      quantity: Number(query.get('quantity')),
      filled: 0,
      status: 'NEW',
    };
    this.orders.push(order);
    const touch = order.side === 'BUY' ? this.ask : this.bid;
    const crosses = order.side === 'BUY' ? order.price >= touch : order.price <= touch;
    if (order.type === 'MARKET' || crosses) this.#execute(order, touch, order.quantity);
    if (how === 'silent') return undefined;
    if (how === 'accepts-then-504') return [504, {}];
    const fills = this.trades.filter(({ orderId }) => orderId === order.orderId);
    return [200, { ...orderBody(order), fills: fills.map(fillBody) }];
  }

  #execute(order: LocalOrder, price: number, quantity: number): void {
    const isBuyer = order.side === 'BUY';
    const cost = price * quantity;
    order.filled = Number((order.filled + quantity).toFixed(8));
    order.status = order.filled >= order.quantity ? 'FILLED' : 'PARTIALLY_FILLED';
    this.coins += isBuyer ? quantity : -quantity;
    this.cash -= (isBuyer ? cost : -cost) + cost * FEE_FRAC;
    this.trades.push({
      id: this.trades.length + 1,
      orderId: order.orderId,
      price,
      quantity,
      isBuyer,
    });
  }

  #found(query: URLSearchParams, change: (order: LocalOrder) => LocalOrder): Answer {
    const [id, name] = [query.get('orderId'), query.get('origClientOrderId')];
    const order = this.orders.find((each) =>
      name === null ? String(each.orderId) === id : each.clientOrderId === name,
    );
    return order === undefined ? [400, UNKNOWN] : [200, orderBody(change(order))];
  }

  #account(): unknown {
    const balance = (asset: string, free: number) => ({
      asset,
      free: free.toFixed(8),
      locked: '0',
    });
    return {
      accountType: 'SPOT',
      updateTime: 0,
      balances: [balance('USDT', this.cash), balance('BTC', this.coins)],
    };
  }
}

function isOpen({ status }: LocalOrder): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

function text(value: number): string {
  return String(value);
}

function orderBody(order: LocalOrder): Record<string, unknown> {
  const { orderId, clientOrderId, side, type, price, quantity, filled, status } = order;
  return {
    symbol: MARKET,
    orderId,
    clientOrderId,
    side,
    type,
    status,
    price: text(price),
    origQty: text(quantity),
    executedQty: text(filled),
    timeInForce: 'GTC',
    time: 0,
    updateTime: 0,
  };
}

function tradeBody(trade: LocalTrade): Record<string, unknown> {
  const { id, orderId, price, quantity, isBuyer } = trade;
  return {
    symbol: MARKET,
    id,
    orderId,
    price: text(price),
    qty: text(quantity),
    quoteQty: (price * quantity).toFixed(8),
    commission: (price * quantity * FEE_FRAC).toFixed(8),
    commissionAsset: 'USDT',
    time: 0,
    isBuyer,
    isMaker: false,
  };
}

function fillBody(trade: LocalTrade): Record<string, unknown> {
  const { qty, price, commission, commissionAsset } = tradeBody(trade);
  return { price, qty, commission, commissionAsset, tradeId: trade.id };
}

const EXCHANGE_INFO = {
  timezone: 'UTC',
  serverTime: 0,
  rateLimits: [],
  exchangeFilters: [],
  symbols: [
    {
      symbol: MARKET,
      status: 'TRADING',
      baseAsset: 'BTC',
      baseAssetPrecision: 8,
      quoteAsset: 'USDT',
      quotePrecision: 8,
      orderTypes: ['LIMIT', 'MARKET'],
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      permissions: ['SPOT'],
      permissionSets: [['SPOT']],
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '0.5', maxPrice: '1000000', tickSize: '0.5' },
        { filterType: 'LOT_SIZE', minQty: '0.0001', maxQty: '100', stepSize: '0.0001' },
      ],
    },
  ],
};

/** What is answered to a request of an account that is not signed as it must be, or came too late. */
function refusal(path: string, signed: string): Answer | undefined {
  if (PUBLIC.has(path)) return undefined;
  try {
    verifySignedQuery(signed, { secret: SECRET, nowMs: Date.now() });
    return undefined;
  } catch (error) {
    return [400, { code: -1022, msg: String(error) }];
  }
}
