import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import type { Summary } from '#ts/engine/report/summary-schema.js';
import { journalConfiguration } from '#ts/native/journal-tools.js';
import { limitsRecord, parseLimits } from '#ts/risk/limits.js';
import { type CommandOutcome, runCommand } from '../../support/command-line.js';
import { csvTable } from '../../support/csv-table.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { BUY_AND_HOLD, OPEN_LIMITS, strategySource } from '../../support/strategy-sources.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const HEADER = 'date,open,high,low,close,volume';
const ROWS = [
  '2020-01-02,10,11,9,10,1000',
  '2020-01-03,10,12,10,12,2000',
  '2020-01-06,12,13,11,12.5,500',
];

const bare = writeInto(folder, 'bare.mjs', strategySource(BUY_AND_HOLD));
const limited = writeInto(folder, 'limited.mjs', strategySource(`${BUY_AND_HOLD}, ${OPEN_LIMITS}`));
const prices = writeInto(folder, 'prices.v1.csv', [HEADER, ...ROWS].join('\n'));
let runs = 0;

/** Runs `holdfast backtest`; the results go to a folder of their own. */
async function backtest(
  ...args: readonly string[]
): Promise<CommandOutcome & { readonly out: string }> {
  runs += 1;
  const out = join(folder, 'out', String(runs));
  return { ...(await runCommand('backtest', '--out', out, ...args)), out };
}

async function summaryOf(...args: readonly string[]): Promise<Summary> {
  const { stdout, error } = await backtest('--json', ...args);
  expect(error).toBeNull();
  return JSON.parse(stdout) as Summary;
}

async function failureOf(...args: readonly string[]): Promise<HoldfastError> {
  const { error, stdout } = await backtest(...args);
  expect(error).toBeInstanceOf(HoldfastError);
  expect(stdout).toBe('');
  return error as HoldfastError;
}

const csv = (name: string, ...lines: readonly string[]) =>
  writeInto(folder, name, lines.join('\n'));

describe('holdfast backtest', () => {
  it('plays a strategy over a file with named columns, and says what it used and where the results are', async () => {
    const { stdout, stderr, error, out } = await backtest('--strategy', limited, '--data', prices);
    expect(error).toBeNull();
    expect(stderr).toContain(`strategy buy-and-hold from ${limited}`);
    expect(stderr).toContain(`data     ${prices}`);
    expect(stderr).toContain("limits   the strategy's own");
    expect(stdout).toContain('RISK');
    expect(stdout).toMatch(/3 bars in \d+\.\d\d s, state [0-9a-f]{16}/);
    expect(stdout).toContain(`report   ${join(out, 'report.html')}`);
    for (const name of [
      'report.html',
      'summary.json',
      'orders.csv',
      'fills.csv',
      'equity.csv',
      'journal',
    ]) {
      expect(existsSync(join(out, name)), name).toBe(true);
    }
    expect(csvTable(join(out, 'fills.csv'))).toMatchObject([
      { instrument: 'PRICES', side: 'buy', last_px: '10.01', last_qty: '10' },
    ]);
  });

  it('prints with --json exactly what it writes, and nothing else on standard output', async () => {
    const { stdout, out } = await backtest('--json', '--strategy', limited, '--data', prices);
    expect(stdout).toBe(readFileSync(join(out, 'summary.json'), 'utf8'));
  });

  it('takes columns by name and by number', async () => {
    const mapped = csv(
      'mapped.csv',
      'Day;O;H;L;Last;Vol',
      '02.01.2020;10;11;9;10;5'.replaceAll('.', '/'),
      '03/01/2020;10;11;9;11;5',
    );
    const byName = await summaryOf(
      ...['--strategy', limited, '--data', mapped, '--interval', '1d'],
      ...[
        '--columns',
        'time=Day,open=O,high=H,low=L,close=Last,volume=Vol',
        '--description',
        csv('d.json', '{"timeFormat":"dd/mm/yyyy","delimiter":";"}'),
      ],
    );
    expect(byName.session.period).toMatchObject({ first: '2020-01-02T23:59:59.999Z', bars: 2 });
    const headless = csv('headless.csv', ...ROWS);
    const byNumber = await summaryOf(
      ...['--strategy', limited, '--data', headless],
      ...['--columns', 'time=1,open=2,high=3,low=4,close=5,volume=6'],
    );
    expect(byNumber.buy_and_hold).toMatchObject({ first_close: '10', last_close: '12.5' });
  });

  it('reads JSON lines', async () => {
    const lines = ROWS.map((row) => {
      const [time, open, high, low, close, volume] = row.split(',');
      return JSON.stringify({ time, open: Number(open), high, low, close, volume: Number(volume) });
    });
    const summary = await summaryOf('--strategy', limited, '--data', csv('prices.jsonl', ...lines));
    expect(summary.session.period.bars).toBe(3);
  });

  it('plays several files as several instruments', async () => {
    const other = csv('other.csv', HEADER, ...ROWS);
    const summary = await summaryOf('--strategy', limited, '--data', prices, other);
    expect(summary.session.instruments.map((instrument) => instrument.symbol)).toEqual([
      'PRICES',
      'OTHER',
    ]);
    expect(summary.data.imports).toHaveLength(2);
  });

  it('CONFIG_INVALID: refuses two instruments of one symbol, which nobody could tell apart', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    const twin = csv('elsewhere/prices.csv', HEADER, ...ROWS);
    expect((await failureOf('--strategy', limited, '--data', prices, twin)).code).toBe(
      'CONFIG_INVALID',
    );
  });

  it('takes a policy of the journal and one of self-trades', async () => {
    const flags = ['--strategy', limited, '--data', prices];
    const run = await backtest(
      ...flags,
      '--journal-policy',
      'batch:50',
      '--self-trade',
      'cancel_both',
    );
    expect(run.error).toBeNull();
    const configuration = journalConfiguration(join(run.out, 'journal'));
    expect(configuration?.record.content).toMatchObject({
      engine: { orders: { self_trade: { policy: 'cancel_both' } } },
    });
    for (const policy of ['never', 'batch:0', 'batch:60001']) {
      const { error } = await backtest(...flags, '--journal-policy', policy);
      expect(error, policy).not.toBeNull();
    }
  });

  it('takes symbol, tick, lot, cash, costs, period and seed', async () => {
    const fine = csv(
      'fine.csv',
      HEADER,
      '2020-01-02,10,10.0005,10,10,1.5',
      '2020-01-03,10,10,10,10,100',
      '2020-01-06,10,10,10,10,100',
    );
    const summary = await summaryOf(
      ...[
        '--strategy',
        limited,
        '--data',
        fine,
        '--symbol',
        'FINE',
        '--tick',
        '0.0005',
        '--lot',
        '0.5',
      ],
      ...['--cash', '2500.5', '--fees-bps', '10', '--fee-per-unit', '0.01', '--slippage-bps', '0'],
      ...[
        '--participation',
        'unlimited',
        '--from',
        '2020-01-02',
        '--to',
        '2020-01-03',
        '--seed',
        '7',
      ],
    );
    expect(summary.session.instruments).toMatchObject([
      { symbol: 'FINE', tick_size: '0.0005', lot_size: '0.5' },
    ]);
    expect(summary.session.period).toMatchObject({ bars: 2, last: '2020-01-03T23:59:59.999Z' });
    expect(summary.capital).toMatchObject({
      start_cash: '2500.5',
      fees: '0.2',
      slippage: '0',
      final_equity: '2500.3',
    });
    expect(summary.reproducibility.seed).toBe(7);
    expect(summary.assumptions).toContainEqual(
      expect.objectContaining({ name: 'participation', value: 'unlimited' }),
    );
  });
});

describe('--limits', () => {
  it('holds the preset that is named, or the default one, and says which', async () => {
    const bot4 = await backtest('--strategy', limited, '--data', prices, '--limits', 'bot4');
    expect(bot4.stderr).toContain('limits   preset bot4');
    expect(bot4.stdout).toContain('STOP_LOSS_REQUIRED');
    const byDefault = await backtest('--strategy', bare, '--data', prices);
    expect(byDefault.stderr).toContain('limits   preset lightning, since none were given');
    const summary = await summaryOf('--strategy', bare, '--data', prices, '--limits', 'lightning');
    expect(summary.security.guardrails.limits.preset).toBe('lightning');
  });

  it('reads a file, and its limits bind', async () => {
    const record = limitsRecord(parseLimits({ ...UNLIMITED, orderQtyMax: '5' }));
    const file = csv('my-limits.json', JSON.stringify(record));
    const summary = await summaryOf('--strategy', limited, '--data', prices, '--limits', file);
    expect(summary.security.guardrails.limits.preset).toBeNull();
    expect(summary.security.guardrails.denials).toMatchObject([
      { code: 'ORDER_QTY_EXCEEDED', count: 3, worst_observed: '10', limit: '5' },
    ]);
  });

  it('LIMITS_UNKNOWN_KEY, LIMITS_INVALID, LIMITS_PRESET_UNKNOWN: refuses what it cannot hold, before it writes', async () => {
    const record = limitsRecord(parseLimits(UNLIMITED));
    const unknown = csv('unknown.json', JSON.stringify({ ...record, order_qty_maximum: '5' }));
    const { order_qty_max: _, ...missing } = record;
    const cases = [
      ['LIMITS_UNKNOWN_KEY', unknown],
      ['LIMITS_INVALID', csv('missing.json', JSON.stringify(missing))],
      ['LIMITS_INVALID', csv('text.json', 'no JSON')],
      ['LIMITS_INVALID', join(folder, 'nowhere.json')],
      ['LIMITS_PRESET_UNKNOWN', 'bot5'],
    ] as const;
    for (const [code, limits] of cases) {
      const { error, out } = await backtest(
        '--strategy',
        limited,
        '--data',
        prices,
        '--limits',
        limits,
      );
      expect(error).toMatchObject({ code });
      expect(existsSync(out)).toBe(false);
    }
    const named = await failureOf('--strategy', limited, '--data', prices, '--limits', unknown);
    expect(named.message).toContain('did you mean "order_qty_max"?');
  });
});

describe('bad input', () => {
  it('DATA_ROW_INVALID: names file, line, column and reason; with skip it is counted', async () => {
    const bad = csv('bad.csv', HEADER, ROWS[0] ?? '', '2020-01-03,10,9,10,10,5', ROWS[2] ?? '');
    const error = await failureOf('--strategy', limited, '--data', bad);
    expect(error.code).toBe('DATA_ROW_INVALID');
    expect(error.message).toContain('bad.csv');
    expect(error.context).toMatchObject({ line: 3 });
    const summary = await summaryOf('--strategy', limited, '--data', bad, '--on-bad-row', 'skip');
    expect(summary.data.imports).toMatchObject([{ rows: 3, bars: 2, skipped: 1 }]);
  });

  it('PRICE_OFF_TICK: names the remedy, which helps', async () => {
    const noisy = csv(
      'noisy.csv',
      HEADER,
      '2020-01-02,10.004,11,9,10,5',
      '2020-01-03,10,11,9,10,5',
    );
    expect((await failureOf('--strategy', limited, '--data', noisy)).code).toBe('PRICE_OFF_TICK');
    const summary = await summaryOf('--strategy', limited, '--data', noisy, '--round');
    expect(summary.data.imports).toMatchObject([{ rounded: 1, rounded_max: '0.004' }]);
  });

  it('QTY_OFF_LOT: is refused as well, and rounded in the way that is named', async () => {
    const odd = csv('odd.csv', HEADER, '2020-01-02,10,11,9,10,5.5', '2020-01-03,10,11,9,10,5');
    expect((await failureOf('--strategy', limited, '--data', odd)).code).toBe('QTY_OFF_LOT');
    for (const args of [
      ['--round-volume'],
      ['--round-volume', 'down'],
      ['--round-volume', 'nearest'],
    ]) {
      const summary = await summaryOf('--strategy', limited, '--data', odd, ...args);
      expect(summary.assumptions).toContainEqual(
        expect.objectContaining({ name: 'volumes rounded' }),
      );
    }
  });

  it.each([
    ['DATA_EMPTY', () => ['--data', csv('empty.csv', HEADER)]],
    ['DATA_EMPTY', () => ['--data', csv('nothing.csv', '')]],
    ['DATA_EMPTY', () => ['--data', prices, '--from', '2030-01-01']],
    [
      'DATA_COLUMN_MISSING',
      () => ['--data', csv('short.csv', 'date,open,high,low,last', '2020-01-02,1,1,1,1')],
    ],
    ['DATA_COLUMN_MISSING', () => ['--data', prices, '--columns', 'close=Last']],
    ['DATA_FILE_NOT_FOUND', () => ['--data', join(folder, 'nowhere.csv')]],
    ['DATA_FORMAT_UNKNOWN', () => ['--data', csv('image.png', '\u0089PNG\u0000\u0001')]],
    ['DATA_DESCRIPTION_INVALID', () => ['--data', prices, '--tick', '0']],
    ['DATA_DESCRIPTION_INVALID', () => ['--data', prices, '--adjust', 'splits']],
    [
      'DATA_DESCRIPTION_INVALID',
      () => ['--data', prices, '--description', join(folder, 'nowhere.json')],
    ],
    [
      'DATA_DESCRIPTION_INVALID',
      () => ['--data', prices, '--description', csv('list.json', '[1]')],
    ],
    [
      'DATA_DESCRIPTION_INVALID',
      () => ['--data', prices, '--description', csv('broken.json', '{')],
    ],
    [
      'CONFIG_UNKNOWN_KEY',
      () => ['--data', prices, '--description', csv('key.json', '{"tik":"1"}')],
    ],
    ['CONFIG_UNKNOWN_KEY', () => ['--data', prices, '--columns', 'price=Last']],
    ['ARGUMENT_INVALID', () => ['--data', prices, '--from', 'yesterday']],
    ['DECIMAL_INVALID', () => ['--data', prices, '--cash', 'plenty']],
    ['CONFIG_INVALID', () => ['--data', prices, '--slippage-bps', '-1']],
    ['CONFIG_INVALID', () => ['--data', prices, '--participation', '2']],
    ['STRATEGY_INVALID', () => ['--data', prices, '--strategy', join(folder, 'nowhere.mjs')]],
    ['OUTPUT_EXISTS', () => ['--data', prices, '--out', folder]],
  ])('%s: is said in one error', async (code, args) => {
    expect((await failureOf('--strategy', limited, ...args())).code).toBe(code);
  });

  it('STRATEGY_THREW: names hook and time, and the journal can be read', async () => {
    const body = `name: 'throwing', ${OPEN_LIMITS}, onBar(bar) { if (bar.close === 12) throw new Error('lost the plot'); }`;
    const throwing = writeInto(folder, 'throwing.mjs', strategySource(body));
    const { error, out } = await backtest('--strategy', throwing, '--data', prices);
    expect(error).toMatchObject({ code: 'STRATEGY_THREW', context: { hook: 'onBar' } });
    const verified = await runCommand('journal', 'verify', join(out, 'journal'));
    expect(verified.error).toBeNull();
    const shown = await runCommand('journal', 'show', join(out, 'journal'), '--count', '100');
    expect(shown.stdout).toContain('lost the plot');
  });

  it.each([
    ['missing --strategy', ['--data', prices]],
    ['missing --data', ['--strategy', limited]],
    ['an unknown option', ['--strategy', limited, '--data', prices, '--leverage', '9']],
    ['an unknown format', ['--strategy', limited, '--data', prices, '--format', 'xls']],
    [
      'an unknown way with bad rows',
      ['--strategy', limited, '--data', prices, '--on-bad-row', 'mend'],
    ],
    ['an unknown way to round', ['--strategy', limited, '--data', prices, '--round', 'up']],
    ['columns without names', ['--strategy', limited, '--data', prices, '--columns', 'close']],
    ['a seed that is no number', ['--strategy', limited, '--data', prices, '--seed', 'lucky']],
    ['a negative seed', ['--strategy', limited, '--data', prices, '--seed', '-1']],
  ])('says what is wrong with the command line: %s', async (_, args) => {
    const { error, stderr, out } = await backtest(...args);
    expect(error).toMatchObject({ exitCode: 1 });
    expect(stderr).toMatch(/^error: /m);
    expect(existsSync(out)).toBe(false);
  });
});
