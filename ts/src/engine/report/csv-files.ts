import { closeSync, openSync, writeSync } from 'node:fs';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { DecimalText } from '../session-result.js';

/**
 * Characters held back before a write: a few hundred rows, so that a fill does not cost a system
 * call.
 */
export const CSV_BUFFER_CHARS_MAX = 65_536;

/** One order when it ended, or when the session ended; times are nanoseconds since the epoch. */
export interface OrderRow {
  readonly clientOrderId: string;
  readonly tsEventNs: bigint;
  readonly tsEndNs: bigint | null;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly orderType: string;
  readonly timeInForce: string;
  readonly quantity: DecimalText;
  readonly limitPx: DecimalText | null;
  readonly stopPx: DecimalText | null;
  readonly stopLoss: DecimalText | null;
  readonly takeProfit: DecimalText | null;
  readonly status: string;
  readonly cumQty: DecimalText;
  readonly avgPx: DecimalText | null;
  /** Codes of every control that refused, in their order; empty when none did. */
  readonly denialCodes: readonly string[];
  readonly reason: string;
}

/** One fill, with the money that it moved; fees and slippage are costs, so positive is a cost. */
export interface FillRow {
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly tsEventNs: bigint;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly lastPx: DecimalText;
  readonly lastQty: DecimalText;
  readonly notional: DecimalText;
  readonly fee: DecimalText;
  readonly slippage: DecimalText;
  readonly realizedPnl: DecimalText;
  readonly liquiditySide: string;
  readonly reason: string;
}

/** The account at the close of a bar, exact. */
export interface EquityRow {
  readonly tsEventNs: bigint;
  readonly equity: DecimalText;
  readonly cash: DecimalText;
  readonly positionValue: DecimalText;
  readonly grossExposure: DecimalText;
  readonly realizedPnl: DecimalText;
  readonly unrealizedPnl: DecimalText;
  readonly fees: DecimalText;
  readonly benchmarkClose: DecimalText | null;
}

type Cell = string | bigint | null;

/** A file's columns in order: the header's name and the cell of a row. */
type Columns<Row> = readonly (readonly [name: string, cell: (row: Row) => Cell])[];

/**
 * `orders.csv`: an empty cell where an order has no such price; several codes are joined by a
 * space.
 */
export const ORDER_COLUMNS: Columns<OrderRow> = [
  ['client_order_id', (row) => row.clientOrderId],
  ['time', (row) => timeText(row.tsEventNs)],
  ['ts_event_ns', (row) => row.tsEventNs],
  ['ts_end_ns', (row) => row.tsEndNs],
  ['instrument', (row) => row.instrument],
  ['side', (row) => row.side],
  ['order_type', (row) => row.orderType],
  ['time_in_force', (row) => row.timeInForce],
  ['quantity', (row) => row.quantity],
  ['limit_px', (row) => row.limitPx],
  ['stop_px', (row) => row.stopPx],
  ['stop_loss', (row) => row.stopLoss],
  ['take_profit', (row) => row.takeProfit],
  ['status', (row) => row.status],
  ['cum_qty', (row) => row.cumQty],
  ['avg_px', (row) => row.avgPx],
  ['denial_codes', (row) => row.denialCodes.join(' ')],
  ['reason', (row) => row.reason],
];

/** `fills.csv`: one line for each fill, in the order in which they were applied. */
export const FILL_COLUMNS: Columns<FillRow> = [
  ['trade_id', (row) => row.tradeId],
  ['client_order_id', (row) => row.clientOrderId],
  ['time', (row) => timeText(row.tsEventNs)],
  ['ts_event_ns', (row) => row.tsEventNs],
  ['instrument', (row) => row.instrument],
  ['side', (row) => row.side],
  ['last_px', (row) => row.lastPx],
  ['last_qty', (row) => row.lastQty],
  ['notional', (row) => row.notional],
  ['fee', (row) => row.fee],
  ['slippage', (row) => row.slippage],
  ['realized_pnl', (row) => row.realizedPnl],
  ['liquidity_side', (row) => row.liquiditySide],
  ['reason', (row) => row.reason],
];

/** `equity.csv`: one line for each UTC day, at its last bar's close. */
export const EQUITY_COLUMNS: Columns<EquityRow> = [
  ['time', (row) => timeText(row.tsEventNs)],
  ['ts_event_ns', (row) => row.tsEventNs],
  ['equity', (row) => row.equity],
  ['cash', (row) => row.cash],
  ['position_value', (row) => row.positionValue],
  ['gross_exposure', (row) => row.grossExposure],
  ['realized_pnl', (row) => row.realizedPnl],
  ['unrealized_pnl', (row) => row.unrealizedPnl],
  ['fees', (row) => row.fees],
  ['benchmark_close', (row) => row.benchmarkClose],
];

/** Prints the header line of a file, without its line end. */
export function csvHeader<Row>(columns: Columns<Row>): string {
  return columns.map(([name]) => quoted(name)).join(',');
}

/** Prints one row of a file, without its line end. */
export function csvRow<Row>(columns: Columns<Row>, row: Row): string {
  return columns
    .map(([, cell]) => {
      const value = cell(row);
      return value === null ? '' : quoted(String(value));
    })
    .join(',');
}

/**
 * Writes rows to a CSV file as they come, through a buffer of bounded size: quoting as in RFC 4180,
 * lines end in a line feed, exact decimals as they are. Writes are synchronous, so that rows stand
 * in the order of the session and an error stops it where it happened.
 */
export class CsvFile<Row> {
  readonly #path: string;
  readonly #columns: Columns<Row>;
  #descriptor: number | null;
  #buffer: string;
  #rows = 0;

  /** @throws HoldfastError `OUTPUT_IO` when the file cannot be created. */
  constructor(path: string, columns: Columns<Row>) {
    this.#path = path;
    this.#columns = columns;
    this.#descriptor = this.#attempt('created', () => openSync(path, 'w'));
    this.#buffer = `${csvHeader(columns)}\n`;
  }

  /** Rows appended so far, the header not counted. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * @throws HoldfastError `OUTPUT_IO` when a full buffer cannot be written, `HANDLE_CLOSED` after
   * close.
   */
  append(row: Row): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) {
      throw new HoldfastError(
        'HANDLE_CLOSED',
        `file ${this.#path} must not be written after close()`,
      );
    }
    this.#buffer += `${csvRow(this.#columns, row)}\n`;
    this.#rows += 1;
    if (this.#buffer.length >= CSV_BUFFER_CHARS_MAX) this.#flush(descriptor);
  }

  /** Writes what is held back and closes the file; does nothing the second time. */
  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) return;
    this.#descriptor = null;
    try {
      this.#flush(descriptor);
    } finally {
      this.#attempt('closed', () => closeSync(descriptor));
    }
  }

  #flush(descriptor: number): void {
    const bytes = Buffer.from(this.#buffer, 'utf8');
    this.#buffer = '';
    this.#attempt('written', () => {
      let offset = 0;
      while (offset < bytes.length) offset += writeSync(descriptor, bytes, offset);
    });
  }

  #attempt<Result>(action: string, run: () => Result): Result {
    try {
      return run();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HoldfastError('OUTPUT_IO', `file ${this.#path} could not be ${action}: ${reason}`, {
        context: { path: this.#path },
        cause,
      });
    }
  }
}

/** Prints nanoseconds since the epoch as ISO 8601 UTC text with all nine digits. */
function timeText(tsNs: bigint): string {
  const subsecond = ((tsNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (tsNs - subsecond) / 1_000_000_000n;
  const text = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  return `${text}.${subsecond.toString().padStart(9, '0')}Z`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
