import type { OrderView } from '../../core/order-view.js';
import type { Gate } from '../gate/gate.js';
import type { VenueFee, VenueOrder, VenueTrade } from './ccxt-shapes.js';

/** Ended orders whose trades are still recognised. */
const ENDED_MAX = 4_096;
const FEE_DIGITS = 12;

/** What has been told of one order. */
interface Trail {
  readonly id: number;
  readonly tradeIds: Set<string>;
  tradeLots: bigint;
  feeCost: number;
  doubtSinceNs: bigint | undefined;
}

/**
 * Knows the orders of a guarded exchange by every name that they have, and posts to the gate what answers say of them. The
 * same execution is told as a trade and in the filled quantity of its order: only what goes beyond both is posted.
 */
export class OrderTrail {
  readonly #gate: Gate;
  readonly #onProblem: (error: unknown) => void;
  readonly #trails = new Map<number, Trail>();
  readonly #byName = new Map<string, number>();

  constructor(gate: Gate, onProblem: (error: unknown) => void) {
    this.#gate = gate;
    this.#onProblem = onProblem;
  }

  /** An order is on its way under this text. */
  sent(id: number, text: string): void {
    this.#trails.set(id, {
      id,
      tradeIds: new Set(),
      tradeLots: 0n,
      feeCost: 0,
      doubtSinceNs: undefined,
    });
    this.#byName.set(text, id);
    this.#forget();
  }

  /** The outcome of an order's last command is not known. */
  inDoubt(id: number): void {
    const trail = this.#trails.get(id);
    if (trail === undefined) return;
    trail.doubtSinceNs ??= this.#gate.nowNs();
    if (this.#gate.order(id)?.isOpen === true) this.#gate.inDoubt(id);
  }

  /** For how long an order has been in doubt; undefined when it is not. */
  doubtNs(id: number): bigint | undefined {
    const since = this.#trails.get(id)?.doubtSinceNs;
    return since === undefined ? undefined : this.#gate.nowNs() - since;
  }

  /** The gate's id of an order by the venue's, or by its own text. */
  idOf(
    symbol: string | undefined,
    venueId: string | undefined,
    text: string | undefined,
  ): number | undefined {
    const byText = text === undefined ? undefined : this.#byName.get(text);
    if (byText !== undefined || venueId === undefined) return byText;
    return this.#byName.get(venueName(symbol, venueId)) ?? this.#byName.get(venueName('', venueId));
  }

  /** Takes what an answer says of an order; `id` where the call tells which order it is about. */
  takeOrder(order: VenueOrder, symbol: string | undefined, given?: number): void {
    const place = order.symbol ?? symbol;
    const id = given ?? this.idOf(place, order.id, order.clientOrderId);
    const trail = id === undefined ? undefined : this.#trails.get(id);
    if (trail === undefined) return;
    if (order.id !== undefined) {
      this.#byName.set(venueName(place, order.id), trail.id);
      this.#byName.set(venueName('', order.id), trail.id);
    }
    for (const trade of order.trades) this.takeTrade(trade, place);
    const known = this.#gate.order(trail.id);
    if (known === null) return;
    if (order.filled !== undefined && order.filled > 0) this.#fillUpTo(trail, known, order);
    this.#takeStatus(trail, order);
  }

  /** Takes one execution. */
  takeTrade(trade: VenueTrade, symbol: string | undefined): void {
    const id = this.idOf(trade.symbol ?? symbol, trade.order, undefined);
    const trail = id === undefined ? undefined : this.#trails.get(id);
    const known = trail === undefined ? null : this.#gate.order(trail.id);
    if (trail === undefined || known === null || trail.tradeIds.has(trade.id)) return;
    const { lots } = known.instrument.quantity(trade.amount);
    trail.tradeIds.add(trade.id);
    trail.tradeLots += lots;
    const beyond = trail.tradeLots - known.cumQty.lots;
    if (beyond <= 0n) return;
    const isWhole = beyond >= lots;
    trail.feeCost += isWhole ? (trade.fee?.cost ?? 0) : 0;
    this.#post(known, {
      tradeId: trade.id,
      price: String(trade.price),
      lots: isWhole ? lots : beyond,
      fee: isWhole ? trade.fee : undefined,
      isMaker: trade.isMaker,
    });
  }

  /** Posts what an order has filled beyond what trades told, at the average price of that part. */
  #fillUpTo(trail: Trail, known: OrderView, order: VenueOrder): void {
    const { instrument, cumQty } = known;
    const filled = instrument.quantity(order.filled ?? 0);
    const beyond = filled.lots - cumQty.lots;
    const average = order.average ?? known.limitPrice?.toNumber();
    if (beyond <= 0n || average === undefined) return;
    const before = cumQty.lots === 0n ? 0 : (known.avgPx ?? average) * cumQty.toNumber();
    const quantity = instrument.quantityOfLots(beyond).toNumber();
    const mean = ((average * filled.toNumber() - before) / quantity).toPrecision(15);
    const text = plainNumber(Number(mean));
    // An average is seldom on a tick: it is rounded against the account.
    const price = known.side === 'buy' ? instrument.ceilPrice(text) : instrument.floorPrice(text);
    const cost = order.fee === undefined ? 0 : order.fee.cost - trail.feeCost;
    trail.feeCost += cost;
    this.#post(known, {
      tradeId: `${order.id ?? known.clientOrderId}@${filled.lots}`,
      price: price.toString(),
      lots: beyond,
      fee: cost === 0 ? undefined : { cost, currency: order.fee?.currency },
      isMaker: false,
    });
  }

  #post(
    known: OrderView,
    fill: {
      readonly tradeId: string;
      readonly price: string;
      readonly lots: bigint;
      readonly fee: VenueFee | undefined;
      readonly isMaker: boolean;
    },
  ): void {
    const { tradeId, price, lots, fee, isMaker } = fill;
    const posted = {
      id: known.clientOrderId,
      tradeId,
      price,
      quantity: known.instrument.quantityOfLots(lots),
      liquiditySide: isMaker ? 'maker' : 'taker',
    } as const;
    if (fee === undefined) return this.#gate.filled(posted);
    const amount = plainNumber(Number(fee.cost.toPrecision(FEE_DIGITS)));
    const currency = fee.currency === undefined ? {} : { currency: fee.currency };
    try {
      this.#gate.filled({ ...posted, fee: { amount, ...currency } });
    } catch (error) {
      // A fee in a currency that the account does not have must not cost the fill itself.
      this.#onProblem(error);
      this.#gate.filled(posted);
    }
  }

  #takeStatus(trail: Trail, { status, amount, filled }: VenueOrder): void {
    const known = this.#gate.order(trail.id);
    if (known === null || !known.isOpen) {
      trail.doubtSinceNs = undefined;
      return;
    }
    const cum = filled === undefined ? undefined : known.instrument.quantity(filled);
    switch (status) {
      case 'canceled':
        this.#gate.canceled(trail.id, cum);
        break;
      // What an order has left when its venue calls it closed will never fill, if the venue says how much that is.
      case 'closed':
        if (cum === undefined) return;
        this.#gate.canceled(trail.id, cum);
        break;
      case 'expired':
        this.#gate.expired(trail.id, cum);
        break;
      case 'rejected':
        this.#gate.rejected(trail.id);
        break;
      default:
        if (known.status !== 'submitted' && !known.isInDoubt) return;
        this.#gate.accepted(trail.id, known.isInDoubt ? (amount ?? known.quantity) : undefined);
    }
    trail.doubtSinceNs = undefined;
  }

  /** Forgets the oldest orders that have ended. */
  #forget(): void {
    if (this.#trails.size <= ENDED_MAX * 2) return;
    const ended = [...this.#trails.keys()].filter((id) => this.#gate.order(id)?.isOpen !== true);
    const old = new Set(ended.slice(0, ENDED_MAX));
    for (const id of old) this.#trails.delete(id);
    for (const [name, id] of this.#byName) if (old.has(id)) this.#byName.delete(name);
  }
}

/** A venue's ids may be those of one symbol only. */
function venueName(symbol: string | undefined, venueId: string): string {
  return `${symbol ?? ''}#${venueId}`;
}

/** A number without exponent, as decimals are read. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(18) : text;
}
