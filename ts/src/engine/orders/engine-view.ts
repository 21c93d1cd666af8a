import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { instrumentAt } from '../../core/instrument-at.js';
import { shownValue } from '../../core/shown-value.js';
import type { TradingMode } from '../../core/vocabulary.generated.js';
import { NativeEngine, orderIdText, parseOrderId } from '../../native/native-engine.js';
import type { NativeSnapshot } from '../../native/native-session.js';
import type { AccountView } from '../../strategies/account-view.js';
import type { PositionView } from '../../strategies/strategy-context.js';
import { accountView } from '../account-view.js';
import { journalPolicyText } from '../journal-policy.js';
import { positionView } from '../position-view.js';
import { tradingMode } from '../trading-mode.js';
import { engineConfigJson, type ParsedEngineOptions } from './engine-options.js';
import { type OrderView, orderView } from './order-view.js';

const NS_PER_MS = 1_000_000n;

/** What can be read from an engine. */
export class EngineView {
  readonly instruments: readonly Instrument[];
  protected readonly native: NativeEngine;
  readonly #bySymbol: ReadonlyMap<string, number>;
  readonly #idPrefix: string;

  protected constructor(options: ParsedEngineOptions, nowNs: bigint) {
    const { journal, batchMax } = options;
    this.instruments = options.instruments;
    this.#idPrefix = options.orders.idPrefix;
    this.#bySymbol = new Map(this.instruments.map(({ symbol }, index) => [symbol, index]));
    this.native = new NativeEngine({
      configJson: engineConfigJson(options),
      idPrefix: this.#idPrefix,
      batchMax,
      journal:
        journal === undefined
          ? undefined
          : {
              folder: journal.path,
              policy: journalPolicyText(journal.policy),
              nowMs: Number(nowNs / NS_PER_MS),
            },
    });
  }

  get mode(): TradingMode {
    return tradingMode(this.native.mode());
  }

  /** An order as it stands, also one that ended a while ago; null when it is not known. */
  order(clientOrderId: number): OrderView | null {
    const order = this.native.order(clientOrderId);
    return order === null ? null : orderView(order, this.instruments);
  }

  /** The orders that have not ended, oldest first. */
  openOrders(): readonly OrderView[] {
    return this.native.openOrders().map((order) => orderView(order, this.instruments));
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

  /** The text that the venue sees of an order id. */
  clientOrderIdText(clientOrderId: number): string {
    return orderIdText(this.#idPrefix, clientOrderId);
  }

  /** @throws HoldfastError `ORDER_ID_INVALID` for a text of another bot */
  parseClientOrderId(text: string): number {
    return parseOrderId(this.#idPrefix, text);
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
