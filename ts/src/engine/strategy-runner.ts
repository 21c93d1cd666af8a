import { instrumentAt } from '../core/instrument-at.js';
import { Amount } from '../core/amount.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import { StrategyNumbers } from '../core/strategy-numbers.js';
import { MARKET_EVENT_KINDS } from '../market/market-event-layout.js';
import type { NativeSession } from '../native/native-session.js';
import type { FillNotice, Notice, OrderNotice, PositionNotice } from '../native/notice-reader.js';
import type { Indicator } from '../quant/indicators/index.js';
import type { Strategy } from '../strategies/strategy.js';
import type { FillEvent, OrderEvent } from '../strategies/strategy-context.js';
import { BarView } from './bar-view.js';
import { QuoteView, TradeView } from './tick-views.js';
import { SeededRandom } from './seeded-random.js';
import { SessionContext } from './session-context.js';
import type { SessionRecorder } from './session-recorder.js';
import { Timers } from './timers.js';

/** Events that one market event may cause in turn; past it a strategy answers its own orders with orders without end. */
export const NOTICES_PER_EVENT_MAX = 100_000;

export interface StrategyRunnerOptions {
  readonly strategy: Strategy;
  readonly native: NativeSession;
  readonly instruments: readonly Instrument[];
  /** Names of the strategies in the limits. */
  readonly strategies: readonly string[];
  readonly recorder: SessionRecorder;
  readonly seed: number;
}

/** The indicators of one instrument. */
interface IndicatorSet {
  readonly indicators: readonly Indicator[];
  /** Values of the indicators, in their order. */
  readonly slots: Float64Array;
  /** The same by name, for the strategy. */
  readonly values: Readonly<Record<string, number>>;
  isWarm: boolean;
}

type Hook =
  'onStart' | 'onBar' | 'onTrade' | 'onQuote' | 'onFill' | 'onOrder' | 'onTimer' | 'onStop';

/** Drives a strategy: market events into the native session, what they caused to the recorder and to the strategy's hooks. */
export class StrategyRunner {
  readonly #options: StrategyRunnerOptions;
  readonly #context: SessionContext;
  readonly #bar: BarView;
  readonly #trade: TradeView;
  readonly #quote: QuoteView;
  readonly #notices: Notice[] = [];
  readonly #timers = new Timers();
  readonly #sets: readonly IndicatorSet[];
  /** Market events so far. */
  #events = 0;

  constructor(options: StrategyRunnerOptions) {
    this.#options = options;
    const { native, instruments, strategy, seed } = options;
    const { definition, params } = strategy;
    native.wantsEveryStep = definition.onOrder !== undefined;
    this.#bar = new BarView(native.memory.event);
    this.#trade = new TradeView(native.memory.event);
    this.#quote = new QuoteView(native.memory.event);
    this.#sets = instruments.map(() => this.#call('onStart', () => indicatorSet(strategy)));
    this.#context = new SessionContext({
      native,
      instruments,
      strategies: new StrategyNumbers(options.strategies),
      strategyName: strategy.name,
      params,
      state: this.#call('onStart', () => definition.state?.(params)),
      timers: this.#timers,
      random: new SeededRandom(seed),
      notices: this.#notices,
    });
  }

  get events(): number {
    return this.#events;
  }

  get tsMs(): number {
    return this.#context.nowMs;
  }

  start(): void {
    const { onStart } = this.#options.strategy.definition;
    if (onStart !== undefined) this.#call('onStart', () => onStart(this.#context));
    this.#dispatch();
  }

  /** Plays the market event whose first record is at `index`, of this kind; returns how many records it takes. */
  onRecord(index: number, kind: number): number {
    const context = this.#context;
    this.#options.native.playEvent(index, this.#notices);
    context.nowMs = this.#bar.tsMs;
    context.current = this.#bar.instrument;
    context.indicators = this.#sets[context.current]?.values ?? {};
    this.#events += 1;
    if (this.#notices.length > 0) this.#dispatch();
    if (kind === MARKET_EVENT_KINDS.bar) this.#onBar();
    else this.#onTick(kind);
    if (this.#notices.length > 0) this.#dispatch();
    return kind === MARKET_EVENT_KINDS.bar ? 2 : 1;
  }

  /** Hands out what happened between two market events. */
  onNews(tsMs: number): void {
    this.#context.nowMs = tsMs;
    this.#options.native.takeNotices(this.#notices);
    if (this.#notices.length > 0) this.#dispatch();
  }

  /** Shows the bar in the event's view to the indicators only: the past of a strategy that begins in the middle. */
  learn(): void {
    const set = this.#sets[this.#bar.instrument];
    if (set !== undefined) updateIndicators(set, this.#bar);
  }

  #onBar(): void {
    const context = this.#context;
    this.#options.recorder.onMark(this.#bar.instrument, this.#bar.tsMs, this.#bar.close);
    const set = this.#sets[context.current];
    if (set !== undefined) {
      updateIndicators(set, this.#bar);
    }
    for (const name of this.#timers.due(context.nowMs)) this.#fire(name);
    const { onBar } = this.#options.strategy.definition;
    if (onBar === undefined || set?.isWarm !== true) return;
    let answer: unknown;
    try {
      answer = onBar(this.#bar, context);
    } catch (error) {
      throw this.#threw('onBar', error);
    }
    if (answer !== undefined) this.#refusePromise('onBar', answer);
  }

  #onTick(kind: number): void {
    const context = this.#context;
    const isTrade = kind === MARKET_EVENT_KINDS.trade;
    const price = isTrade
      ? this.#trade.price
      : this.#options.native.memory.markPrice(context.current);
    this.#options.recorder.onMark(context.current, context.nowMs, price);
    for (const name of this.#timers.due(context.nowMs)) this.#fire(name);
    const { onTrade, onQuote } = this.#options.strategy.definition;
    if (isTrade && onTrade !== undefined)
      this.#call('onTrade', () => onTrade(this.#trade, context));
    if (!isTrade && onQuote !== undefined)
      this.#call('onQuote', () => onQuote(this.#quote, context));
  }

  stop(): void {
    const { onStop } = this.#options.strategy.definition;
    if (onStop !== undefined) this.#call('onStop', () => onStop(this.#context));
    this.#dispatch();
  }

  #fire(name: string): void {
    const { onTimer } = this.#options.strategy.definition;
    if (onTimer !== undefined) this.#call('onTimer', () => onTimer(name, this.#context));
  }

  /** Hands out what has happened; hooks may submit orders, which add to the list. */
  #dispatch(): void {
    const { recorder, strategy } = this.#options;
    const { onFill, onOrder } = strategy.definition;
    let fill: FillNotice | undefined;
    for (let index = 0; ; index += 1) {
      const notice = this.#notices[index];
      if (notice === undefined) break;
      if (index === NOTICES_PER_EVENT_MAX) throw this.#endless();
      recorder.onNotice(notice);
      if (notice.kind === 'fill') fill = notice;
      if (notice.kind === 'position' && fill !== undefined && onFill !== undefined) {
        const event = this.#fillEvent(fill, notice);
        this.#call('onFill', () => onFill(event, this.#context));
      }
      if (notice.kind === 'order' && onOrder !== undefined) {
        const event = this.#orderEvent(notice);
        this.#call('onOrder', () => onOrder(event, this.#context));
      }
    }
    this.#notices.length = 0;
  }

  #fillEvent(fill: FillNotice, position: PositionNotice): FillEvent {
    const instrument = this.#instrument(position.instrument);
    const amount = (raw: bigint) => Amount.fromRaw(raw, instrument.settlementCurrency);
    const order = this.#options.recorder.order(fill.clientOrderId);
    return {
      tsMs: milliseconds(fill.tsNs),
      instrument,
      clientOrderId: fill.clientOrderId,
      role: order?.role ?? 'strategy',
      side: order?.side ?? 'buy',
      lastPx: instrument.priceOfTicks(fill.lastTicks),
      lastQty: instrument.quantityOfLots(fill.lastLots),
      liquiditySide: fill.liquiditySide,
      fee: amount(fill.feeRaw),
      slippage: amount(fill.slippageRaw),
      realizedPnl: amount(position.realizedByFillRaw),
    };
  }

  #orderEvent(notice: OrderNotice): OrderEvent {
    const instrument = this.#instrument(notice.instrument);
    return {
      tsMs: milliseconds(notice.tsNs),
      instrument,
      clientOrderId: notice.clientOrderId,
      parentOrderId: notice.parent === 0 ? null : notice.parent,
      role: notice.role,
      side: notice.side,
      orderType: notice.orderType,
      status: notice.status,
      quantity: instrument.quantityOfLots(notice.lots),
      cumQty: instrument.quantityOfLots(notice.cumLots),
      alarm: notice.alarm,
    };
  }

  #instrument(index: number): Instrument {
    return instrumentAt(this.#options.instruments, index);
  }

  #call<Result>(hook: Hook, run: () => Result): Result {
    let answer: Result;
    try {
      answer = run();
    } catch (error) {
      throw this.#threw(hook, error);
    }
    this.#refusePromise(hook, answer);
    return answer;
  }

  /** A hook decides at once: what it would do later, nobody waits for and no journal could order. */
  #refusePromise(hook: Hook, answer: unknown): void {
    if (!(answer instanceof Promise)) return;
    answer.catch(() => undefined);
    throw this.#threw(hook, new TypeError('a hook must not be async, it answered with a promise'));
  }

  #threw(hook: Hook, cause: unknown): HoldfastError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const tsMs = this.#events === 0 ? null : this.#context.nowMs;
    const when = tsMs === null ? 'before the first event' : `at ${new Date(tsMs).toISOString()}`;
    return new HoldfastError(
      'STRATEGY_THREW',
      `strategy ${this.#options.strategy.name} must not throw, ${hook} did ${when}: ${reason}`,
      { context: { hook, tsMs, events: this.#events, reason }, cause },
    );
  }

  #endless(): HoldfastError {
    return new HoldfastError(
      'CAPACITY_EXHAUSTED',
      `one market event must cause at most ${NOTICES_PER_EVENT_MAX} events; the strategy answers its own orders with orders`,
      { context: { capacity: NOTICES_PER_EVENT_MAX } },
    );
  }
}

function milliseconds(ns: bigint): number {
  return Math.floor(Number(ns / 1_000n) / 1_000);
}

function indicatorSet({ definition, params }: Strategy): IndicatorSet {
  const factories = Object.entries(definition.indicators?.(params) ?? {});
  const slots = new Float64Array(factories.length).fill(Number.NaN);
  const values: Record<string, number> = {};
  for (const [index, [name]] of factories.entries()) {
    // A write by name costs more than the indicator itself; a getter on an array does not.
    Object.defineProperty(values, name, { enumerable: true, get: () => slots[index] });
  }
  return {
    indicators: factories.map(([, make]) => make()),
    slots,
    values,
    isWarm: factories.length === 0,
  };
}

function updateIndicators(set: IndicatorSet, bar: BarView): void {
  const { indicators, slots } = set;
  let isWarm = true;
  for (let index = 0; index < indicators.length; index += 1) {
    const indicator = indicators[index];
    if (indicator === undefined) break;
    indicator.update(bar);
    slots[index] = indicator.value;
    if (!set.isWarm && !indicator.isWarm) isWarm = false;
  }
  set.isWarm ||= isWarm;
}
