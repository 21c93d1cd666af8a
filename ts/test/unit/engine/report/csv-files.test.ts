import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CSV_BUFFER_CHARS_MAX,
  CsvFile,
  csvHeader,
  EQUITY_COLUMNS,
  FILL_COLUMNS,
  ORDER_COLUMNS,
  type FillRow,
  type OrderRow,
} from '#ts/engine/report/csv-files.js';

const FILL: FillRow = {
  tradeId: 't-1',
  clientOrderId: 'o-1',
  tsEventNs: 946_943_999_999_999_999n,
  instrument: 'SPX',
  side: 'buy',
  lastPx: '1455.22',
  lastQty: '0.000000000000000001',
  notional: '99999999999999999999.999999999999999999',
  fee: '-0.01',
  slippage: '0.5',
  realizedPnl: '0',
  liquiditySide: 'taker',
  reason: 'signal',
};

const ORDER: OrderRow = {
  clientOrderId: 'o-1',
  tsEventNs: -1n,
  tsEndNs: null,
  instrument: 'A "quoted", name\nover lines',
  side: 'sell',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity: '10',
  limitPx: '100.5',
  stopPx: null,
  stopLoss: null,
  takeProfit: null,
  status: 'denied',
  cumQty: '0',
  avgPx: null,
  denialCodes: ['PRICE_STALE', 'STOP_LOSS_REQUIRED'],
  reason: '',
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-csv-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('CsvFile', () => {
  it('writes exact decimals and times with nanoseconds', () => {
    const path = join(folder, 'fills.csv');
    const file = new CsvFile(path, FILL_COLUMNS);
    file.append(FILL);
    file.close();
    const [header, row] = readFileSync(path, 'utf8').split('\n');
    expect(header).toBe(csvHeader(FILL_COLUMNS));
    expect(row).toBe(
      't-1,o-1,2000-01-03T23:59:59.999999999Z,946943999999999999,SPX,buy,1455.22,' +
        '0.000000000000000001,99999999999999999999.999999999999999999,-0.01,0.5,0,taker,signal',
    );
  });

  it('quotes as RFC 4180 asks, so that another reader gives the row back', () => {
    const path = join(folder, 'orders.csv');
    const file = new CsvFile(path, ORDER_COLUMNS);
    file.append(ORDER);
    file.close();
    const [row] = parse<Record<string, string>>(readFileSync(path, 'utf8'), { columns: true });
    expect(row).toMatchObject({
      instrument: ORDER.instrument,
      time: '1969-12-31T23:59:59.999999999Z',
      ts_end_ns: '',
      stop_px: '',
      denial_codes: 'PRICE_STALE STOP_LOSS_REQUIRED',
    });
  });

  it('holds back no more than its buffer, and loses nothing', () => {
    const path = join(folder, 'fills.csv');
    const file = new CsvFile(path, FILL_COLUMNS);
    for (let index = 0; index < 2_000; index += 1) file.append({ ...FILL, tradeId: `t-${index}` });
    expect(readFileSync(path, 'utf8').length).toBeGreaterThan(2_000 * 100 - CSV_BUFFER_CHARS_MAX);
    file.close();
    file.close();
    expect(file.rows).toBe(2_000);
    const rows = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(rows).toHaveLength(2_001);
    expect(rows[2_000]).toMatch(/^t-1999,/);
  });

  it('writes the header even without a row', () => {
    const path = join(folder, 'equity.csv');
    new CsvFile(path, EQUITY_COLUMNS).close();
    expect(readFileSync(path, 'utf8')).toBe(`${csvHeader(EQUITY_COLUMNS)}\n`);
  });

  it('throws OUTPUT_IO with the path when the file cannot be created', () => {
    const path = join(folder, 'missing', 'fills.csv');
    expect(() => new CsvFile(path, FILL_COLUMNS)).toThrow(
      expect.objectContaining({ code: 'OUTPUT_IO', context: { path } }),
    );
  });

  it('throws HANDLE_CLOSED for a row after close', () => {
    const file = new CsvFile(join(folder, 'fills.csv'), FILL_COLUMNS);
    file.close();
    expect(() => file.append(FILL)).toThrow(expect.objectContaining({ code: 'HANDLE_CLOSED' }));
  });
});
