import { z } from 'zod';

import type { Instrument, InstrumentOptions } from '../core/instrument.js';
import { decimalText } from '../core/schema.js';
import type { OrderType } from '../core/vocabulary.generated.js';
import type { DataDescriptionInput } from '../market/data-description.js';
import type { FuseOptions } from '../risk/fuse.js';
import type { LimitsOptions } from '../risk/limits.js';
import type { Strategy } from '../strategies/strategy.js';
import type { AccountOptions } from '../core/account-options.js';
import type { BarChunk } from './bar-chunk.js';
import type { Tick } from './event-source.js';
import type { JournalPolicy } from '../core/journal-policy.js';
import type { OrderRulesOptions } from '../core/order-rules.js';

/** Schema of what the simulated venue assumes; every value stands in the report. */
export const assumptionsSchema = z.strictObject({
  /** Slippage of market and stop fills, basis points of the price, against the order. */
  slippageBps: decimalText.default('1'),
  /** Fee of fills that removed liquidity, basis points of notional. */
  takerFeeBps: decimalText.default('1'),
  /** Fee of fills that added liquidity, basis points of notional; negative is a rebate. */
  makerFeeBps: decimalText.default('1'),
  /** Fee per unit, in the quote currency. */
  feePerUnit: decimalText.default('0'),
  /** Largest share of a bar's volume that all own orders together may take, or `unlimited`. */
  participationFracMax: z.union([z.literal('unlimited'), decimalText]).default('0.1'),
  /** `through`: a limit order fills when the bar trades beyond its price; `touch`: when it is reached. */
  limitFill: z.enum(['through', 'touch']).default('through'),
  /** An order takes part in the first bar that opens this long after the decision. */
  latencyMs: z.int().min(0).max(86_400_000).default(0),
  /** Funding that longs pay per interval, basis points of notional; perpetuals only. */
  fundingBps: decimalText.default('0'),
  fundingIntervalH: z.int().min(1).max(8760).default(8),
});

export type AssumptionsOptions = z.input<typeof assumptionsSchema>;
export type Assumptions = Readonly<z.output<typeof assumptionsSchema>>;

/** A file of bars and how to read it. */
export interface DataFile {
  readonly file: string;
  readonly description: DataDescriptionInput;
  /** First bar to take, ISO 8601. */
  readonly from?: string;
  /** Last bar to take, ISO 8601; a date takes its whole day. */
  readonly to?: string;
  readonly onBadRow?: 'refuse' | 'skip';
  readonly instrument?: InstrumentRules;
}

/** Rules of an instrument that its data do not say. */
export type InstrumentRules = Omit<
  InstrumentOptions,
  'symbol' | 'tickSize' | 'lotSize' | 'quoteCurrency'
>;

/** Trades and quotes that the caller has, in order of their time. */
export interface DataTicks {
  readonly instruments: readonly Instrument[];
  readonly ticks: Iterable<Tick>;
}

/** Bars that the caller already has, in order of their close time. */
export interface DataChunks {
  readonly instruments: readonly Instrument[];
  readonly chunks: Iterable<BarChunk>;
}

export interface BacktestProgress {
  /** Market events so far: bars, trades and quotes. */
  readonly events: number;
  /** From 0 to 1; NaN when the length of the data is not known. */
  readonly doneFrac: number;
  readonly tsMs: number;
  readonly equity: number;
}

export interface BacktestOptions {
  readonly strategy: Strategy;
  /** One file an instrument, or bars or ticks in memory. */
  readonly data: readonly DataFile[] | DataChunks | DataTicks;
  /** Limits of the gate; the strategy's own when left out. */
  readonly limits?: LimitsOptions;
  /** Name of the preset that `limits` came from, for the report. */
  readonly limitsPreset?: string;
  readonly assumptions?: AssumptionsOptions;
  /** Cash at the start, in the account's currency. Default 100000. */
  readonly cash?: string | number;
  /** How the account is kept: currencies, netting or hedging, interest on what is borrowed. */
  readonly account?: AccountOptions;
  /** Seed of `context.random()`. Default 0. */
  readonly seed?: number;
  /** Folder for journal, summary, tables and report; nothing is written without it. */
  readonly out?: string;
  /** Write the journal (needs `out`). Default true when `out` is given. */
  readonly journal?: boolean;
  /** When the journal's records reach the disk. Default `os`: a simulation can be run again. */
  readonly journalPolicy?: JournalPolicy;
  /** Write tables, summary and report beside the journal. Default true when `out` is given. */
  readonly tables?: boolean;
  /** Hash of the strategy's source, so that the run can be told from one with other code. */
  readonly strategyHash?: string;
  /** Capacity for open orders; one more is denied. Default 10,000. */
  readonly maxOpenOrders?: number;
  /** How orders are named and kept apart: self-trade prevention, idempotency keys, account, epoch of the ids. */
  readonly orders?: OrderRulesOptions;
  /** Ceilings of the egress fuse; it is on without them. */
  readonly fuse?: FuseOptions;
  /** Kinds with a trigger that the venue lacks: the engine holds such an order and sends it when the trigger is met. */
  readonly emulatedOrderTypes?: readonly OrderType[];
  readonly onProgress?: (progress: BacktestProgress) => void;
  /** Stops the run at the next batch of bars; what was done so far is closed properly. */
  readonly signal?: AbortSignal;
}

export const CASH_DEFAULT = '100000';
export const MAX_OPEN_ORDERS_DEFAULT = 10_000;
