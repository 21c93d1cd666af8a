import {
  type EngineOptions,
  engineConfigJson,
  parseEngineOptions,
} from '#ts/engine/orders/engine-options.js';
import { MarketEventBuffer } from '#ts/market/market-event.js';
import { COMMAND_BYTES, COMMANDS_MAX } from '#ts/native/command-memory.js';
import { engineCall, loadEngineAddon } from '#ts/native/engine-addon.js';
import type { NativeEngine as AddonEngine } from '#ts/native/engine-addon.generated.js';
import { BATCH_RECORD_BYTES, EngineMemory } from '#ts/native/engine-memory.js';
import { type Notice, NoticeReader } from '#ts/native/notice-reader.js';
import { OrderBatch } from '#ts/native/order-batch.js';
import { ReportBatch } from '#ts/native/report-batch.js';
import { FAILED } from '#ts/native/session-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import type { FillOf } from './fuzz-play.js';
import { FUZZ_INSTRUMENTS, FUZZ_ORDERS_MAX, type FuzzSetting } from './fuzz-world.js';
import { planRecord } from './reference-strategies.js';

/** Where the commands stand in the exchange area of an engine. */
const COMMANDS = 256;

/** What an engine under hostile orders is opened with. */
export function hostileOptions(limits: LimitsOptions): EngineOptions {
  return {
    instruments: FUZZ_INSTRUMENTS,
    limits,
    account: { cash: '100000' },
    orders: { maxOpenOrders: FUZZ_ORDERS_MAX },
    batchMax: 64,
  };
}

/** The native engine by its functions and its memory alone, without any of the code that writes sound commands. */
export class RawEngine {
  readonly memory = new EngineMemory(64);
  readonly orders: OrderBatch;
  readonly #engine: AddonEngine;
  readonly #notices: NoticeReader;
  readonly #market: MarketEventBuffer;
  readonly #report: ReportBatch;
  readonly #run: Readonly<Record<'submit' | 'submitBatch' | 'market' | 'report', () => void>>;
  #trades = 0;

  constructor({ limits, plan }: FuzzSetting) {
    const { exchange, notices, orders, reports, requests, market } = this.memory;
    const arrays = { exchange, notices, orders, reports, requests, market };
    const config = engineConfigJson(parseEngineOptions(hostileOptions(limits)));
    const engine = new (loadEngineAddon().NativeEngine)(config, 'hf', undefined, arrays);
    this.#engine = engine;
    this.#notices = new NoticeReader(notices);
    this.orders = new OrderBatch(orders, () => 0);
    this.#market = new MarketEventBuffer(market);
    this.#report = new ReportBatch(reports.subarray(reports.byteLength - BATCH_RECORD_BYTES));
    this.#run = {
      submit: engine.function('submit'),
      submitBatch: engine.function('submitBatch'),
      market: engine.function('market'),
      report: engine.function('report'),
    };
    this.memory.listens = true;
    if (plan === null) return;
    const record = JSON.stringify(planRecord(plan));
    engineCall(() => this.#engine.planCapital(record));
  }

  /** Judges the record as one of a batch. */
  submitInBatch(record: Uint8Array, nowNs: bigint, into: Notice[]): void {
    this.memory.orders.set(record);
    this.memory.count = 1;
    this.#call('submitBatch', nowNs, into);
  }

  /** Judges the record in the area of commands, as one order or the first of a list. */
  submitAlone(records: Uint8Array, nowNs: bigint, into: Notice[]): void {
    this.memory.exchange.set(records.subarray(0, COMMANDS_MAX * COMMAND_BYTES), COMMANDS);
    this.#call('submit', nowNs, into);
  }

  trade(
    { instrument, ticks }: { readonly instrument: number; readonly ticks: bigint },
    nowNs: bigint,
    into: Notice[],
  ): void {
    const trade = { instrument, tsEventNs: nowNs, priceTicks: ticks, quantityLots: 1n };
    this.#market.writeTrade(0, { ...trade, tradeId: 1, side: 'buy' });
    this.memory.count = 1;
    this.#call('market', nowNs, into);
  }

  fill({ id, ticks, lots }: FillOf, nowNs: bigint, into: Notice[]): void {
    this.#trades += 1;
    this.#report.clear();
    this.#report.add({
      kind: 'fill',
      clientOrderId: id,
      tradeId: this.#trades,
      lastTicks: ticks,
      lastLots: lots,
    });
    this.#call('report', nowNs, into);
  }

  dispose(): void {
    this.#engine.dispose();
  }

  #call(name: 'submit' | 'submitBatch' | 'market' | 'report', nowNs: bigint, into: Notice[]): void {
    this.memory.callTimeNs = nowNs;
    this.#run[name]();
    const bytes = this.memory.outcome;
    if (bytes === FAILED) {
      const left = engineCall(() => this.#engine.moreNotices());
      this.#notices.read(left, into);
      engineCall(() => this.#engine.takeFailure());
    }
    this.#notices.read(bytes, into);
    while (this.memory.noticesWait) {
      this.#notices.read(
        engineCall(() => this.#engine.moreNotices()),
        into,
      );
    }
  }
}
