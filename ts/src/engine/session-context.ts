import { instrumentAt } from '../core/instrument-at.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '../core/vocabulary.generated.js';
import { nearestKey } from '../core/schema.js';
import type { NativeSession } from '../native/native-session.js';
import type { Notice, VerdictNotice } from '../native/notice-reader.js';
import type { Params } from '../strategies/strategy.js';
import type {
  OrderChanges,
  OrderIntent,
  OrderOptions,
  PositionView,
  PriceInput,
  QuantityInput,
  StrategyContext,
  SubmitResult,
  TimerSchedule,
} from '../strategies/strategy-context.js';
import { failedControl } from './denial.js';
import type { SeededRandom } from './seeded-random.js';
import type { Timers } from './timers.js';

export interface SessionContextOptions {
  readonly native: NativeSession;
  readonly instruments: readonly Instrument[];
  readonly params: Params;
  readonly state: unknown;
  readonly timers: Timers;
  readonly random: SeededRandom;
  /** Where notices go that an order causes. */
  readonly notices: Notice[];
}

/** What the strategy of a session sees and does. */
export class SessionContext implements StrategyContext {
  readonly params: Params;
  readonly state: unknown;
  readonly instruments: readonly Instrument[];
  indicators: Readonly<Record<string, number>> = {};
  nowMs = 0;
  /** Index of the instrument whose bar is being handled. */
  current = 0;
  readonly #options: SessionContextOptions;
  readonly #bySymbol: ReadonlyMap<string, number>;

  constructor(options: SessionContextOptions) {
    this.#options = options;
    this.params = options.params;
    this.state = options.state;
    this.instruments = options.instruments;
    this.#bySymbol = new Map(options.instruments.map((each, index) => [each.symbol, index]));
  }

  get instrument(): Instrument {
    return this.#at(this.current);
  }

  get equity(): number {
    return this.#options.native.memory.account[0] ?? 0;
  }

  get cash(): number {
    return this.#options.native.memory.account[1] ?? 0;
  }

  get drawdownFrac(): number {
    return this.#options.native.memory.account[3] ?? 0;
  }

  get openOrderCount(): number {
    return this.#options.native.memory.account[5] ?? 0;
  }

  position(instrument?: string | number): PositionView {
    const index = this.#index(instrument);
    const { memory } = this.#options.native;
    const lots = memory.positionLots(index);
    const [quantity, value] = [memory.positionQuantity(index), memory.positionValue(index)];
    const [cost, markPx] = [memory.openCost(index), memory.markPrice(index)];
    return {
      lots,
      quantity,
      side: lots === 0n ? 'flat' : lots > 0n ? 'long' : 'short',
      isFlat: lots === 0n,
      // Cost and value share their multiplier, so their ratio scales the mark to the entry.
      avgPx: lots === 0n ? Number.NaN : (cost / Math.abs(value)) * markPx,
      markPx,
      value,
      unrealizedPnl: lots >= 0n ? value - cost : value + cost,
    };
  }

  submit(intent: OrderIntent): SubmitResult {
    checkKeys(intent, ORDER_KEYS, 'an order');
    const index = this.#index(intent.instrument);
    const instrument = this.#at(index);
    const ticks = (price: PriceInput | undefined) =>
      price === undefined ? undefined : instrument.price(price).ticks;
    const { native, notices } = this.#options;
    const before = notices.length;
    const command = {
      instrument: index,
      side: wordIndex('side', SIDES, intent.side),
      orderType: wordIndex('orderType', ORDER_TYPES, intent.orderType ?? 'market'),
      timeInForce: wordIndex('timeInForce', TIMES_IN_FORCE, intent.timeInForce ?? 'gtc'),
      reduceOnly: intent.reduceOnly ?? false,
      lots: instrument.quantity(intent.quantity).lots,
      limitTicks: ticks(intent.limitPrice),
      triggerTicks: ticks(intent.triggerPrice),
      stopLossTicks: ticks(intent.stopLoss),
      takeProfitTicks: ticks(intent.takeProfit),
    };
    const key = intent.idempotencyKey;
    const clientOrderId =
      key === undefined
        ? native.submit(command, notices)
        : native.submitOnce(key, command, notices);
    const result = resultFrom(notices, before, clientOrderId);
    // A repeat brings the first verdict and no order with it: nothing happened that anybody should hear of.
    if (key !== undefined && notices.length === before + 1) notices.length = before;
    return result;
  }

  buy(quantity: QuantityInput, options: OrderOptions = {}): SubmitResult {
    return this.submit({ ...options, side: 'buy', quantity });
  }

  sell(quantity: QuantityInput, options: OrderOptions = {}): SubmitResult {
    return this.submit({ ...options, side: 'sell', quantity });
  }

  /** Reduce-only, so that it never turns the position over: a stop may fill first, or an order rest already. */
  closePosition(instrument?: string | number): SubmitResult | null {
    const index = this.#index(instrument);
    const lots = this.#options.native.memory.positionLots(index);
    if (lots === 0n) return null;
    const quantity = this.#at(index).quantityOfLots(lots < 0n ? -lots : lots);
    return this.submit({
      instrument: index,
      side: lots > 0n ? 'sell' : 'buy',
      quantity,
      reduceOnly: true,
    });
  }

  cancel(clientOrderId: number): void {
    this.#options.native.cancel(clientOrderId, this.#options.notices);
  }

  amend(clientOrderId: number, changes: OrderChanges): SubmitResult {
    checkKeys(changes, CHANGE_KEYS, 'an amendment');
    const { native, notices } = this.#options;
    const instrument = this.#at(native.instrumentOfOrder(clientOrderId));
    const ticks = (price: PriceInput | undefined) =>
      price === undefined ? undefined : instrument.price(price).ticks;
    const before = notices.length;
    const amendment = {
      lots: changes.quantity === undefined ? undefined : instrument.quantity(changes.quantity).lots,
      limitTicks: ticks(changes.limitPrice),
      triggerTicks: ticks(changes.triggerPrice),
    };
    native.amend(clientOrderId, amendment, notices);
    return resultFrom(notices, before, clientOrderId);
  }

  setTimer(name: string, schedule: TimerSchedule): void {
    this.#options.timers.set(name, schedule, this.nowMs);
  }

  clearTimer(name: string): void {
    this.#options.timers.clear(name);
  }

  random(): number {
    return this.#options.random.next();
  }

  #at(index: number): Instrument {
    return instrumentAt(this.instruments, index);
  }

  #index(instrument: string | number | undefined): number {
    if (instrument === undefined) return this.current;
    const index = typeof instrument === 'number' ? instrument : this.#bySymbol.get(instrument);
    if (index !== undefined && this.instruments[index] !== undefined) return index;
    throw unknownInstrument(instrument);
  }
}

const ORDER_KEYS: readonly (keyof OrderIntent)[] = [
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
  'idempotencyKey',
];
const CHANGE_KEYS: readonly (keyof OrderChanges)[] = ['quantity', 'limitPrice', 'triggerPrice'];

/** A misspelt stop loss must not become an order without one. */
function checkKeys(given: object, known: readonly string[], what: string): void {
  for (const key in given) {
    if (known.includes(key)) continue;
    const nearest = nearestKey(key, known) ?? '';
    throw new HoldfastError(
      'ORDER_INVALID',
      `${what} has no "${key}"; did you mean "${nearest}"?`,
      { context: { key, nearest } },
    );
  }
}

/** What the gate said, by the notices from an index on. */
function resultFrom(notices: readonly Notice[], from: number, clientOrderId: number): SubmitResult {
  const verdict = verdictFrom(notices, from);
  if (verdict === undefined || verdict.failed.length === 0) {
    return { verdict: 'approved', clientOrderId };
  }
  const failed = verdict.failed.map(failedControl);
  return { verdict: 'denied', clientOrderId, codes: failed.map((each) => each.code), failed };
}

/** The verdict among the notices from an index on. */
function verdictFrom(notices: readonly Notice[], from: number): VerdictNotice | undefined {
  for (let index = from; index < notices.length; index += 1) {
    const notice = notices[index];
    if (notice?.kind === 'verdict') return notice;
  }
  return undefined;
}

function unknownInstrument(instrument: string | number): HoldfastError {
  return new HoldfastError(
    'INSTRUMENT_UNKNOWN',
    `instrument must be one of the session's, was ${instrument}`,
    { context: { instrument } },
  );
}

function wordIndex<Word extends string>(field: string, words: readonly Word[], word: Word): number {
  const index = words.indexOf(word);
  if (index >= 0) return index;
  throw new HoldfastError(
    'ORDER_INVALID',
    `${field} must be one of ${words.join(', ')}, was ${word}`,
    { context: { field, value: word } },
  );
}
