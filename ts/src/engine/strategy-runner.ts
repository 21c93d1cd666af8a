import { Amount } from '../core/amount.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import type { NativeSession } from '../native/native-session.js';
import type { FillNotice, Notice, OrderNotice, PositionNotice } from '../native/notice-reader.js';
import type { Indicator } from '../quant/indicators/index.js';
import type { Strategy } from '../strategies/strategy.js';
import type { FillEvent, OrderEvent } from '../strategies/strategy-context.js';
import { BarView } from './bar-view.js';
import { SeededRandom } from './seeded-random.js';
import { SessionContext } from './session-context.js';
import type { SessionRecorder } from './session-recorder.js';
import { Timers } from './timers.js';

/** Events that one bar may cause in turn; past it a strategy answers its own orders with orders without end. */
export const NOTICES_PER_BAR_MAX = 100_000;

export interface StrategyRunnerOptions {
  readonly strategy: Strategy;
  readonly native: NativeSession;
  readonly instruments: readonly Instrument[];
  readonly recorder: SessionRecorder;
  readonly seed: number;
}

/** The indicators of one instrument. */
interface IndicatorSet {
  readonly names: readonly string[];
  readonly indicators: readonly Indicator[];
  readonly values: Record<string, number>;
  isWarm: boolean;
}

type Hook = 'onStart' | 'onBar' | 'onFill' | 'onOrder' | 'onTimer' | 'onStop';

/** Drives a strategy: bars into the native session, what it caused to the recorder and to the strategy's hooks. */
export class StrategyRunner {
  readonly #options: StrategyRunnerOptions;
  readonly #context: SessionContext;
  readonly #bar: BarView;
  readonly #notices: Notice[] = [];
  readonly #timers = new Timers();
  readonly #sets: readonly IndicatorSet[];
  #bars = 0;

  constructor(options: StrategyRunnerOptions) {
    this.#options = options;
    const { native, instruments, strategy, seed } = options;
    const { definition, params } = strategy;
    this.#bar = new BarView(native.memory.bar);
    this.#sets = instruments.map(() => this.#call('onStart', () => indicatorSet(strategy)));
    this.#context = new SessionContext({
      native,
      instruments,
      params,
      state: this.#call('onStart', () => definition.state?.(params)),
      timers: this.#timers,
      random: new SeededRandom(seed),
      notices: this.#notices,
    });
  }

  get bars(): number {
    return this.#bars;
  }

  get tsMs(): number {
    return this.#context.nowMs;
  }

  start(): void {
    const { onStart } = this.#options.strategy.definition;
    if (onStart !== undefined) this.#call('onStart', () => onStart(this.#context));
    this.#dispatch();
  }

  /** Plays the bar in the two records at `index`. */
  onBar(index: number): void {
    const context = this.#context;
    this.#options.native.onBar(index, this.#notices);
    context.nowMs = this.#bar.tsMs;
    context.current = this.#bar.instrument;
    this.#bars += 1;
    if (this.#notices.length > 0) this.#dispatch();
    this.#options.recorder.onBar(this.#bar);
    const set = this.#sets[context.current];
    if (set !== undefined) {
      updateIndicators(set, this.#bar);
      context.indicators = set.values;
    }
    for (const name of this.#timers.due(context.nowMs)) this.#fire(name);
    const { onBar } = this.#options.strategy.definition;
    if (onBar !== undefined && set?.isWarm === true) {
      try {
        onBar(this.#bar, context);
      } catch (error) {
        throw this.#threw('onBar', error);
      }
    }
    if (this.#notices.length > 0) this.#dispatch();
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
    for (let index = 0; index < this.#notices.length; index += 1) {
      const notice = this.#notices[index] as Notice;
      if (index === NOTICES_PER_BAR_MAX) throw this.#endless();
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
    const amount = (raw: bigint) => Amount.fromRaw(raw, instrument.quoteCurrency);
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
    return this.#options.instruments[index] as Instrument;
  }

  #call<Result>(hook: Hook, run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      throw this.#threw(hook, error);
    }
  }

  #threw(hook: Hook, cause: unknown): HoldfastError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const tsMs = this.#bars === 0 ? null : this.#context.nowMs;
    const when = tsMs === null ? 'before the first bar' : `at ${new Date(tsMs).toISOString()}`;
    return new HoldfastError(
      'STRATEGY_THREW',
      `strategy ${this.#options.strategy.name} must not throw, ${hook} did ${when}: ${reason}`,
      { context: { hook, tsMs, bars: this.#bars, reason }, cause },
    );
  }

  #endless(): HoldfastError {
    return new HoldfastError(
      'CAPACITY_EXHAUSTED',
      `one bar must cause at most ${NOTICES_PER_BAR_MAX} events; the strategy answers its own orders with orders`,
      { context: { capacity: NOTICES_PER_BAR_MAX } },
    );
  }
}

function milliseconds(ns: bigint): number {
  return Math.floor(Number(ns / 1_000n) / 1_000);
}

function indicatorSet({ definition, params }: Strategy): IndicatorSet {
  const factories = Object.entries(definition.indicators?.(params) ?? {});
  const names = factories.map(([name]) => name);
  return {
    names,
    indicators: factories.map(([, make]) => make()),
    values: Object.fromEntries(names.map((name) => [name, Number.NaN])),
    isWarm: names.length === 0,
  };
}

function updateIndicators(set: IndicatorSet, bar: BarView): void {
  const { indicators, names, values } = set;
  let isWarm = true;
  for (let index = 0; index < indicators.length; index += 1) {
    const indicator = indicators[index] as Indicator;
    indicator.update(bar);
    values[names[index] as string] = indicator.value;
    if (!set.isWarm && !indicator.isWarm) isWarm = false;
  }
  set.isWarm ||= isWarm;
}
