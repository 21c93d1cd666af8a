import { setImmediate as nextTurn } from 'node:timers/promises';

import { HoldfastError } from '../core/holdfast-error.js';
import { Instrument } from '../core/instrument.js';
import { importOptions, instrumentOf } from '../engine/backtest.js';
import type { DataChunks, DataFile, DataTicks } from '../engine/backtest-options.js';
import { type BarChunk, writeBarChunk } from '../engine/bar-chunk.js';
import { type EventSource, FileSource, TickSource } from '../engine/event-source.js';
import { MARKET_EVENT_BYTES } from '../market/market-event-layout.js';
import { allocateAligned, loadMarketAddon } from '../native/market-addon.js';
import { randomWalkBars, type RandomWalkOptions } from './random-walk-bars.js';

/** A market that each seed draws for itself. */
export interface SimulatedMarket extends Omit<RandomWalkOptions, 'seed' | 'bars' | 'instrument'> {
  /** Bars of each instrument. Default 300. */
  readonly bars?: number;
  /** Default: one instrument with a tick of 0.01 and a lot of 1. */
  readonly instruments?: readonly Instrument[];
}

/** The market events of one run, as records: a bar takes two, a trade or a quote one. */
export interface MarketRecords {
  readonly records: Uint8Array;
  readonly count: number;
}

/** The market of a simulation: the same recorded events for every seed, or a walk of its own for each. */
export interface Market {
  readonly instruments: readonly Instrument[];
  records(seed: number): MarketRecords;
}

const BARS_DEFAULT = 300;
const BAR_BYTES = 2 * MARKET_EVENT_BYTES;

export async function marketOf(data: MarketOptions): Promise<Market> {
  if (isFiles(data)) return fileMarket(data);
  if ('chunks' in data) {
    const recorded = joined([...data.chunks].map(chunkRecords));
    return { instruments: data.instruments, records: () => recorded };
  }
  if ('ticks' in data) {
    const recorded = await drained(new TickSource(data.ticks));
    return { instruments: data.instruments, records: () => recorded };
  }
  return walkMarket(data);
}

/** Files of bars, bars or ticks in memory, or a walk. */
export type MarketOptions = DataChunks | DataTicks | readonly DataFile[] | SimulatedMarket;

function isFiles(data: MarketOptions): data is readonly DataFile[] {
  return Array.isArray(data);
}

function walkMarket(market: SimulatedMarket): Market {
  const { bars = BARS_DEFAULT, instruments = [defaultInstrument()], ...walk } = market;
  return {
    instruments,
    records: (seed) =>
      interleaved(
        instruments.map((_, instrument) =>
          // Instruments of one seed walk apart.
          joined(
            [...randomWalkBars({ ...walk, bars, instrument, seed: seed * 1_024 + instrument })].map(
              chunkRecords,
            ),
          ),
        ),
      ),
  };
}

function defaultInstrument(): Instrument {
  return Instrument.create({ symbol: 'SIM', tickSize: '0.01', lotSize: '1' });
}

/** Reads the files to their end: a simulation plays them once for each seed. */
async function fileMarket(files: readonly DataFile[]): Promise<Market> {
  const imports = files.map(importOptions);
  const instruments = imports.map((each, index) => instrumentOf(each, files[index]?.instrument));
  const recorded = await drained(new FileSource(imports));
  return { instruments, records: () => recorded };
}

async function drained(source: EventSource): Promise<MarketRecords> {
  const batches: MarketRecords[] = [];
  try {
    for (let count = source.next(); count >= 0; count = source.next()) {
      if (count > 0) {
        batches.push({ records: source.records.slice(0, count * MARKET_EVENT_BYTES), count });
      } else await nextTurn();
    }
    await source.reports();
  } finally {
    await source.close();
  }
  return joined(batches);
}

function chunkRecords(chunk: BarChunk): MarketRecords {
  const records = new Uint8Array(chunk.tsOpenNs.length * BAR_BYTES);
  return { records, count: writeBarChunk(chunk, records) };
}

function joined(parts: readonly MarketRecords[]): MarketRecords {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  if (count === 0)
    throw new HoldfastError('DATA_EMPTY', 'a simulation must have market events, it has none');
  const records = allocateAligned(loadMarketAddon(), count * MARKET_EVENT_BYTES);
  let at = 0;
  for (const part of parts) {
    records.set(part.records.subarray(0, part.count * MARKET_EVENT_BYTES), at);
    at += part.count * MARKET_EVENT_BYTES;
  }
  return { records, count };
}

/** Takes a bar of each instrument in turn: they close together. */
function interleaved(walks: readonly MarketRecords[]): MarketRecords {
  const [first] = walks;
  if (first === undefined || walks.length === 1) return first ?? joined([]);
  const bars: MarketRecords[] = [];
  for (let at = 0; at < first.records.length; at += BAR_BYTES) {
    for (const walk of walks)
      bars.push({ records: walk.records.subarray(at, at + BAR_BYTES), count: 2 });
  }
  return joined(bars);
}
