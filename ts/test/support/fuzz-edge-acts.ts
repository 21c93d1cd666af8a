import { Instrument } from '#ts/core/instrument.js';
import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import { type ActsOptions, type PlainAct, plainAct, soundOrder } from './fuzz-record-acts.js';
import { FUZZ_INSTRUMENTS, FUZZ_STRATEGIES } from './fuzz-world.js';
import { type Draw, of } from './gate-sequences.js';
import type { Terms } from './sound-order.js';

/** Orders as plain JavaScript may hand them over: sound ones, and what a slip, a wrong type or malice makes of them. */

export type EdgeAct =
  | PlainAct
  | {
      readonly act: 'order';
      readonly order: unknown;
      readonly options: unknown;
    };

export const ORDER_FIELDS = [
  'instrument',
  'side',
  'quantity',
  'orderType',
  'timeInForce',
  'limitPrice',
  'triggerPrice',
  'stopLoss',
  'takeProfit',
  'reduceOnly',
  'postOnly',
  'displayQuantity',
  'trailingPrice',
  'trailingFrac',
  'trailingTicks',
  'expiresAtMs',
  'strategy',
  'causedAtMs',
  'causedAtNs',
  'idempotencyKey',
] as const;
const UNKNOWN_KEYS = ['stoploss', 'qty', 'price', 'constructor', '__proto__', 'toString', ''];

/** An instrument whose prices and quantities count other steps. */
const COARSE = Instrument.create({ symbol: 'C', tickSize: '0.5', lotSize: '0.001' });
const [FINE = COARSE] = FUZZ_INSTRUMENTS;

/** Makes a hostile value; each is made anew, since some can be changed. */
const HOSTILE: readonly (() => unknown)[] = [
  ...[Number.NaN, Infinity, -Infinity, -0, 0, -1, 1e-8, 0.1 + 0.2, 100.005, 1.5].map(same),
  ...[2 ** 31, 2 ** 53, 2 ** 63, 1e21, 1e308, 5e-324, Number.MAX_SAFE_INTEGER].map(same),
  ...['1e-8', '0.00000001', '1E5', '', ' ', '1 ', '+1', '-1', '1.', '.5', '.', '0x10'].map(same),
  ...['1_000', '1,000', '١', 'NaN', 'Infinity', 'null', '-0', '00100', '1\u0000'].map(same),
  ...['123456789012345678901234567890', `0.${'0'.repeat(29)}1`, '9'.repeat(64)].map(same),
  ...['9'.repeat(65), `1${'0'.repeat(4_000)}`, '92233720368547758.07', '9223372036854775808'].map(
    same,
  ),
  ...['buy', 'BUY', 'Sell', 'limit', 'stop', 'gtc', 'GTC', 'I0', 'I9', 'i0', 'unlimited'].map(same),
  ...['__proto__', 'constructor', 'hasOwnProperty', 'length', '0', 'slow', 'Fast'].map(same),
  ...[null, undefined, true, false].map(same),
  ...[0n, 1n, -1n, 100n, 2n ** 63n, 2n ** 64n, 2n ** 200n, -(2n ** 63n)].map(same),
  () => Symbol('price'),
  () => () => 100,
  () => ({}),
  () => [],
  () => ['100'],
  () => [100],
  () => Object.create(null) as unknown,
  () => new Date(0),
  () => new String('100'),
  () => new Number(100),
  () => ({ toString: () => '100', valueOf: () => 100 }),
  () => ({ toString: () => ({}), valueOf: () => ({}) }),
  () => ({ ticks: 10_000n, lots: 10_000n }),
  () => FINE.price('100'),
  () => FINE.quantity('100'),
  () => COARSE.price('100'),
  () => COARSE.price('100.5'),
  () => COARSE.quantity('100'),
  () => COARSE.quantity('0.001'),
  () => forged(FINE.price('100'), { ticks: 2n ** 64n }),
  () => forged(FINE.price('100'), { ticks: 'many' }),
  () => forged(FINE.quantity('100'), { lots: 2n ** 64n + 1n }),
  () => forged(FINE.quantity('100'), { lots: 1.5 }),
  () => new Proxy({}, { get: () => '100' }),
];

function same(value: unknown): () => unknown {
  return () => value;
}

/** What claims to be of a class by its prototype alone. */
function forged(of: object, fields: object): unknown {
  return Object.assign(Object.create(Object.getPrototypeOf(of) as object) as object, fields);
}

/** A decimal in one of the forms that the edge takes. */
function decimal(draw: Draw, steps: bigint, kind: 'price' | 'quantity'): unknown {
  if (kind === 'quantity') {
    return of(draw, [String(steps), Number(steps), FINE.quantityOfLots(steps), `${steps}.0`]);
  }
  const text = FINE.priceOfTicks(steps).toString();
  return of(draw, [text, Number(text), FINE.priceOfTicks(steps)]);
}

type Fields = Record<string, unknown>;

/** The form of a sound order that a caller would write. */
function edgeOrder(draw: Draw, { command, terms }: { command: Command; terms: Terms }): Fields {
  const order: Fields = {
    instrument: draw(4) === 0 ? command.instrument : `I${command.instrument}`,
    side: SIDES[command.side],
    quantity: decimal(draw, command.lots, 'quantity'),
    timeInForce: TIMES_IN_FORCE[command.timeInForce],
  };
  if (command.orderType !== 0 || draw(2) === 0) order['orderType'] = ORDER_TYPES[command.orderType];
  if (command.reduceOnly) order['reduceOnly'] = true;
  const prices = [
    ['limitPrice', command.limitTicks],
    ['triggerPrice', command.triggerTicks],
    ['stopLoss', command.stopLossTicks],
    ['takeProfit', command.takeProfitTicks],
  ] as const;
  for (const [field, ticks] of prices) {
    if (ticks !== undefined) order[field] = decimal(draw, ticks, 'price');
  }
  const { trailing, display, expiresNs, postOnly } = terms;
  const strategy = FUZZ_STRATEGIES[command.strategy - 1];
  if (strategy !== undefined) order['strategy'] = strategy;
  const cause = command.terms?.causeNs;
  if (cause !== undefined && draw(2) === 0) order['causedAtNs'] = cause;
  else if (cause !== undefined) order['causedAtMs'] = Number(cause / 1_000_000n);
  if (postOnly) order['postOnly'] = true;
  if (display !== null) order['displayQuantity'] = decimal(draw, display, 'quantity');
  if (expiresNs !== null) order['expiresAtMs'] = Number(expiresNs / 1_000_000n);
  if (trailing?.kind === 'share') order['trailingFrac'] = Number(trailing.value) / 1_000_000;
  if (trailing?.kind === 'ticks') {
    if (draw(2) === 0) order['trailingTicks'] = Number(trailing.value);
    else order['trailingPrice'] = decimal(draw, trailing.value, 'price');
  }
  return order;
}

const hostile = (draw: Draw): unknown => of(draw, HOSTILE)();

function spoilt(draw: Draw, order: Fields): unknown {
  const kind = draw(12);
  const field = of(draw, ORDER_FIELDS);
  if (kind < 7) return { ...order, [field]: hostile(draw) };
  if (kind === 7) {
    const { [field]: _, ...rest } = order;
    return rest;
  }
  if (kind === 8) {
    const key = of(draw, UNKNOWN_KEYS);
    const value = hostile(draw);
    return Object.defineProperty({ ...order }, key, { value, enumerable: true });
  }
  if (kind === 9) return { ...order, [field]: order[of(draw, ORDER_FIELDS)] };
  if (kind === 10) return Object.create(order) as unknown;
  return hostile(draw);
}

function hostileOptions(draw: Draw): unknown {
  const kind = draw(8);
  // A number of any instant to come would be a sound time, which the world would have to follow.
  const times = [Number.NaN, 5, '5', -1n, 0n, 1n, 2n ** 64n, -(2n ** 70n), {}, [], true, 'now'];
  if (kind < 4) return { tsNs: of<unknown>(draw, times) };
  if (kind === 4) return { idempotencyKey: hostile(draw) };
  if (kind === 5) return { idempotencyKey: `key ${draw(40)}` };
  return of<unknown>(draw, [null, 5, 'options', [], () => 1, Symbol('options')]);
}

export function edgeAct(draw: Draw, options: ActsOptions): EdgeAct {
  if (draw(6) === 0) return plainAct(draw);
  let order: unknown = edgeOrder(draw, soundOrder(draw, options));
  for (let times = draw(2) === 0 ? 0 : 1 + draw(2); times > 0; times -= 1) {
    order = spoilt(draw, (typeof order === 'object' && order !== null ? order : {}) as Fields);
  }
  return { act: 'order', order, options: draw(12) === 0 ? hostileOptions(draw) : undefined };
}

const PLAIN: Fields = { instrument: 'I0', side: 'buy', quantity: '1' };

const withoutField =
  (field: string) =>
  (act: EdgeAct): EdgeAct => {
    if (act.act !== 'order' || typeof act.order !== 'object' || act.order === null) return act;
    if (!Object.hasOwn(act.order, field)) return act;
    const { [field]: _, ...rest } = act.order as Fields;
    const plain = PLAIN[field];
    return { ...act, order: plain === undefined ? rest : { ...rest, [field]: plain } };
  };

/** What may make an order simpler. */
export const EDGE_STEPS: readonly ((act: EdgeAct) => EdgeAct)[] = [
  (act) => (act.act === 'order' ? { ...act, options: undefined } : act),
  (act) => (act.act === 'price' ? { ...act, pauseNs: 0n } : act),
  ...ORDER_FIELDS.map(withoutField),
];
