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

/**
 * A file's columns in order: the header's name, how a cell is printed, and the cell of a row. Text
 * is quoted where it must be; a figure has no character to quote, so that none is looked for; a
 * time is nanoseconds since the epoch.
 */
type Columns<Row> = readonly Column<Row>[];
type Column<Row> =
  | readonly [name: string, form: 'text', cell: (row: Row) => string]
  | readonly [name: string, form: 'figure', cell: (row: Row) => string | bigint | null]
  | readonly [name: string, form: 'time', cell: (row: Row) => bigint];

/**
 * `orders.csv`: an empty cell where an order has no such price; several codes are joined by a
 * space.
 */
export const ORDER_COLUMNS: Columns<OrderRow> = [
  ['client_order_id', 'text', (row) => row.clientOrderId],
  ['time', 'time', (row) => row.tsEventNs],
  ['ts_event_ns', 'figure', (row) => row.tsEventNs],
  ['ts_end_ns', 'figure', (row) => row.tsEndNs],
  ['instrument', 'text', (row) => row.instrument],
  ['side', 'figure', (row) => row.side],
  ['order_type', 'text', (row) => row.orderType],
  ['time_in_force', 'text', (row) => row.timeInForce],
  ['quantity', 'figure', (row) => row.quantity],
  ['limit_px', 'figure', (row) => row.limitPx],
  ['stop_px', 'figure', (row) => row.stopPx],
  ['stop_loss', 'figure', (row) => row.stopLoss],
  ['take_profit', 'figure', (row) => row.takeProfit],
  ['status', 'text', (row) => row.status],
  ['cum_qty', 'figure', (row) => row.cumQty],
  ['avg_px', 'figure', (row) => row.avgPx],
  ['denial_codes', 'text', (row) => row.denialCodes.join(' ')],
  ['reason', 'text', (row) => row.reason],
];

/** `fills.csv`: one line for each fill, in the order in which they were applied. */
export const FILL_COLUMNS: Columns<FillRow> = [
  ['trade_id', 'text', (row) => row.tradeId],
  ['client_order_id', 'text', (row) => row.clientOrderId],
  ['time', 'time', (row) => row.tsEventNs],
  ['ts_event_ns', 'figure', (row) => row.tsEventNs],
  ['instrument', 'text', (row) => row.instrument],
  ['side', 'figure', (row) => row.side],
  ['last_px', 'figure', (row) => row.lastPx],
  ['last_qty', 'figure', (row) => row.lastQty],
  ['notional', 'figure', (row) => row.notional],
  ['fee', 'figure', (row) => row.fee],
  ['slippage', 'figure', (row) => row.slippage],
  ['realized_pnl', 'figure', (row) => row.realizedPnl],
  ['liquidity_side', 'text', (row) => row.liquiditySide],
  ['reason', 'text', (row) => row.reason],
];

/** `equity.csv`: one line for each UTC day, at its last bar's close. */
export const EQUITY_COLUMNS: Columns<EquityRow> = [
  ['time', 'time', (row) => row.tsEventNs],
  ['ts_event_ns', 'figure', (row) => row.tsEventNs],
  ['equity', 'figure', (row) => row.equity],
  ['cash', 'figure', (row) => row.cash],
  ['position_value', 'figure', (row) => row.positionValue],
  ['gross_exposure', 'figure', (row) => row.grossExposure],
  ['realized_pnl', 'figure', (row) => row.realizedPnl],
  ['unrealized_pnl', 'figure', (row) => row.unrealizedPnl],
  ['fees', 'figure', (row) => row.fees],
  ['benchmark_close', 'figure', (row) => row.benchmarkClose],
];

/** Prints the header line of a file, without its line end. */
export function csvHeader<Row>(columns: Columns<Row>): string {
  return columns.map(([name]) => quoted(name)).join(',');
}

/**
 * Writes rows to a CSV file as they come, through a buffer of bounded size: quoting as in RFC 4180,
 * lines end in a line feed, exact decimals as they are. Writes are synchronous, so that rows stand
 * in the order of the session and an error stops it where it happened.
 */
export class CsvFile<Row> {
  readonly #path: string;
  readonly #columns: Columns<Row>;
  readonly #times = new TimeText();
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
    this.#buffer += `${this.#line(row)}\n`;
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

  #line(row: Row): string {
    let line = '';
    let separator = '';
    for (const column of this.#columns) {
      line += separator + this.#cellText(column, row);
      separator = ',';
    }
    return line;
  }

  #cellText([, form, cell]: Column<Row>, row: Row): string {
    switch (form) {
      case 'text':
        return quoted(cell(row));
      case 'time':
        return this.#times.of(cell(row));
      case 'figure':
        return String(cell(row) ?? '');
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

const NS_PER_DAY = 86_400_000_000_000;
const NS_PER_S = 1_000_000_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

/**
 * Prints nanoseconds since the epoch as ISO 8601 UTC text with all nine digits. Rows come in the
 * order of time, so the last time and its day are remembered: within a day no calendar is asked.
 */
class TimeText {
  #dayStartNs = 0n;
  #dayText = '1970-01-01';
  #tsNs: bigint | null = null;
  #text = '';

  of(tsNs: bigint): string {
    if (tsNs === this.#tsNs) return this.#text;
    let ofDayNs = Number(tsNs - this.#dayStartNs);
    if (ofDayNs < 0 || ofDayNs >= NS_PER_DAY) ofDayNs = this.#startDay(tsNs);
    // A day's nanoseconds are an exact number, and so are all steps from here.
    const ofDayS = Math.floor(ofDayNs / NS_PER_S);
    const hour = TWO_DIGITS[Math.floor(ofDayS / 3600)];
    const minute = TWO_DIGITS[Math.floor(ofDayS / 60) % 60];
    const second = TWO_DIGITS[ofDayS % 60];
    const ofSecondNs = String(ofDayNs - ofDayS * NS_PER_S).padStart(9, '0');
    this.#tsNs = tsNs;
    this.#text = `${this.#dayText}T${hour}:${minute}:${second}.${ofSecondNs}Z`;
    return this.#text;
  }

  /** Remembers the day of a time; returns how far into the day that is. */
  #startDay(tsNs: bigint): number {
    const dayNs = BigInt(NS_PER_DAY);
    const ofDayNs = ((tsNs % dayNs) + dayNs) % dayNs;
    this.#dayStartNs = tsNs - ofDayNs;
    this.#dayText = new Date(Number(this.#dayStartNs / 1_000_000n)).toISOString().slice(0, 10);
    return Number(ofDayNs);
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
