import { SIDES } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { Notice, OrderNotice } from '#ts/native/notice-reader.js';

/** The account as the reference gate sees it: lists that are gone through anew for every question. */

export const DAY_NS = 86_400_000_000_000n;
const ENDS = new Set(['denied', 'filled', 'canceled', 'rejected', 'expired']);
const LIVE = new Set(['accepted', 'triggered', 'partially_filled']);

export interface OpenOrder {
  readonly instrument: number;
  readonly isBuy: boolean;
  readonly reduceOnly: boolean;
  readonly isStop: boolean;
  readonly isLive: boolean;
  readonly leaves: bigint;
  /** Number of the strategy that wants it; 0 when it names none. */
  readonly strategy: number;
  /** The price at which it may match at worst; null for any. */
  readonly reachTicks: bigint | null;
}

interface Holding {
  lots: bigint;
  /** What its fills have cost in all, in cents. */
  spent: bigint;
  /** Cost of `poolLots`, in cents. */
  poolCost: bigint;
  poolLots: bigint;
}

export interface Sent {
  readonly tsNs: bigint;
  readonly reducing: boolean;
  readonly intent: string;
}

/** Something that a strategy did: a message to the venue, or an execution. */
export interface StrategyAct {
  readonly tsNs: bigint;
  readonly strategy: number;
}

const abs = (value: bigint) => (value < 0n ? -value : value);

/** What makes two intents the same. */
export const intentKey = (command: Command) => {
  const { strategy, instrument, side, lots, limitTicks, triggerTicks } = command;
  return [strategy, instrument, side, lots, limitTicks, triggerTicks].join('/');
};

/** Whose an order is, and where it stands. */
interface OrderSide {
  readonly instrument: number;
  readonly isBuy: boolean;
  readonly strategy: number;
}

/** What an order would add. */
interface Added {
  readonly isBuy: boolean;
  readonly lots: bigint;
}

export class ReferenceAccount {
  readonly holdings: Holding[];
  readonly open = new Map<number, OpenOrder>();
  readonly sent: Sent[] = [];
  messages: StrategyAct[] = [];
  fills: StrategyAct[] = [];
  /** Gains and losses of closes: their sign and time. */
  readonly closes: { readonly tsNs: bigint; readonly sign: bigint }[] = [];
  readonly prices: {
    readonly instrument: number;
    readonly ticks: bigint;
    readonly tsNs: bigint;
  }[] = [];
  readonly equities: { readonly tsNs: bigint; readonly cents: bigint }[] = [];
  readonly uncoveredSince: (bigint | null)[];
  readonly #commands = new Map<number, Command>();
  /** What each strategy holds of each instrument. */
  readonly #held = new Map<number, bigint[]>();
  #cash: bigint;
  readonly startCents: bigint;

  constructor(instruments: number, startCents: bigint) {
    this.holdings = Array.from({ length: instruments }, () => ({
      lots: 0n,
      spent: 0n,
      poolCost: 0n,
      poolLots: 0n,
    }));
    this.uncoveredSince = this.holdings.map(() => null);
    this.#cash = startCents;
    this.startCents = startCents;
  }

  get cash(): bigint {
    return this.#cash;
  }

  mark(instrument: number): bigint | undefined {
    return this.prices.findLast((price) => price.instrument === instrument)?.ticks;
  }

  /** The last price with its time. */
  priced(instrument: number): { readonly ticks: bigint; readonly tsNs: bigint } | undefined {
    return this.prices.findLast((price) => price.instrument === instrument);
  }

  /** Equity as it was last marked. */
  get equity(): bigint {
    return this.equities.at(-1)?.cents ?? this.startCents;
  }

  /** Takes a price of the market, after what it caused was heard. */
  onPrice(instrument: number, ticks: bigint, tsNs: bigint): void {
    this.prices.push({ instrument, ticks, tsNs });
    const value = this.holdings
      .map(({ lots }, index) => lots * (this.mark(index) ?? 0n))
      .reduce((sum, each) => sum + each, 0n);
    this.equities.push({ tsNs, cents: this.#cash + value });
  }

  /** Takes an order of ours that was approved. */
  onSent(id: number, command: Command, reducing: boolean, tsNs: bigint): void {
    this.#commands.set(id, command);
    this.sent.push({ tsNs, reducing, intent: reducing ? '' : intentKey(command) });
    this.messages.push({ tsNs, strategy: command.strategy });
  }

  hear(notices: readonly Notice[]): void {
    for (const notice of notices) {
      if (notice.kind === 'order') this.#onOrder(notice);
      else if (notice.kind === 'fill') {
        const strategy = this.sideOf(notice.clientOrderId)?.strategy ?? 0;
        this.fills.push({ tsNs: notice.tsNs, strategy });
      } else if (notice.kind === 'position') this.#onPosition(notice.instrument, notice.lots);
    }
  }

  /** Lots that would be held at most and at least, if open orders fill; by the whole account, or by one strategy. */
  worst(instrument: number, added: Added | null, strategy?: number) {
    const isOwn = (of: number) => strategy === undefined || of === strategy;
    const lots =
      strategy === undefined
        ? this.#holding(instrument).lots
        : (this.#held.get(strategy)?.[instrument] ?? 0n);
    const open = [...this.open.values()].filter(
      (order) => order.instrument === instrument && isOwn(order.strategy),
    );
    const sum = (isBuy: boolean, reduceOnly: boolean) =>
      open
        .filter((order) => order.isBuy === isBuy && order.reduceOnly === reduceOnly)
        .reduce((total, order) => total + order.leaves, 0n);
    const clipped = (most: bigint, reserved: bigint) => {
      const room = most > 0n ? most : 0n;
      return reserved < room ? reserved : room;
    };
    const [buys, sells] = [sum(true, false), sum(false, false)];
    const most = lots + clipped(-lots, sum(true, true)) + buys + (added?.isBuy ? added.lots : 0n);
    const least =
      lots - clipped(lots, sum(false, true)) - sells - (added?.isBuy === false ? added.lots : 0n);
    const largest = [abs(lots), most, -least].reduce((a, b) => (a > b ? a : b));
    return { lots, buys, sells, most, least, largest };
  }

  #holding(instrument: number): Holding {
    const holding = this.holdings[instrument];
    if (holding === undefined) throw new RangeError(`no instrument ${instrument}`);
    return holding;
  }

  #onOrder(notice: OrderNotice): void {
    const id = notice.clientOrderId;
    const command = this.#commands.get(id);
    // A protective order belongs to the strategy of the order that it protects.
    const strategy =
      command?.strategy ?? this.open.get(id)?.strategy ?? this.sideOf(notice.parent)?.strategy ?? 0;
    if (command === undefined && notice.status === 'submitted') {
      // A protective order of the engine's own.
      this.sent.push({ tsNs: notice.tsNs, reducing: true, intent: '' });
      this.messages.push({ tsNs: notice.tsNs, strategy });
    }
    if (ENDS.has(notice.status)) {
      this.open.delete(id);
    } else {
      this.open.set(id, {
        instrument: notice.instrument,
        isBuy: notice.side === 'buy',
        reduceOnly: command?.reduceOnly ?? notice.role !== 'strategy',
        isStop: notice.orderType === 'stop_market',
        isLive: LIVE.has(notice.status),
        leaves: notice.lots - notice.cumLots,
        strategy,
        reachTicks: notice.limitTicks === 0n ? null : notice.limitTicks,
      });
    }
    this.#cover(notice.instrument, notice.tsNs);
  }

  #cover(instrument: number, tsNs: bigint): void {
    const { lots } = this.#holding(instrument);
    const covered = [...this.open.values()]
      .filter(
        (order) =>
          order.instrument === instrument &&
          order.isStop &&
          order.isLive &&
          order.reduceOnly &&
          order.isBuy === lots < 0n,
      )
      .reduce((sum, order) => sum + order.leaves, 0n);
    const since = this.uncoveredSince[instrument] ?? null;
    this.uncoveredSince[instrument] = covered >= abs(lots) ? null : (since ?? tsNs);
  }

  /** Books a fill, which the last fill notice told of. */
  book(fill: {
    instrument: number;
    isBuy: boolean;
    ticks: bigint;
    lots: bigint;
    tsNs: bigint;
    strategy: number;
  }): void {
    const holding = this.#holding(fill.instrument);
    const signed = fill.isBuy ? fill.lots : -fill.lots;
    const held = this.#held.get(fill.strategy) ?? this.holdings.map(() => 0n);
    held[fill.instrument] = (held[fill.instrument] ?? 0n) + signed;
    this.#held.set(fill.strategy, held);
    this.#cash -= signed * fill.ticks;
    holding.spent += signed * fill.ticks;
    const before = holding.lots;
    const closes = before !== 0n && before > 0n !== fill.isBuy;
    const closed = closes ? (fill.lots < abs(before) ? fill.lots : abs(before)) : 0n;
    if (closed > 0n) {
      const proceeds = closed * fill.ticks * holding.poolLots;
      const cost = holding.poolCost * closed;
      const profit = before > 0n ? proceeds - cost : cost - proceeds;
      this.closes.push({ tsNs: fill.tsNs, sign: profit > 0n ? 1n : profit < 0n ? -1n : 0n });
    }
    const opened = fill.lots - closed;
    holding.lots = before + signed;
    if (opened > 0n) {
      const carried =
        closed > 0n || before === 0n
          ? [0n, 1n]
          : [holding.poolCost * abs(before), holding.poolLots];
      const [cost = 0n, over = 1n] = carried;
      // The cost of what is kept may be no whole number of cents, so the pool is scaled by its divisor.
      holding.poolCost = cost + opened * fill.ticks * over;
      holding.poolLots = abs(holding.lots) * over;
    } else if (holding.lots === 0n) {
      holding.poolCost = 0n;
      holding.poolLots = 0n;
    }
  }

  #onPosition(instrument: number, lots: bigint): void {
    if (this.#holding(instrument).lots !== lots) {
      throw new Error(`the reference holds ${this.#holding(instrument).lots}, the engine ${lots}`);
    }
  }

  sideOf(id: number): OrderSide | undefined {
    const command = this.#commands.get(id);
    if (command !== undefined) {
      const { instrument, strategy } = command;
      return { instrument, strategy, isBuy: SIDES[command.side] === 'buy' };
    }
    return this.open.get(id);
  }
}
