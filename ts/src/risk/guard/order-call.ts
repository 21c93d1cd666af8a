import { HoldfastError } from '../../core/holdfast-error.js';
import type { OrderType, Side, TimeInForce } from '../../core/vocabulary.generated.js';
import type { GateOrder } from '../gate/gate-order.js';
import { isFields } from './ccxt-shapes.js';

export type CallParams = Readonly<Record<string, unknown>>;

/** The arguments of `createOrder`. */
export interface OrderCall {
  readonly symbol: string;
  readonly type: string;
  readonly side: Side;
  readonly amount: string | number;
  readonly price: string | number | undefined;
  readonly params: CallParams;
}

/** Parameters that make another order than the gate would judge. */
const UNREADABLE = [
  'cost',
  'quoteOrderQty',
  'quoteAmount',
  'trailingAmount',
  'trailingPercent',
  'trailingTriggerPrice',
  'callbackRate',
  'hedged',
  'positionSide',
  'leverage',
];
const TIMES: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PO: 'gtc',
};

/** Reads the arguments of `createOrder`. @throws HoldfastError `GUARD_ORDER_UNREADABLE` */
export function orderCall(args: readonly unknown[]): OrderCall {
  const [symbol, type, side, amount, price, params] = args;
  if (typeof symbol !== 'string') throw unreadable('symbol', symbol);
  if (typeof type !== 'string') throw unreadable('type', type);
  if (side !== 'buy' && side !== 'sell') throw unreadable('side', side);
  if (!isValue(amount)) throw unreadable('amount', amount);
  if (price !== undefined && price !== null && !isValue(price)) throw unreadable('price', price);
  return {
    symbol,
    type: type.toLowerCase(),
    side,
    amount,
    price: price ?? undefined,
    params: isFields(params) ? params : {},
  };
}

/** Makes what the gate is asked of a call. @throws HoldfastError `GUARD_ORDER_UNREADABLE` for what it cannot judge */
export function gateOrderOf(call: OrderCall): GateOrder {
  const { symbol, side, amount, price, params } = call;
  const strange = UNREADABLE.find((name) => params[name] !== undefined);
  if (strange !== undefined) throw unreadable(`params.${strange}`, params[strange]);
  const { kind, trigger } = kindOf(call);
  const isLimit = call.type === 'limit';
  const orderType: OrderType =
    kind === undefined ? (isLimit ? 'limit' : 'market') : `${kind}_${isLimit ? 'limit' : 'market'}`;
  const stopLoss = attached('stopLoss', params);
  const takeProfit = attached('takeProfit', params);
  return {
    instrument: symbol,
    side,
    quantity: amount,
    orderType,
    timeInForce: timeOf(params),
    ...(isLimit && price !== undefined ? { limitPrice: price } : {}),
    ...(trigger === undefined ? {} : { triggerPrice: trigger }),
    ...(stopLoss === undefined ? {} : { stopLoss }),
    ...(takeProfit === undefined ? {} : { takeProfit }),
    reduceOnly: params['reduceOnly'] === true,
    postOnly: params['postOnly'] === true || params['timeInForce'] === 'PO',
  };
}

/** Whether an order waits for a trigger, and which. */
function kindOf({ type, params }: OrderCall): {
  readonly kind: 'stop' | 'take_profit' | undefined;
  readonly trigger: string | number | undefined;
} {
  if (type !== 'market' && type !== 'limit') throw unreadable('type', type);
  const names = ['triggerPrice', 'stopPrice', 'stopLossPrice', 'takeProfitPrice'].filter(
    (name) => params[name] !== undefined,
  );
  const [name] = names;
  if (name === undefined) return { kind: undefined, trigger: undefined };
  const trigger = params[name];
  if (names.length > 1 || !isValue(trigger))
    throw unreadable(`params.${names.join(' and ')}`, trigger);
  return { kind: name === 'takeProfitPrice' ? 'take_profit' : 'stop', trigger };
}

function timeOf(params: CallParams): TimeInForce {
  const { timeInForce } = params;
  if (timeInForce === undefined) return 'gtc';
  const time = typeof timeInForce === 'string' ? TIMES[timeInForce.toUpperCase()] : undefined;
  if (time === undefined) throw unreadable('params.timeInForce', timeInForce);
  return time;
}

/** The price of a stop or a target that the venue attaches to what fills. */
function attached(
  name: 'stopLoss' | 'takeProfit',
  params: CallParams,
): string | number | undefined {
  const given = params[name];
  if (given === undefined) return undefined;
  const price = isFields(given) ? (given['triggerPrice'] ?? given['stopPrice']) : given;
  if (!isValue(price)) throw unreadable(`params.${name}`, given);
  return price;
}

function isValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function unreadable(field: string, value: unknown): HoldfastError {
  const shown = isValue(value) ? String(value) : typeof value;
  return new HoldfastError(
    'GUARD_ORDER_UNREADABLE',
    `${field} must be one that the gate can judge, was ${shown}`,
    { context: { field, value: shown } },
  );
}
