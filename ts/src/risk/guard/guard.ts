import type { Breaker } from '../../breaker/breaker.js';
import type { Gate } from '../gate/gate.js';
import { isFields, orderOf, tradeOf } from './ccxt-shapes.js';
import { pastBreaker, throughBreaker } from './guarded-calls.js';
import { GuardedOrders } from './guarded-orders.js';
import {
  isOverridden,
  methodKind,
  type MethodKind,
  plainName,
  refusedMethod,
} from './guarded-methods.js';
import { MarketFeed } from './market-feed.js';
import { OrderTrail } from './order-trail.js';
import { isUnknownOrder } from './venue-errors.js';

export interface GuardOptions {
  /**
   * Hears of what could not be taken from an answer: a fill that does not fit its order, a balance that is not the gate's.
   * The answer itself passes through in any case. A warning of the process when left out.
   */
  readonly onProblem?: (error: unknown) => void;
  /** How far a balance may be from the gate's, as a part of it, and still confirm the account. Default 0.01. */
  readonly balanceToleranceFrac?: number;
  /**
   * After how many milliseconds of doubt the venue's word that it does not know an order is believed: longer than a request
   * can be under way, and than the venue takes to list an order. Default 60000.
   */
  readonly unknownAfterMs?: number;
  /**
   * Breaker of the venue. While it lets no call pass, orders and questions are refused before they are judged, by its own
   * `CIRCUIT_` codes; cancels leave all the same, and `watch…` methods are not counted. Without one every call goes to the client.
   */
  readonly breaker?: Breaker;
}

type Method = (...args: unknown[]) => unknown;

const TOLERANCE = 0.01;
const UNKNOWN_AFTER_MS = 60_000;
const NS_PER_MS = 1_000_000;

/**
 * Puts a gate before an exchange client in the form of ccxt. Orders are judged before their request leaves; one that is
 * denied is a thrown `GuardDenial`, and nothing was sent. What answers tell of orders, executions, balances and prices is
 * told to the gate. Cancels are never blocked, and everything else passes through.
 *
 * @example
 * const exchange = guard(new ccxt.binance({ apiKey, secret }), gate);
 * await exchange.fetchTicker('BTC/USDT');
 * await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 64_990);
 */
export function guard<Exchange extends object>(
  exchange: Exchange,
  gate: Gate,
  options: GuardOptions = {},
): Exchange {
  const onProblem = options.onProblem ?? warn;
  const trail = new OrderTrail(gate, onProblem);
  const feed = new MarketFeed(gate, onProblem, options.balanceToleranceFrac ?? TOLERANCE);
  const watch = new AnswerWatch(exchange, gate, {
    trail,
    feed,
    onProblem,
    unknownAfterMs: options.unknownAfterMs ?? UNKNOWN_AFTER_MS,
    breaker: options.breaker,
  });
  const made = new Map<string, { readonly of: unknown; readonly method: Method }>();
  return new Proxy(exchange, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      const plain = plainName(name);
      const kind = methodKind(plain);
      if (kind === 'untouched') return value;
      if (kind === 'convenience' && !isOverridden(target, plain)) return value;
      const before = made.get(name);
      if (before?.of === value) return before.method;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was looked at above
      const method = watch.method(kind, plain, value as Method);
      made.set(name, { of: value, method });
      return method;
    },
  });
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

interface AnswerWatchParts {
  readonly trail: OrderTrail;
  readonly feed: MarketFeed;
  readonly onProblem: (error: unknown) => void;
  readonly unknownAfterMs: number;
  readonly breaker: Breaker | undefined;
}

/** A call of a method, and how it reaches the client. */
interface GuardedCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly call: (args: readonly unknown[]) => unknown;
}

/** Stands between calls of an exchange and their answers. */
class AnswerWatch {
  readonly #target: object;
  readonly #gate: Gate;
  readonly #orders: GuardedOrders;
  readonly #trail: OrderTrail;
  readonly #feed: MarketFeed;
  readonly #onProblem: (error: unknown) => void;
  readonly #unknownAfterNs: number;
  readonly #breaker: Breaker | undefined;

  constructor(target: object, gate: Gate, parts: AnswerWatchParts) {
    this.#target = target;
    this.#gate = gate;
    this.#trail = parts.trail;
    this.#feed = parts.feed;
    this.#onProblem = parts.onProblem;
    this.#unknownAfterNs = parts.unknownAfterMs * NS_PER_MS;
    this.#breaker = parts.breaker;
    this.#orders = new GuardedOrders(target, gate, parts.trail, parts.onProblem);
  }

  /** Makes the guarded form of a method. */
  method(kind: MethodKind, name: string, method: Method): Method {
    if (kind === 'convenience' || kind === 'refused') {
      return () => Promise.reject(refusedMethod(name));
    }
    const bare = (args: readonly unknown[]): unknown => Reflect.apply(method, this.#target, args);
    const breaker = this.#breaker;
    return async (...args) => {
      const work = (call: typeof bare) => this.#guarded(kind, { name, args, call });
      // What watches waits for news: neither its time nor its end says how the venue answers.
      if (breaker === undefined || name.startsWith('watch')) return await work(bare);
      const run = kind === 'cancel' ? pastBreaker : throughBreaker;
      return await run(breaker, bare, work);
    };
  }

  async #guarded(kind: MethodKind, { name, args, call }: GuardedCall): Promise<unknown> {
    switch (kind) {
      case 'place':
        return await this.#orders.place(args, call);
      case 'place-many':
        return await this.#orders.placeMany(args, call);
      case 'edit':
        return await this.#orders.edit(args, call);
      case 'cancel':
        return await this.#cancel(name, args, call);
      case 'order-query':
        return await this.#query(args, call);
      default: {
        const answer = await call(args);
        this.#take(() => this.#answered(kind, answer, args[0]));
        return answer;
      }
    }
  }

  /** A cancel leaves at once, whatever the gate makes of it. */
  async #cancel(
    name: string,
    args: readonly unknown[],
    call: (args: readonly unknown[]) => unknown,
  ): Promise<unknown> {
    const [given, symbol, params] = args;
    const byText = name === 'cancelOrderWithClientOrderId';
    const text = byText ? given : isFields(params) ? params['clientOrderId'] : undefined;
    const id = this.#trail.idOf(textOf(symbol), byText ? undefined : textOf(given), textOf(text));
    this.#take(() => {
      if (id !== undefined && this.#gate.order(id)?.isOpen === true) this.#gate.cancel(id);
    });
    const answer = await call(args);
    this.#take(() => this.#orderTold(answer, symbol, id));
    return answer;
  }

  /** A question about one order: that the venue does not know it may be the proof that it never came. */
  async #query(
    args: readonly unknown[],
    call: (args: readonly unknown[]) => unknown,
  ): Promise<unknown> {
    const [venueId, symbol, params] = args;
    const text = isFields(params)
      ? (params['clientOrderId'] ?? params['origClientOrderId'])
      : undefined;
    const id = this.#trail.idOf(textOf(symbol), textOf(venueId), textOf(text));
    try {
      const answer = await call(args);
      this.#take(() => this.#orderTold(answer, symbol, id));
      return answer;
    } catch (error) {
      const doubtNs = id === undefined ? undefined : this.#trail.doubtNs(id);
      const isOver = doubtNs !== undefined && Number(doubtNs) >= this.#unknownAfterNs;
      if (id !== undefined && isOver && isUnknownOrder(error)) {
        this.#take(() => this.#gate.neverArrived(id));
      }
      throw error;
    }
  }

  #answered(kind: MethodKind, answer: unknown, symbol: unknown): void {
    if (kind === 'balance') this.#feed.balance(answer);
    else if (kind === 'ticker') this.#feed.tickers(answer);
    else if (kind === 'book') this.#feed.book(answer, textOf(symbol));
    else {
      const told: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
      for (const each of told) {
        this.#take(() => {
          if (kind === 'trades') this.#tradeTold(each, symbol);
          else this.#orderTold(each, symbol, undefined);
        });
      }
    }
  }

  #orderTold(answer: unknown, symbol: unknown, id: number | undefined): void {
    const order = orderOf(answer);
    if (order !== undefined) this.#trail.takeOrder(order, textOf(symbol), id);
  }

  #tradeTold(answer: unknown, symbol: unknown): void {
    const trade = tradeOf(answer);
    if (trade !== undefined) this.#trail.takeTrade(trade, textOf(symbol));
  }

  /** What the gate makes of an answer must not keep the answer from the bot. */
  #take(take: () => void): void {
    try {
      take();
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
