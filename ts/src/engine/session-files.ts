import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AMOUNT_SCALE } from '../core/amount.js';
import type { Code } from '../core/codes.generated.js';
import { formatDecimal } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import type { DayNotice, FillNotice, PositionNotice } from '../native/notice-reader.js';
import {
  CsvFile,
  EQUITY_COLUMNS,
  type EquityRow,
  FILL_COLUMNS,
  type FillRow,
  ORDER_COLUMNS,
  type OrderRow,
} from './report/csv-files.js';
import { reasonOf } from './order-reason.js';
import type { TrackedOrder } from './session-recorder.js';

/** What a session's folder holds; nothing else is ever removed from one. */
const SESSION_ENTRIES = [
  'journal',
  'summary.json',
  'orders.csv',
  'fills.csv',
  'equity.csv',
  'report.html',
];

const amount = (raw: bigint) => formatDecimal(raw, AMOUNT_SCALE);

interface Tables {
  readonly orders: CsvFile<OrderRow>;
  readonly fills: CsvFile<FillRow>;
  readonly equity: CsvFile<EquityRow>;
}

/** Files of one session: the tables are written while it runs, summary and report at its end. */
export class SessionFiles {
  readonly folder: string;
  readonly #tables: Tables | null;

  /**
   * Prepares the folder. What an earlier session wrote there is replaced; anything else is left alone and refused.
   *
   * @throws HoldfastError `OUTPUT_EXISTS`, `OUTPUT_IO`
   */
  constructor(folder: string, tables: boolean) {
    this.folder = folder;
    prepareFolder(folder);
    this.#tables = tables
      ? {
          orders: new CsvFile(join(folder, 'orders.csv'), ORDER_COLUMNS),
          fills: new CsvFile(join(folder, 'fills.csv'), FILL_COLUMNS),
          equity: new CsvFile(join(folder, 'equity.csv'), EQUITY_COLUMNS),
        }
      : null;
  }

  get journalFolder(): string {
    return join(this.folder, 'journal');
  }

  order(
    instrument: Instrument,
    order: TrackedOrder,
    endNs: bigint | null,
    codes: readonly Code[],
  ): void {
    if (this.#tables === null) return;
    const { last } = order;
    const price = (ticks: bigint) =>
      ticks === 0n ? null : instrument.priceOfTicks(ticks).toString();
    this.#tables.orders.append({
      clientOrderId: String(last.clientOrderId),
      tsEventNs: order.submittedNs,
      tsEndNs: endNs,
      instrument: instrument.symbol,
      side: last.side,
      orderType: last.orderType,
      timeInForce: last.timeInForce,
      quantity: instrument.quantityOfLots(last.lots).toString(),
      limitPx: price(last.limitTicks),
      stopPx: price(last.triggerTicks),
      stopLoss: price(last.stopLossTicks),
      takeProfit: price(last.takeProfitTicks),
      status: last.status,
      cumQty: instrument.quantityOfLots(last.cumLots).toString(),
      avgPx: averagePrice(instrument, last.filledTickLots, last.cumLots),
      denialCodes: codes,
      reason: reasonOf(last.role),
    });
  }

  fill(
    instrument: Instrument,
    { fill, position, order }: { fill: FillNotice; position: PositionNotice; order: TrackedOrder },
  ): void {
    if (this.#tables === null) return;
    const lastPx = instrument.priceOfTicks(fill.lastTicks);
    const lastQty = instrument.quantityOfLots(fill.lastLots);
    this.#tables.fills.append({
      tradeId: String(fill.tradeId),
      clientOrderId: String(fill.clientOrderId),
      tsEventNs: fill.tsNs,
      instrument: instrument.symbol,
      side: order.side,
      lastPx: lastPx.toString(),
      lastQty: lastQty.toString(),
      notional: instrument.notional(lastPx, lastQty).toString(),
      fee: amount(fill.feeRaw),
      slippage: amount(fill.slippageRaw),
      realizedPnl: amount(position.realizedByFillRaw),
      liquiditySide: fill.liquiditySide,
      reason: reasonOf(order.role),
    });
  }

  day(benchmark: Instrument, day: DayNotice): void {
    this.#tables?.equity.append({
      tsEventNs: day.tsLastBarNs,
      equity: amount(day.equityRaw),
      cash: amount(day.cashRaw),
      positionValue: amount(day.positionValueRaw),
      grossExposure: amount(day.grossExposureRaw),
      realizedPnl: amount(day.realizedRaw),
      unrealizedPnl: amount(day.unrealizedRaw),
      fees: amount(day.feesRaw),
      benchmarkClose: benchmark.priceOfTicks(day.benchmarkTicks).toString(),
    });
  }

  /** Writes one of the files of the end. @throws HoldfastError `OUTPUT_IO` */
  write(name: 'summary.json' | 'report.html', content: string): void {
    attempt('written', join(this.folder, name), (path) => writeFileSync(path, content));
  }

  /** Writes out what the tables hold back. Idempotent. */
  close(): void {
    this.#tables?.orders.close();
    this.#tables?.fills.close();
    this.#tables?.equity.close();
  }
}

function averagePrice(instrument: Instrument, tickLots: bigint, lots: bigint): string | null {
  if (lots === 0n) return null;
  if (tickLots % lots === 0n) return instrument.priceOfTicks(tickLots / lots).toString();
  // Twelve digits past the tick show any average that is not a whole number of ticks well enough for a table.
  const tick = instrument.priceOfTicks(1n);
  const [whole, fraction = ''] = tick.toString().split('.');
  const mantissa = BigInt(`${whole}${fraction}`);
  return formatDecimal((tickLots * mantissa * 10n ** 12n) / lots, fraction.length + 12);
}

function prepareFolder(folder: string): void {
  attempt('created', folder, () => mkdirSync(folder, { recursive: true }));
  const entries = attempt('read', folder, () => readdirSync(folder));
  const strangers = entries.filter((name) => !SESSION_ENTRIES.includes(name));
  if (strangers.length > 0) {
    throw new HoldfastError(
      'OUTPUT_EXISTS',
      `output folder ${folder} must be empty or hold an earlier session, it holds ${strangers[0]}; choose another`,
      { context: { folder, strangers: strangers.slice(0, 5) } },
    );
  }
  for (const name of SESSION_ENTRIES) {
    const path = join(folder, name);
    if (existsSync(path)) attempt('replaced', path, () => rmSync(path, { recursive: true }));
  }
}

function attempt<Result>(action: string, path: string, run: (path: string) => Result): Result {
  try {
    return run(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('OUTPUT_IO', `${path} must be ${action}, it was not: ${reason}`, {
      context: { path },
      cause,
    });
  }
}
