/**
 * What a bot keeps by hand in JavaScript: orders, one position and the account, over numbers, with the same limits. No
 * journal, no state machine, no second instrument; money is a double where Holdfast's is exact.
 */
export interface PlainOrder {
  readonly id: number;
  readonly side: 'buy' | 'sell';
  readonly lots: number;
  readonly limitTicks: number;
  status: 'submitted' | 'accepted' | 'partially_filled' | 'filled';
  cumLots: number;
  filledTickLots: number;
  fees: number;
  reserved: number;
}

export interface PlainRequest {
  readonly kind: 'place';
  readonly id: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
}

const TICK = 0.01;
const LOT = 0.001;
const CLOSE_LIMITS = { lots: 100_000, notional: 1_000_000, frac: 50, gross: 100, band: 0.1 };

export class PlainOrderBooks {
  readonly orders = new Map<number, PlainOrder>();
  readonly requests: PlainRequest[] = [];
  readonly #trades = new Set<number>();
  #nextId = 1;
  #lots = 0;
  #cost = 0;
  #realized = 0;
  #cash = 1_000_000_000;
  #fees = 0;
  #openBuy = 0;
  #openSell = 0;
  #peak = 1_000_000_000;
  markTicks = 10_000;

  get account(): { readonly cash: number; readonly realized: number; readonly fees: number } {
    return { cash: this.#cash, realized: this.#realized, fees: this.#fees };
  }

  get equity(): number {
    return this.#cash + this.#lots * this.markTicks * TICK * LOT;
  }

  /** Checks the limits, reserves and asks for an order; 0 when it is denied. */
  submit(side: 'buy' | 'sell', lots: number, limitTicks: number): number {
    const notional = lots * limitTicks * TICK * LOT;
    const { equity } = this;
    const buy = Math.max(this.#lots + this.#openBuy + (side === 'buy' ? lots : 0), 0);
    const sell = Math.max(-this.#lots + this.#openSell + (side === 'sell' ? lots : 0), 0);
    const worst = Math.max(buy, sell) * this.markTicks * TICK * LOT;
    const isAllowed =
      lots <= CLOSE_LIMITS.lots &&
      notional <= CLOSE_LIMITS.notional &&
      worst <= CLOSE_LIMITS.frac * equity &&
      worst <= CLOSE_LIMITS.gross * equity &&
      Math.abs(limitTicks / this.markTicks - 1) <= CLOSE_LIMITS.band &&
      equity > 0.5 * this.#peak;
    if (!isAllowed) return 0;
    const id = this.#nextId;
    this.#nextId += 1;
    this.orders.set(id, {
      id,
      side,
      lots,
      limitTicks,
      status: 'submitted',
      cumLots: 0,
      filledTickLots: 0,
      fees: 0,
      reserved: lots,
    });
    if (side === 'buy') this.#openBuy += lots;
    else this.#openSell += lots;
    const [quantity, price] = [(lots * LOT).toFixed(3), (limitTicks * TICK).toFixed(2)];
    this.requests.push({ kind: 'place', id: `hf-${id}`, side, quantity, price });
    return id;
  }

  /** Applies a fill to order, position and account; false when it was applied before. */
  fill(id: number, tradeId: number, ticks: number, lots: number, fee: number): boolean {
    const order = this.orders.get(id);
    if (order === undefined || this.#trades.has(tradeId)) return false;
    this.#trades.add(tradeId);
    // As many as Holdfast remembers of an order, or the set grows without end.
    if (this.#trades.size > 1_024) this.#trades.clear();
    order.cumLots += lots;
    order.filledTickLots += ticks * lots;
    order.fees += fee;
    order.reserved -= lots;
    order.status = order.cumLots >= order.lots ? 'filled' : 'partially_filled';
    if (order.side === 'buy') this.#openBuy -= lots;
    else this.#openSell -= lots;
    this.#book(order.side === 'buy' ? lots : -lots, ticks, fee);
    if (order.status === 'filled') this.orders.delete(id);
    return true;
  }

  #book(signed: number, ticks: number, fee: number): void {
    const price = ticks * TICK * LOT;
    const closed =
      Math.sign(this.#lots) === -Math.sign(signed)
        ? Math.min(Math.abs(this.#lots), Math.abs(signed))
        : 0;
    if (closed > 0) {
      const average = this.#cost / this.#lots;
      this.#realized += closed * Math.sign(this.#lots) * (price - average);
      this.#cost -= closed * Math.sign(this.#lots) * average;
    }
    this.#lots += signed;
    this.#cost += (Math.abs(signed) - closed) * Math.sign(signed) * price;
    this.#cash -= signed * price + fee;
    this.#fees += fee;
    this.#peak = Math.max(this.#peak, this.equity);
  }
}
