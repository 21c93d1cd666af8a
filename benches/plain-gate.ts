/**
 * What a bot's own gate in plain JavaScript does: the same controls over numbers. No exact money, no journal, no states of
 * orders, no ages of inputs; a denial is the name of the first control that fails.
 */
export interface PlainOrder {
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly limitPrice: number;
  readonly stopLoss: number;
}

interface Place {
  mark: number;
  markedMs: number;
  lots: number;
  openBuy: number;
  openSell: number;
  worst: number;
  anchor: number;
  readonly group: number;
}

const LIMITS = {
  orderQty: 100,
  orderNotional: 1e6,
  position: 1e5,
  positionNotional: 1e8,
  positionFrac: 50,
  gross: 100,
  net: 100,
  asset: 50,
  group: 90,
  concentration: 0.99,
  leverage: 100,
  band: 0.1,
  collar: 0.5,
  perMinute: 100_000,
  daily: 1e9,
  loss: 0.5,
  openOrders: 110_000,
  priceAgeMs: 600_000,
  messagesPerSecond: 100_000,
  duplicateMs: 1,
  buyingPower: 0.95,
} as const;

const MINUTE_MS = 60_000;
const RING = 131_072;

export class PlainGate {
  readonly orders = new Map<number, PlainOrder>();
  readonly #places: Place[];
  readonly #groups = [0, 0];
  readonly #sent = new Float64Array(RING);
  readonly #recent = new Map<string, number>();
  #head = 0;
  #tail = 0;
  #nextId = 1;
  #gross = 0;
  #net = 0;
  #buyCost = 0;
  #today = 0;
  #tokens: number = LIMITS.messagesPerSecond;
  #tokensMs = 0;
  equity = 1e9;
  peak = 1e9;
  dayOpen = 1e9;
  weekOpen = 1e9;
  losses = 0;
  mode = 0;
  halted = new Uint8Array(1_024);

  constructor(instruments: number) {
    this.#places = Array.from({ length: instruments }, (_, index) => ({
      mark: 0,
      markedMs: 0,
      lots: 0,
      openBuy: 0,
      openSell: 0,
      worst: 0,
      anchor: 0,
      group: index % 2,
    }));
  }

  price(instrument: number, price: number, nowMs: number): void {
    const place = this.#places[instrument];
    if (place === undefined) return;
    place.mark = price;
    place.markedMs = nowMs;
    if (place.anchor === 0) place.anchor = price;
  }

  /** The id of an order that is allowed and reserved, or why it is not. */
  submit(order: PlainOrder, nowMs: number): number | string {
    const place = this.#places[order.instrument];
    if (place === undefined) return 'instrument';
    const { quantity, limitPrice, side, stopLoss } = order;
    if (!(quantity > 0) || !(limitPrice > 0)) return 'order';
    if (this.mode !== 0) return 'mode';
    if (this.halted[order.instrument] !== 0) return 'halted';
    if (nowMs - place.markedMs > LIMITS.priceAgeMs) return 'price age';
    const { mark } = place;
    if (Math.abs(limitPrice - mark) > LIMITS.band * mark) return 'band';
    if (Math.abs(limitPrice - place.anchor) > LIMITS.collar * place.anchor) return 'collar';
    if (side === 'buy' ? stopLoss >= limitPrice : stopLoss <= limitPrice) return 'stop loss';
    const loss = this.#lossControl();
    if (loss !== undefined) return loss;
    while (this.#tail !== this.#head && (this.#sent[this.#tail] ?? 0) <= nowMs - MINUTE_MS) {
      this.#tail = (this.#tail + 1) % RING;
    }
    if ((this.#head - this.#tail + RING) % RING >= LIMITS.perMinute) return 'rate';
    if (this.#today >= LIMITS.daily) return 'daily trades';
    const refill = ((nowMs - this.#tokensMs) / 1_000) * LIMITS.messagesPerSecond;
    const tokens = Math.min(LIMITS.messagesPerSecond, this.#tokens + refill);
    if (tokens < 1) return 'messages';
    const key = `${order.instrument} ${side} ${quantity} ${limitPrice}`;
    if (nowMs - (this.#recent.get(key) ?? Number.NEGATIVE_INFINITY) < LIMITS.duplicateMs)
      return 'duplicate';
    if (quantity > LIMITS.orderQty || quantity * limitPrice > LIMITS.orderNotional)
      return 'order size';
    if (this.orders.size >= LIMITS.openOrders) return 'open orders';
    const buy = place.openBuy + (side === 'buy' ? quantity : 0);
    const sell = place.openSell + (side === 'sell' ? quantity : 0);
    const units = Math.max(Math.abs(place.lots + buy), Math.abs(place.lots - sell));
    const worst = units * Math.max(mark, limitPrice);
    const gross = this.#gross - place.worst + worst;
    const { equity } = this;
    if (units > LIMITS.position || worst > LIMITS.positionNotional) return 'position';
    if (worst > LIMITS.positionFrac * equity || worst > LIMITS.asset * equity) return 'position';
    if (gross > LIMITS.gross * equity || gross > LIMITS.leverage * equity) return 'gross';
    if (worst > LIMITS.concentration * Math.max(equity, gross)) return 'concentration';
    const group = (this.#groups[place.group] ?? 0) - place.worst + worst;
    if (group > LIMITS.group * equity) return 'group';
    const net = this.#net + (side === 'buy' ? quantity : -quantity) * mark;
    if (Math.abs(net) > LIMITS.net * equity) return 'net';
    const cost = this.#buyCost + (side === 'buy' ? quantity * limitPrice : 0);
    if (cost > LIMITS.buyingPower * equity) return 'buying power';
    place.openBuy = buy;
    place.openSell = sell;
    place.worst = worst;
    this.#gross = gross;
    this.#groups[place.group] = group;
    this.#net = net;
    this.#buyCost = cost;
    this.#sent[this.#head] = nowMs;
    this.#head = (this.#head + 1) % RING;
    this.#today += 1;
    this.#tokens = tokens - 1;
    this.#tokensMs = nowMs;
    this.#recent.set(key, nowMs);
    if (this.#recent.size > 4_096) this.#recent.clear();
    const id = this.#nextId;
    this.#nextId += 1;
    this.orders.set(id, order);
    return id;
  }

  /** The venue refused the order: its reservation is given back. */
  rejected(id: number): void {
    const order = this.orders.get(id);
    const place = order === undefined ? undefined : this.#places[order.instrument];
    if (order === undefined || place === undefined) return;
    this.orders.delete(id);
    const { side, quantity, limitPrice } = order;
    if (side === 'buy') place.openBuy -= quantity;
    else place.openSell -= quantity;
    const units = Math.max(
      Math.abs(place.lots + place.openBuy),
      Math.abs(place.lots - place.openSell),
    );
    const worst = units * place.mark;
    this.#gross += worst - place.worst;
    this.#groups[place.group] = (this.#groups[place.group] ?? 0) + worst - place.worst;
    place.worst = worst;
    this.#net -= (side === 'buy' ? quantity : -quantity) * place.mark;
    if (side === 'buy') this.#buyCost -= quantity * limitPrice;
  }

  #lossControl(): string | undefined {
    const { equity } = this;
    if (!(equity > 0)) return 'equity';
    if (equity < this.dayOpen * (1 - LIMITS.loss)) return 'daily loss';
    if (equity < this.weekOpen * (1 - LIMITS.loss)) return 'weekly loss';
    if (equity < 1e9 * (1 - LIMITS.loss)) return 'total loss';
    if (equity < this.peak * (1 - LIMITS.loss)) return 'drawdown';
    return this.losses > 1_000 ? 'losses in a row' : undefined;
  }
}
