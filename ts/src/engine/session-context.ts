import { instrumentAt } from '../core/instrument-at.js';
import { decimalOf, formatDecimal } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import type { RiskMeasure } from '../core/risk-measure.js';
import { shownValue } from '../core/shown-value.js';
import { CONTINGENCIES, type Contingency, type TradingMode } from '../core/vocabulary.generated.js';
import type { StrategyNumbers } from '../core/strategy-numbers.js';
import type { Command } from '../native/command-memory.js';
import type { NativeSession } from '../native/native-session.js';
import type { Notice } from '../native/notice-reader.js';
import type { AccountView } from '../strategies/account-view.js';
import type { Params } from '../strategies/strategy.js';
import type {
  BracketExit,
  OrderChanges,
  OrderIntent,
  OrderOptions,
  PositionView,
  QuantityInput,
  StrategyContext,
  SubmitListResult,
  SubmitResult,
  TimerSchedule,
} from '../strategies/strategy-context.js';
import { accountView } from './account-view.js';
import {
  amendCommand,
  checkChangeKeys,
  checkIdempotencyKey,
  checkListed,
  checkOrderKeys,
  orderCommand,
  sharedDecision,
} from './order-command.js';
import { positionView } from './position-view.js';
import type { SeededRandom } from './seeded-random.js';
import { codesOf, failedFrom, resultFrom } from './submit-result.js';
import type { Timers } from './timers.js';
import { modeNumber, tradingMode } from '../core/trading-mode.js';

export interface SessionContextOptions {
  readonly native: NativeSession;
  readonly instruments: readonly Instrument[];
  /** The strategies that the limits name, and the name of the one that runs. */
  readonly strategies: StrategyNumbers;
  readonly strategyName: string;
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
  /** Number of the running strategy; 0 where the limits do not name it. */
  readonly #strategy: number;

  constructor(options: SessionContextOptions) {
    this.#options = options;
    this.params = options.params;
    this.state = options.state;
    this.instruments = options.instruments;
    this.#strategy = options.strategies.find(options.strategyName);
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

  get mode(): TradingMode {
    return tradingMode(this.#options.native.mode);
  }

  setMode(mode: TradingMode, reason: string): void {
    const { native, notices } = this.#options;
    native.setMode(modeNumber(mode, reason), reason, notices);
  }

  tellRisk(measure: RiskMeasure): void {
    this.#options.native.riskMeasured(measure);
  }

  get account(): AccountView {
    return accountView(this.#options.native.accountSnapshot());
  }

  setRate(currency: string, rate: string | number): void {
    const { mantissa, scale } = decimalOf(rate);
    const { native, notices } = this.#options;
    native.setRate(currency, formatDecimal(mantissa, scale), notices);
  }

  position(instrument?: string | number): PositionView {
    const index = this.#index(instrument);
    const { memory } = this.#options.native;
    return positionView(this.#at(index), {
      lots: memory.positionLots(index),
      quantity: memory.positionQuantity(index),
      markPx: memory.markPrice(index),
      value: memory.positionValue(index),
      openCost: memory.openCost(index),
      openProfit: memory.openProfit(index),
    });
  }

  submit(intent: OrderIntent): SubmitResult {
    const command = this.#command(intent);
    const { native, notices } = this.#options;
    const before = notices.length;
    const key = intent.idempotencyKey;
    checkIdempotencyKey(key);
    const clientOrderId =
      key === undefined
        ? native.submit(command, notices)
        : native.submitOnce(key, command, notices);
    const result = resultFrom(notices, before, clientOrderId, this.#at(command.instrument));
    // A repeat brings the first verdict and no order with it: nothing happened that anybody should hear of.
    if (key !== undefined && notices.length === before + 1) notices.length = before;
    return result;
  }

  submitOco(orders: readonly [OrderIntent, OrderIntent]): SubmitListResult {
    return this.#submitList('oco', orders, 2);
  }

  submitOuo(orders: readonly [OrderIntent, OrderIntent]): SubmitListResult {
    return this.#submitList('ouo', orders, 2);
  }

  submitOto(parent: OrderIntent, children: readonly OrderIntent[]): SubmitListResult {
    const instrument = this.#index(parent.instrument);
    const orders = [parent, ...children.map((child) => ({ instrument, ...child }))];
    return this.#submitList('oto', orders, 1);
  }

  submitBracket(
    entry: OrderIntent,
    { stop, target }: { readonly stop: BracketExit; readonly target: BracketExit },
  ): SubmitListResult {
    const exit = {
      instrument: this.#index(entry.instrument),
      side: entry.side === 'buy' ? 'sell' : 'buy',
      quantity: entry.quantity,
      reduceOnly: true,
    } as const;
    return this.#submitList('bracket', [entry, { ...stop, ...exit }, { ...target, ...exit }], 1);
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
    const { memory } = this.#options.native;
    const [net, short] = [memory.positionLots(index), memory.shortLots(index)];
    const long = net - short;
    const closed = short === 0n ? null : this.#close(index, short);
    if (long === 0n) return closed;
    const other = this.#close(index, long);
    return closed?.verdict === 'denied' ? closed : other;
  }

  #close(index: number, lots: bigint): SubmitResult {
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
    checkChangeKeys(changes);
    const { native, notices } = this.#options;
    const instrument = this.#at(native.instrumentOfOrder(clientOrderId));
    const before = notices.length;
    native.amend(clientOrderId, amendCommand(changes, instrument), notices);
    return resultFrom(notices, before, clientOrderId, instrument);
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

  /** `sentAtOnce` of the orders get an id now; those that follow a parent get one with each of its fills. */
  #submitList(
    contingency: Contingency,
    orders: readonly OrderIntent[],
    sentAtOnce: number,
  ): SubmitListResult {
    for (const order of orders) checkListed(order);
    const commands = sharedDecision(orders).map((order) => this.#command(order));
    const { native, notices } = this.#options;
    const before = notices.length;
    const first = native.submitList(CONTINGENCIES.indexOf(contingency), commands, notices);
    const clientOrderIds = Array.from({ length: sentAtOnce }, (_, index) => first + index);
    const failed = failedFrom(notices, before, commands.length);
    if (failed.length === 0) return { verdict: 'approved', clientOrderIds };
    return { verdict: 'denied', clientOrderIds, codes: codesOf(failed), failed };
  }

  #command(intent: OrderIntent): Command {
    checkOrderKeys(intent);
    const index = this.#index(intent.instrument);
    const { strategies } = this.#options;
    const names = { index, instrument: this.#at(index), strategies, strategy: this.#strategy };
    return orderCommand(intent, names);
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

function unknownInstrument(instrument: string | number): HoldfastError {
  return new HoldfastError(
    'INSTRUMENT_UNKNOWN',
    `instrument must be one of the session's, was ${shownValue(instrument)}`,
    { context: { instrument: shownValue(instrument) } },
  );
}
