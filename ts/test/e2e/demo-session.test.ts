import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Summary } from '#ts/engine/report/summary-schema.js';
import { replayJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { csvTable } from '../support/csv-table.js';
import { decimalSum, decimalText } from '../support/exact-decimal.js';
import { holdfast, type ProcessOutcome } from '../support/holdfast-process.js';
import { firstSegment, recordOffsets, withFlippedByte } from '../support/journal-bytes.js';
import { plainTrendFollowing } from '../support/plain-trend-following.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { thrownBy } from '../support/thrown-error.js';

const DATA = readFileSync(resolve('node_modules/vega-datasets/data/sp500-2000.csv'), 'utf8');
const folder = temporaryFolder();
const out = join(folder, 'demo');
const journal = join(out, 'journal');
let run: ProcessOutcome;
let summary: Summary;

beforeAll(() => {
  run = holdfast(['demo', '--out', out]);
  summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
});

const instant = (tsNs: string) => new Date(Number(BigInt(tsNs) / 1_000_000n)).toISOString();

describe('TST-12: the demo', () => {
  it('succeeds and prints its figures and where they are', () => {
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('RISK');
    expect(run.stdout).toContain('Denials by control');
    expect(run.stdout).toContain('Assumptions of the simulation');
    expect(run.stdout).toContain(`report   ${join(out, 'report.html')}`);
    expect(run.stderr).toContain('strategy trend-following from examples/trend-following.ts');
    // Without a terminal there is no bar that is drawn over.
    expect(run.stderr).not.toContain('\r');
  });

  it('writes every file of a session', () => {
    expect(readdirSync(out).sort()).toEqual(
      ['equity.csv', 'fills.csv', 'journal', 'orders.csv', 'report.html', 'summary.json'].sort(),
    );
  });

  it('SIM-05: agrees with an independent account of the same rules to the last unit, each day', () => {
    const { rows } = plainTrendFollowing(DATA);
    const equity = csvTable(join(out, 'equity.csv'));
    expect(equity).toHaveLength(rows.length);
    const expected = rows.map((row) => ({
      time: `${row.date}T23:59:59.999999999Z`,
      ts_event_ns: String((BigInt(Date.parse(row.date)) + 86_400_000n) * 1_000_000n - 1n),
      equity: decimalText(row.equity),
      cash: decimalText(row.cash),
      position_value: decimalText(row.positionValue),
      gross_exposure: decimalText(row.positionValue),
      realized_pnl: decimalText(row.realized),
      unrealized_pnl: decimalText(row.equity - 100_000n * 10n ** 18n - row.realized + row.fees),
      fees: decimalText(row.fees),
      benchmark_close: decimalText(row.closeCents * 10n ** 16n),
    }));
    expect(equity).toEqual(expected);
  });

  it('SIM-05: agrees with it on each fill', () => {
    const { fills } = plainTrendFollowing(DATA);
    const actual = csvTable(join(out, 'fills.csv')).map((fill) => ({
      date: instant(fill['ts_event_ns'] ?? '').slice(0, 10),
      side: fill['side'],
      reason: fill['reason'],
      px: fill['last_px'],
      qty: fill['last_qty'],
      fee: fill['fee'],
      slippage: fill['slippage'],
      realized: fill['realized_pnl'],
    }));
    expect(actual).toEqual(
      fills.map((fill) => ({
        date: fill.date,
        side: fill.side,
        reason: fill.reason,
        px: decimalText(fill.cents * 10n ** 16n),
        qty: String(fill.shares),
        fee: decimalText(fill.fee),
        slippage: decimalText(fill.slippage),
        realized: decimalText(fill.realized),
      })),
    );
  });

  it('was bound by no limit, so that the account without limits is the same session', () => {
    const { denials, latched } = summary.security.guardrails;
    expect(denials).toEqual([]);
    expect(latched).toEqual({ drawdown: false, daily_loss: false });
  });

  it('SIM-07: buys and holds for last close ÷ first close − 1', () => {
    const rows = DATA.trim().split('\n');
    const closeOf = (row = '') => Math.round(Number(row.split(',')[4]) * 100);
    const [first, last] = [closeOf(rows[1]), closeOf(rows.at(-1))];
    expect([first, last]).toEqual([145_522, 287_456]);
    expect(summary.buy_and_hold).toMatchObject({ first_close: '1455.22', last_close: '2874.56' });
    expect(summary.buy_and_hold.total_return).toBeCloseTo(last / first - 1, 9);
  });

  it('counts the rounded values of its data, and the largest change', () => {
    const cells = DATA.trim()
      .split('\n')
      .slice(1)
      .flatMap((row) => row.split(',').slice(1, 5));
    const changes = cells.map((cell) => {
      const micro = BigInt(cell.replace('.', ''));
      const rest = micro % 10_000n;
      return rest > 5_000n ? 10_000n - rest : rest;
    });
    const rounded = changes.filter((change) => change !== 0n);
    const largest = changes.reduce((most, change) => (change > most ? change : most), 0n);
    expect(summary.data.imports).toMatchObject([
      { rows: 5105, bars: 5105, skipped: 0, rounded: rounded.length },
    ]);
    expect(summary.data.imports[0]?.rounded_max).toBe(decimalText(largest * 10n ** 12n));
  });
});

describe('the tables of the demo', () => {
  it('ORD-14: sum to the summary exactly', () => {
    const fills = csvTable(join(out, 'fills.csv'));
    const sum = (column: string) => decimalSum(fills.map((fill) => fill[column] ?? ''));
    expect(fills).toHaveLength(summary.trading.fills);
    expect(sum('notional')).toBe(summary.trading.turnover_notional);
    expect(sum('fee')).toBe(summary.capital.fees);
    expect(sum('slippage')).toBe(summary.capital.slippage);
    expect(sum('realized_pnl')).toBe(summary.capital.realized_pnl);
  });

  it('ORD-13: count orders as the summary does; each purchase brought its stop', () => {
    const orders = csvTable(join(out, 'orders.csv'));
    const count = (status: string) => orders.filter((order) => order['status'] === status).length;
    const { submitted, filled, canceled, denied } = summary.trading.orders;
    expect(orders).toHaveLength(submitted);
    expect([count('filled'), count('canceled'), count('denied')]).toEqual([
      filled,
      canceled,
      denied,
    ]);
    const bought = orders.filter((order) => order['side'] === 'buy');
    const stops = orders.filter((order) => order['reason'] === 'stop_loss');
    expect(stops.map((order) => order['stop_px']).sort()).toEqual(
      bought.map((order) => order['stop_loss']).sort(),
    );
    expect(bought.every((order) => order['stop_loss'] !== '')).toBe(true);
  });

  it('PORT-08: start + realised + unrealised − fees is the final equity, and so are all trips', () => {
    const { capital, trading } = summary;
    const { start_cash, realized_pnl, unrealized_pnl, fees, final_equity, total_pnl } = capital;
    expect(decimalSum([start_cash, realized_pnl, unrealized_pnl, `-${fees}`])).toBe(final_equity);
    const { gross_profit, gross_loss } = trading.trades;
    expect(decimalSum([gross_profit, `-${gross_loss}`])).toBe(total_pnl);
    const last = csvTable(join(out, 'equity.csv')).at(-1);
    expect([last?.['equity'], last?.['cash']]).toEqual([final_equity, capital.cash]);
  });
});

describe('SIM-08: the demo again', () => {
  it('gives the same files byte for byte', () => {
    const second = join(folder, 'again');
    expect(holdfast(['demo', '--out', second]).status).toBe(0);
    for (const name of ['summary.json', 'orders.csv', 'fills.csv', 'equity.csv', 'report.html']) {
      expect(readFileSync(join(second, name)).equals(readFileSync(join(out, name))), name).toBe(
        true,
      );
    }
    const [one, two] = [journal, join(second, 'journal')].map((path) =>
      readFileSync(firstSegment(path)),
    );
    expect(one !== undefined && two !== undefined && one.equals(two)).toBe(true);
  });

  it('prints with --json the summary that it writes', () => {
    const printed = holdfast(['demo', '--out', join(folder, 'json'), '--json']);
    expect(printed.status).toBe(0);
    expect(printed.stdout).toBe(readFileSync(join(out, 'summary.json'), 'utf8'));
  });
});

describe('the journal of the demo', () => {
  it('verifies', () => {
    const verified = holdfast(['journal', 'verify', journal]);
    expect(verified.status).toBe(0);
    expect(verified.stdout).toContain(`${summary.reproducibility.journal_records} records`);
    expect(verified.stdout).toContain(`head ${summary.reproducibility.journal_head}`);
  });

  it('replays to the state of the summary', () => {
    const replayed = holdfast(['journal', 'replay', journal]);
    expect(replayed.status).toBe(0);
    expect(replayed.stdout).toContain(summary.reproducibility.state_hash);
    expect(replayJournal(journal)).toMatchObject({
      compared_with_close: true,
      state_hash: summary.reproducibility.state_hash,
      journal: verifyJournal(journal),
    });
  });

  it('JOURNAL_CORRUPT: names the record of a flipped byte and exits with 1', () => {
    const segment = firstSegment(journal);
    const offsets = recordOffsets(segment);
    const at = (offsets[777] ?? 0) + 30;
    const verified = withFlippedByte(segment, at, 1, () =>
      holdfast(['journal', 'verify', journal, '--json']),
    );
    expect(verified.status).toBe(1);
    const { error } = JSON.parse(verified.stderr) as { error: { code: string; context: unknown } };
    expect(error.code).toBe('JOURNAL_CORRUPT');
    expect(error.context).toMatchObject({ sequence: '777', file: '000001.journal' });
  });

  it('JOURNAL_CORRUPT: finds a flip of any bit of any kind of byte in its own record', () => {
    const segment = firstSegment(journal);
    const offsets = recordOffsets(segment);
    const last = offsets.length - 2;
    for (let sample = 0; sample < 120; sample += 1) {
      const sequence = Math.floor((sample * last) / 119);
      const [start = 0, end = 0] = [offsets[sequence], offsets[sequence + 1]];
      const at = start + ((sample * 37) % (end - start));
      const error = withFlippedByte(segment, at, 1 << (sample % 8), () =>
        thrownBy(() => verifyJournal(journal)),
      );
      expect(['JOURNAL_CORRUPT', 'JOURNAL_TRUNCATED'], `byte ${at}`).toContain(error.code);
      expect(error.context['sequence'], `byte ${at} of record ${sequence}`).toBe(String(sequence));
    }
    expect(verifyJournal(journal).closed).toBe(true);
  });

  it('JOURNAL_CORRUPT: finds every flipped byte of the head of the file', () => {
    const segment = firstSegment(journal);
    for (let at = 0; at < 64; at += 1) {
      const error = withFlippedByte(segment, at, 1 << (at % 8), () =>
        thrownBy(() => verifyJournal(journal)),
      );
      expect(error.code, `byte ${at}`).toBe('JOURNAL_CORRUPT');
    }
  });
});
