import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { instrumentAt } from '../../core/instrument-at.js';
import { shownValue } from '../../core/shown-value.js';
import type { TradingMode } from '../../core/vocabulary.generated.js';
import { StrategyNumbers } from '../../core/strategy-numbers.js';
import type { CheckBatch } from '../../native/check-batch.js';
import {
  NativeEngine,
  type OrderSnapshot,
  orderIdText,
  parseOrderId,
} from '../../native/native-engine.js';
import type { RestartReport } from '../../native/reconciler.js';
import type { NativeSnapshot } from '../../native/native-session.js';
import type { AccountView } from '../../strategies/account-view.js';
import type { PositionView } from '../../strategies/strategy-context.js';
import { accountView } from '../account-view.js';
import { positionView } from '../position-view.js';
import { tradingMode } from '../../core/trading-mode.js';
import { engineConfigJson, journalRecord, type ParsedEngineOptions } from './engine-options.js';
import { type OrderView, orderView } from '../../core/order-view.js';

const NS_PER_MS = 1_000_000n;

/** What can be read from an engine. */
export class EngineView {
  readonly instruments: readonly Instrument[];
  protected readonly native: NativeEngine;
  protected readonly strategies: StrategyNumbers;
  /** What was found when a journal was resumed: snapshot, records behind it, what was cut, orders in doubt; otherwise null. */
  readonly restart: RestartReport | null;
  readonly #bySymbol: ReadonlyMap<string, number>;
  readonly #idPrefix: string;

  protected constructor(options: ParsedEngineOptions, nowNs: bigint) {
    const { journal, batchMax } = options;
    this.instruments = options.instruments;
    this.#idPrefix = options.orders.idPrefix;
    this.#bySymbol = new Map(this.instruments.map(({ symbol }, index) => [symbol, index]));
    this.strategies = new StrategyNumbers(options.limits.strategies);
    this.native = new NativeEngine({
      strategyNumber: (name) => this.strategies.of(name),
      configJson: engineConfigJson(options),
      idPrefix: this.#idPrefix,
      batchMax,
      latchFolder: options.fuse.latch,
      journal:
        journal === undefined ? undefined : journalRecord(journal, Number(nowNs / NS_PER_MS)),
    });
    this.restart = this.native.restart();
  }

  /** What each strategy of the limits may have at risk now, in the account's currency; nothing without a plan. */
  allocations(): readonly string[] {
    return this.native.allocations();
  }

  /** An instrument by symbol or index; the only one when left out. @throws HoldfastError `INSTRUMENT_UNKNOWN` */
  instrument(instrument?: string | number): Instrument {
    return instrumentAt(this.instruments, this.indexOf(instrument));
  }

  get mode(): TradingMode {
    return tradingMode(this.native.mode());
  }

  /** An order as it stands, also one that ended a while ago; null when it is not known. */
  order(clientOrderId: number): OrderView | null {
    const order = this.native.order(clientOrderId);
    return order === null ? null : this.#orderView(order);
  }

  /** The orders that have not ended, oldest first. */
  openOrders(): readonly OrderView[] {
    return this.native.openOrders().map((order) => this.#orderView(order));
  }

  get openOrderCount(): number {
    return this.native.openOrderCount();
  }

  position(instrument?: string | number): PositionView {
    const index = this.indexOf(instrument);
    this.native.position(index);
    const { position, positionLots: lots } = this.native.memory;
    const [, quantity = 0, markPx = 0, value = 0, openCost = 0, openProfit = 0] = position;
    const figures = { lots, quantity, markPx, value, openCost, openProfit };
    return positionView(instrumentAt(this.instruments, index), figures);
  }

  /** Currencies, margin and liquidation prices in exact amounts; made anew at each call. */
  account(): AccountView {
    return accountView(this.native.accountSnapshot());
  }

  /** Cash, equity, positions, counters and the state hash in exact text. */
  snapshot(): NativeSnapshot {
    return this.native.snapshot();
  }

  /** First and last numbers of the venue's reports on an instrument that are missing and have to be asked for. */
  missingReports(instrument?: string | number): readonly (readonly [bigint, bigint])[] {
    const missing = this.native.missingReports(this.indexOf(instrument));
    return missing.map(([from, to]) => [BigInt(from), BigInt(to)]);
  }

  /** Orders for `checkBatch`, written in place. */
  get checks(): CheckBatch {
    return this.native.checks.batch;
  }

  /** The text that the venue sees of an order id. */
  clientOrderIdText(clientOrderId: number): string {
    return orderIdText(this.#idPrefix, clientOrderId);
  }

  /** @throws HoldfastError `ORDER_ID_INVALID` for a text of another bot */
  parseClientOrderId(text: string): number {
    return parseOrderId(this.#idPrefix, text);
  }

  #orderView(order: OrderSnapshot): OrderView {
    return orderView(order, this.instruments, this.strategies);
  }

  protected indexOf(instrument: string | number | undefined): number {
    const only = this.instruments.length === 1 ? 0 : undefined;
    const index =
      instrument === undefined
        ? only
        : typeof instrument === 'number'
          ? instrument
          : this.#bySymbol.get(instrument);
    if (index !== undefined && this.instruments[index] !== undefined) return index;
    throw new HoldfastError(
      'INSTRUMENT_UNKNOWN',
      `instrument must be one of the engine's, was ${instrument === undefined ? 'left out among several' : shownValue(instrument)}`,
      { context: { instrument: instrument === undefined ? null : shownValue(instrument) } },
    );
  }
}
