import { HoldfastError } from '../../core/holdfast-error.js';
import type { Gate } from '../gate/gate.js';
import { type GateDenial, type GateVerdict, refusalOf } from '../gate/verdict.js';
import { isFields, orderOf } from './ccxt-shapes.js';
import { GuardDenial } from './guard-denial.js';
import { gateOrderOf, type OrderCall, orderCall, type CallParams } from './order-call.js';
import type { OrderTrail } from './order-trail.js';
import { isRejection } from './venue-errors.js';

type Call = (args: readonly unknown[]) => unknown;

/** An order that the gate allowed, as it is to be sent. */
interface Allowed {
  readonly id: number;
  readonly amount: string | number;
  readonly params: CallParams;
}

/** Asks the gate about every order before it leaves, and follows what becomes of it. */
export class GuardedOrders {
  readonly #target: object;
  readonly #gate: Gate;
  readonly #trail: OrderTrail;
  readonly #onProblem: (error: unknown) => void;

  constructor(target: object, gate: Gate, trail: OrderTrail, onProblem: (error: unknown) => void) {
    this.#target = target;
    this.#gate = gate;
    this.#trail = trail;
    this.#onProblem = onProblem;
  }

  /** `createOrder` and its like. @throws GuardDenial, and what the call itself throws */
  async place(args: readonly unknown[], call: Call): Promise<unknown> {
    const asked = readable(() => orderCall(args));
    const { id, amount, params } = this.#allowed(asked);
    const { symbol, side } = asked;
    const answer = await this.#sent([id], () =>
      call([symbol, args[1], side, amount, asked.price, params]),
    );
    this.#told(id, answer, symbol);
    return answer;
  }

  /** `createOrders`: all of them are judged before any leaves. */
  async placeMany(args: readonly unknown[], call: Call): Promise<unknown> {
    const [list, ...rest] = args;
    const asked = readable(() => (Array.isArray(list) ? list : []).map(callOfEntry));
    const allowed: Allowed[] = [];
    try {
      for (const each of asked) allowed.push(this.#allowed(each));
    } catch (error) {
      // None of them was sent.
      for (const { id } of allowed) this.#gate.rejected(id);
      throw error;
    }
    const entries = asked.map(({ symbol, type, side, price }, index) => {
      const { amount, params } = allowed[index] ?? { amount: 0, params: {} };
      return { symbol, type, side, amount, price, params };
    });
    const ids = allowed.map(({ id }) => id);
    const answer = await this.#sent(ids, () => call([entries, ...rest]));
    const told: readonly unknown[] = Array.isArray(answer) ? answer : [];
    for (const [index, { id }] of allowed.entries()) {
      this.#told(id, told[index], asked[index]?.symbol);
    }
    return answer;
  }

  /** `editOrder`: the gate judges the new form of an order that it knows. */
  async edit(args: readonly unknown[], call: Call): Promise<unknown> {
    const [venueId, symbol, , , amount, price, params] = args;
    const text = isFields(params) ? params['clientOrderId'] : undefined;
    const id = this.#trail.idOf(stringOf(symbol), stringOf(venueId), stringOf(text));
    if (id === undefined) {
      const message = 'an order to be edited must be one that went through the guard';
      throw denied(
        new HoldfastError('ORDER_UNKNOWN', message, { context: { id: stringOf(venueId) ?? null } }),
      );
    }
    const isGiven = (value: unknown): value is string | number =>
      typeof value === 'string' || typeof value === 'number';
    const verdict = this.#gate.amend(id, {
      ...(isGiven(amount) ? { quantity: amount } : {}),
      ...(isGiven(price) ? { limitPrice: price } : {}),
    });
    if (!verdict.allowed) throw new GuardDenial(verdict);
    let answer: unknown;
    try {
      answer = await call(args);
    } catch (error) {
      this.#take(() => {
        if (isRejection(error)) this.#gate.amendRejected(id);
        else this.#trail.inDoubt(id);
      });
      throw error;
    }
    this.#take(() => {
      const whole = isGiven(amount) ? amount : this.#gate.order(id)?.quantity;
      if (whole !== undefined) this.#gate.amended(id, whole);
      const order = orderOf(answer);
      if (order !== undefined) this.#trail.takeOrder(order, stringOf(symbol), id);
    });
    return answer;
  }

  /** Asks the gate, and names the order so that its answer can be found again when it is lost. */
  #allowed(asked: OrderCall): Allowed {
    const verdict = this.#verdictOn(asked);
    if (!verdict.allowed) throw new GuardDenial(verdict);
    const { id } = verdict;
    const own = asked.params['clientOrderId'];
    const clientOrderId =
      typeof own === 'string' && own !== '' ? own : this.#gate.clientOrderId(id);
    this.#trail.sent(id, clientOrderId);
    const { reduceOnly, ...others } = asked.params;
    // A spot venue has no such word; the gate has cut the order to the position.
    const kept = reduceOnly === undefined || this.#isSpot(asked.symbol) ? {} : { reduceOnly };
    const amount = 'quantity' in verdict ? verdict.quantity : asked.amount;
    const isCut = Number(amount) !== Number(asked.amount);
    return {
      id,
      amount: isCut ? Number(amount) : asked.amount,
      params: { ...others, ...kept, clientOrderId },
    };
  }

  /** An exit that says so passes by the gate's proof that it reduces; everything else is judged as it is. */
  #verdictOn(asked: OrderCall): GateVerdict & { readonly quantity?: string } {
    const order = readable(() => gateOrderOf(asked));
    const isPlainExit = order.reduceOnly === true && order.triggerPrice === undefined;
    if (!isPlainExit) return this.#gate.submit(order);
    try {
      const held = this.#gate.position(asked.symbol).side;
      if ((held === 'long') !== (asked.side === 'sell') || held === 'flat') {
        return this.#gate.submit(order);
      }
    } catch (error) {
      return refusalOf(error);
    }
    const { limitPrice, timeInForce, quantity } = order;
    return this.#gate.reduce(asked.symbol, {
      quantity,
      ...(timeInForce === undefined ? {} : { timeInForce }),
      ...(limitPrice === undefined ? {} : { limitPrice }),
    });
  }

  #isSpot(symbol: string): boolean {
    const markets: unknown = Reflect.get(this.#target, 'markets');
    const market = isFields(markets) ? markets[symbol] : undefined;
    return isFields(market) && market['spot'] === true;
  }

  async #sent(ids: readonly number[], send: () => unknown): Promise<unknown> {
    try {
      return await send();
    } catch (error) {
      const isRefused = isRejection(error);
      for (const id of ids) {
        this.#take(() => {
          if (isRefused) this.#gate.rejected(id);
          else this.#trail.inDoubt(id);
        });
      }
      throw error;
    }
  }

  /** An answer that cannot be read is no answer. */
  #told(id: number, answer: unknown, symbol: string | undefined): void {
    const order = orderOf(answer);
    this.#take(() => {
      if (order === undefined) this.#trail.inDoubt(id);
      else this.#trail.takeOrder(order, symbol, id);
    });
  }

  /** The order has left: what the gate makes of its answer must not look like a failure of the order. */
  #take(take: () => void): void {
    try {
      take();
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

function callOfEntry(entry: unknown): OrderCall {
  const fields = isFields(entry) ? entry : {};
  const { symbol, type, side, amount, price, params } = fields;
  return orderCall([symbol, type, side, amount, price, params]);
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function denied(error: unknown): GuardDenial {
  const refusal: GateDenial = refusalOf(error);
  return new GuardDenial(refusal);
}

/** What cannot be read is denied like what is not permitted. */
function readable<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw denied(error);
  }
}
