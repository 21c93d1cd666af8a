import { HoldfastError } from '../../core/holdfast-error.js';

/** What a guard does with a method of an exchange client. */
export type MethodKind =
  | 'place'
  | 'place-many'
  | 'edit'
  | 'convenience'
  | 'refused'
  | 'cancel'
  | 'orders'
  | 'order-query'
  | 'trades'
  | 'balance'
  | 'ticker'
  | 'book'
  | 'untouched';

const KINDS: Readonly<Record<string, MethodKind>> = {
  createOrder: 'place',
  createOrderWs: 'place',
  createOrders: 'place-many',
  createOrdersWs: 'place-many',
  editOrder: 'edit',
  editOrderWs: 'edit',
  cancelOrder: 'cancel',
  cancelOrderWs: 'cancel',
  cancelOrderWithClientOrderId: 'cancel',
  cancelUnifiedOrder: 'orders',
  cancelOrders: 'orders',
  cancelAllOrders: 'orders',
  cancelOrdersWs: 'orders',
  cancelAllOrdersWs: 'orders',
  fetchOrder: 'order-query',
  fetchOrderWs: 'order-query',
  fetchOrders: 'orders',
  fetchOpenOrder: 'orders',
  fetchOpenOrders: 'orders',
  fetchClosedOrder: 'orders',
  fetchClosedOrders: 'orders',
  fetchCanceledOrders: 'orders',
  fetchCanceledAndClosedOrders: 'orders',
  fetchOrdersWs: 'orders',
  fetchOpenOrdersWs: 'orders',
  fetchClosedOrdersWs: 'orders',
  watchOrders: 'orders',
  watchOrdersForSymbols: 'orders',
  fetchMyTrades: 'trades',
  fetchOrderTrades: 'trades',
  fetchMyTradesWs: 'trades',
  watchMyTrades: 'trades',
  watchMyTradesForSymbols: 'trades',
  fetchBalance: 'balance',
  fetchBalanceWs: 'balance',
  watchBalance: 'balance',
  fetchTicker: 'ticker',
  fetchTickers: 'ticker',
  fetchTickerWs: 'ticker',
  watchTicker: 'ticker',
  watchTickers: 'ticker',
  fetchBidsAsks: 'ticker',
  watchBidsAsks: 'ticker',
  fetchOrderBook: 'book',
  watchOrderBook: 'book',
};

/** Methods of the client's base class that do nothing but call `createOrder` or `editOrder` of the object they are called on. */
const CONVENIENCE =
  /^(?:create(?:Limit|Market|LimitBuy|LimitSell|MarketBuy|MarketSell|PostOnly|ReduceOnly|Stop|StopLimit|StopMarket|Trigger|StopLoss|TakeProfit)Order(?:Ws)?|createOrderWithTakeProfitAndStopLoss(?:Ws)?|edit(?:Limit|LimitBuy|LimitSell)Order|editOrderWithClientOrderId)$/;
/** Other ways to place or change an order; builders of requests send nothing. */
const PLACING =
  /^(?:create|edit)\w*(?:Orders?(?:Ws)?|OrderWithCost(?:Ws)?|WithCost(?:Ws)?|ConvertTrade)$/;
/** Raw calls of a venue's interface by which orders leave, and those that only look or cancel. */
const RAW = /(?:Post|Put|Patch)\w*Order|batchOrders/;
const RAW_HARMLESS = /cancel|query|open|closed|history|list|get|info|status|test|delete/i;

/** The name in the spelling that the tables use: `create_order` is `createOrder`. */
export function plainName(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Says what a guard does with a method. */
export function methodKind(name: string): MethodKind {
  const known = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (known !== undefined) return known;
  if (CONVENIENCE.test(name)) return 'convenience';
  if (PLACING.test(name)) return 'refused';
  return RAW.test(name) && !RAW_HARMLESS.test(name) ? 'refused' : 'untouched';
}

/** Whether a venue has its own form of a method of the base class, which might send by another way. */
export function isOverridden(target: object, name: string): boolean {
  let base: unknown;
  for (
    let at: unknown = target;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    if (Object.hasOwn(at, name)) base = Reflect.get(at, name);
  }
  return Reflect.get(target, name) !== base;
}

export function refusedMethod(name: string): HoldfastError {
  return new HoldfastError(
    'GUARD_METHOD_REFUSED',
    `${name} must not be called on a guarded exchange, the gate cannot judge what it sends; use createOrder`,
    { context: { method: name } },
  );
}
