import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import { BAR_CHUNK_MAX, type BarChunk, emptyBarChunk } from '../engine/bar-chunk.js';

/** One bar as a person writes it. */
export interface BarRow {
  /** Open of the bar: an ISO 8601 date or time, or milliseconds since 1970. */
  readonly time: string | number;
  readonly open: string | number;
  readonly high: string | number;
  readonly low: string | number;
  readonly close: string | number;
  readonly volume: string | number;
  /** Index of the instrument in the session. Default 0. */
  readonly instrument?: number;
}

export interface BarRowOptions {
  readonly instruments: readonly Instrument[];
  /** Length of a bar; it closes one nanosecond before the next opens. */
  readonly intervalMs: number;
}

/** A row read into ticks and lots. */
interface ReadRow {
  readonly index: number;
  readonly row: BarRow;
  readonly instrument: Instrument;
}

/**
 * Makes chunks of rows with decimals, in the order of the rows; rows of several instruments may alternate.
 *
 * @example
 * const spy = Instrument.create({ symbol: 'SPY', tickSize: '0.01', lotSize: '1' });
 * const chunks = barChunks(
 *   [
 *     { time: '2020-01-02', open: '323.54', high: '324.89', low: '322.53', close: '324.87', volume: 59151200 },
 *     { time: '2020-01-03', open: '321.16', high: '323.64', low: '321.10', close: '322.41', volume: 77709700 },
 *   ],
 *   { instruments: [spy], intervalMs: 86_400_000 },
 * );
 * await runBacktest({ strategy, data: { instruments: [spy], chunks }, limits });
 *
 * @throws HoldfastError `PRICE_OFF_TICK`, `QTY_OFF_LOT`, `DECIMAL_INVALID`, `TIMESTAMP_INVALID`,
 * `INSTRUMENT_UNKNOWN`, `ARGUMENT_INVALID`
 */
export function barChunks(rows: readonly BarRow[], options: BarRowOptions): readonly BarChunk[] {
  const { instruments, intervalMs } = options;
  if (!Number.isSafeInteger(intervalMs) || intervalMs <= 0) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `intervalMs must be a positive whole number of milliseconds, was ${intervalMs}`,
      { context: { intervalMs } },
    );
  }
  return runsOf(rows).map((run) => {
    const index = run[0]?.instrument ?? 0;
    const instrument = instruments[index];
    if (instrument === undefined) {
      throw new HoldfastError(
        'INSTRUMENT_UNKNOWN',
        `instrument of a row must be an index from 0 to ${instruments.length - 1}, was ${index}`,
        { context: { instrument: index } },
      );
    }
    const chunk = emptyBarChunk(run.length, index);
    for (const [bar, row] of run.entries())
      writeRow(chunk, { index: bar, row, instrument }, intervalMs);
    return chunk;
  });
}

/** Groups neighbouring rows of one instrument, at most as many as a chunk holds. */
function runsOf(rows: readonly BarRow[]): readonly (readonly BarRow[])[] {
  const runs: BarRow[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    const fits = last !== undefined && last.length < BAR_CHUNK_MAX;
    if (fits && (last[0]?.instrument ?? 0) === (row.instrument ?? 0)) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

function writeRow(chunk: BarChunk, { index, row, instrument }: ReadRow, intervalMs: number): void {
  const openMs = typeof row.time === 'number' ? row.time : Date.parse(row.time);
  if (!Number.isSafeInteger(openMs)) {
    throw new HoldfastError(
      'TIMESTAMP_INVALID',
      `time of a row must be an ISO 8601 date or whole milliseconds since 1970, was ${row.time}`,
      { context: { time: row.time } },
    );
  }
  chunk.tsOpenNs[index] = BigInt(openMs) * 1_000_000n;
  chunk.tsCloseNs[index] = BigInt(openMs + intervalMs) * 1_000_000n - 1n;
  chunk.openTicks[index] = instrument.price(row.open).ticks;
  chunk.highTicks[index] = instrument.price(row.high).ticks;
  chunk.lowTicks[index] = instrument.price(row.low).ticks;
  chunk.closeTicks[index] = instrument.price(row.close).ticks;
  chunk.volumeLots[index] = instrument.quantity(row.volume).lots;
}
