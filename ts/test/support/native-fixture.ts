import type { Instrument } from '#ts/core/instrument.js';
import { assumptionsSchema, type AssumptionsOptions } from '#ts/engine/backtest-options.js';
import { sessionConfig } from '#ts/engine/session-config.js';
import { MarketEventBuffer } from '#ts/market/market-event.js';
import type { Command } from '#ts/native/command-memory.js';
import { allocateAligned, loadMarketAddon } from '#ts/native/market-addon.js';
import { NativeSession } from '#ts/native/native-session.js';
import type { Notice } from '#ts/native/notice-reader.js';
import { type LimitsOptions, parseLimits } from '#ts/risk/limits.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { FRICTIONLESS, STOCK, UNLIMITED } from './scripted-session.js';

const RECORDS = 64;
const MINUTE_NS = 60_000_000_000n;
const idle = defineStrategy({ name: 'idle', onBar: () => undefined });

export interface NativeFixtureOptions {
  readonly instruments?: readonly Instrument[];
  readonly journalFolder?: string;
  readonly assumptions?: AssumptionsOptions;
  readonly startCash?: string;
  readonly limits?: LimitsOptions;
}

/** The configuration of a session without limits and costs, as the native core reads it. */
export function configJson(options: NativeFixtureOptions = {}): string {
  return sessionConfig({
    strategy: idle,
    strategyHash: null,
    instruments: options.instruments ?? [STOCK],
    limits: parseLimits(options.limits ?? UNLIMITED),
    limitsPreset: null,
    assumptions: assumptionsSchema.parse(options.assumptions ?? FRICTIONLESS),
    startCash: options.startCash ?? '100000',
    maxOpenOrders: 16,
    seed: 0,
    data: [],
    version: '0.0.0',
  }).json;
}

/** Makes records that a session can read. */
export function alignedRecords(): Uint8Array {
  return allocateAligned(loadMarketAddon(), RECORDS * 64);
}

/** A native session with its records, played by hand: each bar is a minute after the one before. */
export class NativeFixture {
  readonly session: NativeSession;
  readonly events: MarketEventBuffer;
  readonly notices: Notice[] = [];
  #minutes = 0n;

  constructor(options: NativeFixtureOptions = {}) {
    const records = alignedRecords();
    this.events = new MarketEventBuffer(records);
    this.session = new NativeSession({
      configJson: configJson(options),
      journalFolder: options.journalFolder,
      instruments: (options.instruments ?? [STOCK]).length,
      records,
    });
  }

  /** Plays a bar of one price, in ticks. */
  bar(ticks: number, instrument = 0, lots = 1_000): void {
    const tsOpenNs = this.#minutes * MINUTE_NS;
    this.#minutes += 1n;
    this.events.writeBar(0, {
      instrument,
      tsOpenNs,
      tsCloseNs: tsOpenNs + MINUTE_NS - 1n,
      openTicks: ticks,
      highTicks: ticks,
      lowTicks: ticks,
      closeTicks: ticks,
      volumeLots: lots,
    });
    this.session.playEvent(0, this.notices);
  }

  /** Plays a trade of others at an instant. */
  trade(instrument: number, ticks: number, tsEventNs: bigint): void {
    const trade = { instrument, tsEventNs, priceTicks: ticks, quantityLots: 1_000_000 };
    this.events.writeTrade(0, { ...trade, tradeId: 1, side: 'buy' });
    this.session.playEvent(0, this.notices);
  }

  submit(command: Partial<Command>): number {
    return this.session.submit({ ...MARKET_BUY, ...command }, this.notices);
  }
}

/** A market order for one lot of the first instrument. */
export const MARKET_BUY: Command = {
  instrument: 0,
  side: 0,
  orderType: 0,
  timeInForce: 0,
  reduceOnly: false,
  lots: 1n,
  limitTicks: undefined,
  triggerTicks: undefined,
  stopLossTicks: undefined,
  takeProfitTicks: undefined,
  strategy: 0,
  terms: undefined,
};
