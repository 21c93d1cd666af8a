import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { SessionFiles } from '#ts/engine/session-files.js';
import { csvTable } from '../../support/csv-table.js';
import { DAY_MS, playScript, START_MS, UNLIMITED } from '../../support/scripted-session.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { rejectionOf, thrownBy } from '../../support/thrown-error.js';

const folder = temporaryFolder();
const folderOf = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
};

describe('the folder of a session', () => {
  it('is made with all above it', () => {
    const path = join(folder, 'deep', 'deeper');
    new SessionFiles(path, true).close();
    expect(readdirSync(path).sort()).toEqual(['equity.csv', 'fills.csv', 'orders.csv']);
  });

  it('OUTPUT_EXISTS: is refused when it holds anything else, which stays as it is', () => {
    const path = folderOf('strangers');
    writeInto(path, 'summary.json', 'earlier');
    writeInto(path, 'thesis.txt', 'years of work');
    const error = thrownBy(() => new SessionFiles(path, true));
    expect(error.code).toBe('OUTPUT_EXISTS');
    expect(error.message).toContain('thesis.txt');
    expect(error.context).toEqual({ folder: path, strangers: ['thesis.txt'] });
    expect(readFileSync(join(path, 'thesis.txt'), 'utf8')).toBe('years of work');
    expect(readFileSync(join(path, 'summary.json'), 'utf8')).toBe('earlier');
  });

  it('replaces what an earlier session wrote, journal and all', async () => {
    const out = join(folder, 'twice');
    await playScript([10, 10, 10], { 0: (context) => context.buy(1) }, { out });
    const before = readFileSync(join(out, 'journal', '000001.journal'));
    writeInto(join(out, 'journal'), '000002.journal', 'left over');
    const { result } = await playScript([10, 10], {}, { out });
    expect(readFileSync(join(out, 'journal', '000001.journal')).equals(before)).toBe(false);
    expect(readdirSync(join(out, 'journal'))).toEqual(['000001.journal']);
    expect(csvTable(join(out, 'fills.csv'))).toEqual([]);
    expect(result.fillCount).toBe(0);
  });

  it('keeps the report of an earlier session out of a session that fails', async () => {
    const out = join(folder, 'fails-later');
    await playScript([10, 10], {}, { out });
    const boom = () => {
      throw new Error('no');
    };
    await rejectionOf(playScript([10, 10], { 1: boom }, { out }));
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
    expect(existsSync(join(out, 'report.html'))).toBe(false);
    expect(existsSync(join(out, 'journal'))).toBe(true);
  });

  it('OUTPUT_IO: says what it cannot make, and why', () => {
    const file = writeInto(folder, 'file', 'text');
    for (const path of [file, join(file, 'below')]) {
      const error = thrownBy(() => new SessionFiles(path, true));
      expect(error.code).toBe('OUTPUT_IO');
      expect(error.context).toEqual({ path });
      expect(error.retryable).toBe(true);
    }
    const occupied = folderOf('occupied');
    mkdirSync(join(occupied, 'report.html'));
    writeFileSync(join(occupied, 'report.html', 'x'), '');
    new SessionFiles(occupied, false).close();
    expect(existsSync(join(occupied, 'report.html'))).toBe(false);
  });

  it('OUTPUT_IO: a file of the end that cannot be written', () => {
    const path = folderOf('vanishing');
    const files = new SessionFiles(path, true);
    mkdirSync(join(path, 'summary.json'));
    expect(thrownBy(() => files.write('summary.json', '{}')).code).toBe('OUTPUT_IO');
    files.close();
    files.close();
  });
});

describe('the tables', () => {
  const out = join(folder, 'tables');
  const day = (count: number, extraNs = 0n) =>
    String(BigInt(START_MS + count * DAY_MS) * 1_000_000n + extraNs);

  it('hold every order with how it ended, and each denial with its codes', async () => {
    await playScript(
      [10, 10, [10, 12, 10, 12], 12, 12],
      {
        0: (context) => {
          context.buy(3, { stopLoss: '9', takeProfit: '11' });
          context.buy(500);
          context.buy(1, { orderType: 'limit', limitPrice: '5', timeInForce: 'day' });
          context.buy(2, { orderType: 'stop_market', triggerPrice: '99' });
        },
      },
      { out, limits: { ...UNLIMITED, orderQtyMax: '100' } },
    );
    const rows = csvTable(join(out, 'orders.csv'));
    expect(
      rows.map((row) =>
        `${row['client_order_id']} ${row['status']} ${row['reason']} ${row['denial_codes']}`.trim(),
      ),
    ).toEqual([
      '2 denied signal ORDER_QTY_EXCEEDED',
      '1 filled signal',
      '3 expired signal',
      '6 filled take_profit',
      '5 canceled stop_loss',
      '4 accepted signal',
    ]);
    expect(rows[1]).toEqual({
      client_order_id: '1',
      time: '2020-01-06T23:59:59.999999999Z',
      ts_event_ns: day(1, -1n),
      ts_end_ns: day(1),
      instrument: 'STOCK',
      side: 'buy',
      order_type: 'market',
      time_in_force: 'gtc',
      quantity: '3',
      limit_px: '',
      stop_px: '',
      stop_loss: '9',
      take_profit: '11',
      status: 'filled',
      cum_qty: '3',
      avg_px: '10',
      denial_codes: '',
      reason: 'signal',
    });
    expect(rows.at(-1)).toMatchObject({ stop_px: '99', ts_end_ns: '', cum_qty: '0', avg_px: '' });
  });

  it('hold every fill and every day, exactly', () => {
    expect(csvTable(join(out, 'fills.csv'))).toMatchObject([
      {
        trade_id: '1',
        client_order_id: '1',
        side: 'buy',
        last_px: '10',
        last_qty: '3',
        notional: '30',
        realized_pnl: '0',
      },
      {
        trade_id: '2',
        client_order_id: '6',
        side: 'sell',
        last_px: '11',
        notional: '33',
        realized_pnl: '3',
        liquidity_side: 'maker',
      },
    ]);
    const days = csvTable(join(out, 'equity.csv'));
    expect(days.map((row) => row['equity'])).toEqual([
      '100000',
      '100000',
      '100003',
      '100003',
      '100003',
    ]);
    expect(days[1]).toEqual({
      time: '2020-01-07T23:59:59.999999999Z',
      ts_event_ns: day(2, -1n),
      equity: '100000',
      cash: '99970',
      position_value: '30',
      gross_exposure: '30',
      realized_pnl: '0',
      unrealized_pnl: '0',
      fees: '0',
      benchmark_close: '10',
    });
  });

  it('print an average price between ticks to twelve digits more', async () => {
    const path = join(folder, 'average');
    const days = [
      10,
      [10, 10, 10, 10, 100],
      [10.01, 10.01, 10.01, 10.01, 200],
      [10.01, 10.01, 10.01, 10.01, 1_000],
    ] as const;
    await playScript(
      days,
      { 0: (context) => context.buy(30) },
      { out: path, assumptions: { slippageBps: '0', takerFeeBps: '0' } },
    );
    expect(csvTable(join(path, 'fills.csv')).map((row) => row['last_qty'])).toEqual(['10', '20']);
    expect(csvTable(join(path, 'orders.csv'))[0]?.['avg_px']).toBe('10.00666666666666');
  });
});
