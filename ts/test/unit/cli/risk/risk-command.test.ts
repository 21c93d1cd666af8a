import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureText } from '#ts/cli/failure-output.js';
import { HoldfastError } from '#ts/core/holdfast-error.js';
import { runCommand } from '../../../support/command-line.js';
import { returnTable } from '../../../support/sp500-returns.js';
import { temporaryFolder, writeInto } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

/** Prices of three symbols over 700 days, from real returns. */
function wideFile(): string {
  let prices = [100, 50, 200];
  const rows = returnTable(700, 3).map((moves, index) => {
    prices = prices.map((price, asset) => price * (1 + (moves[asset] ?? 0)));
    const date = new Date(Date.UTC(2015, 0, 1 + index)).toISOString().slice(0, 10);
    return [date, ...prices].join(',');
  });
  return writeInto(folder, 'wide.csv', ['date,AAA,BBB,CCC', ...rows].join('\n'));
}

const prices = wideFile();
const positions = writeInto(
  folder,
  'positions.csv',
  [
    'symbol,quantity,desk,strategy,beta_us_equity,beta_bitcoin',
    'AAA,100,one,trend,1.1,',
    'BBB,-80,one,carry,0.9,',
    'CCC,40,two,trend,,1',
  ].join('\n'),
);
const report = (...more: readonly string[]) =>
  runCommand(
    'risk',
    'report',
    '--positions',
    positions,
    '--prices',
    prices,
    '--scenarios',
    '65536',
    ...more,
  );

interface Shape {
  readonly methods: readonly {
    readonly method: string;
    readonly basis: string;
    readonly figures: readonly {
      readonly level: number;
      readonly var: number;
      readonly cvar: number;
    }[];
    readonly failure: { readonly code: string } | null;
  }[];
  readonly positions: readonly { readonly symbol: string; readonly component_cvar: number }[];
  readonly contribution_total: { readonly cvar: number };
  readonly desks: readonly { readonly group: string; readonly component_cvar: number }[];
  readonly stress: readonly {
    readonly name: string;
    readonly profit: number;
    readonly unmoved: readonly string[];
  }[];
  readonly backtest: {
    readonly days: number;
    readonly exceptions: number;
    readonly exception_days: readonly {
      readonly date: string;
      readonly profit: number;
      readonly var: number;
    }[];
  };
  readonly score: number;
  readonly betas_assumed: boolean;
  readonly grid: { readonly profits: readonly (readonly number[])[] } | null;
}

async function asJson(...more: readonly string[]): Promise<Shape> {
  const { stdout, error } = await report('--json', ...more);
  expect(error).toBeNull();
  return JSON.parse(stdout) as Shape;
}

describe('holdfast risk report', () => {
  it('PRISK-02: gives VaR and CVaR by every method, and says which was used', async () => {
    const found = await asJson();
    expect(found.methods.map(({ method }) => method)).toEqual([
      'historical',
      'age_weighted',
      'filtered_ewma',
      'filtered_garch',
      'normal',
      'student_t',
      'cornish_fisher',
      'monte_carlo',
    ]);
    for (const { method, figures, failure } of found.methods) {
      if (failure !== null) continue;
      expect(
        figures.map(({ level }) => level),
        method,
      ).toEqual([0.95, 0.99]);
      const [low, high] = figures;
      expect(high?.var, method).toBeGreaterThan(low?.var ?? 0);
      expect(high?.cvar, method).toBeGreaterThanOrEqual(high?.var ?? 0);
    }
    expect(found.score).toBeGreaterThan(0);
    expect(found.score).toBeLessThanOrEqual(100);
  });

  it('splits CVaR by position and desk without a rest', async () => {
    const { positions: parts, desks, contribution_total: total } = await asJson();
    const sum = (all: readonly { readonly component_cvar: number }[]) =>
      all.reduce((so_far, { component_cvar: part }) => so_far + part, 0);
    expect(sum(parts) / total.cvar).toBeCloseTo(1, 10);
    expect(sum(desks) / total.cvar).toBeCloseTo(1, 10);
    expect(desks.map(({ group }) => group)).toEqual(['one', 'two']);
  });

  it('PRISK-03: plays dated shocks that touch a position, the worst first', async () => {
    const { stress, betas_assumed: assumed } = await asJson();
    expect(assumed).toBe(false);
    const crash = stress.find(({ name }) => name.startsWith('Black Monday'));
    expect(crash?.unmoved).toEqual(['CCC']);
    expect(stress.some(({ name }) => name.startsWith('Terra'))).toBe(false);
    expect(stress.some(({ name }) => name.startsWith('FTX'))).toBe(true);
  });

  it('PRISK-03: plays the worst stretches of the prices given', async () => {
    const { stress } = await asJson();
    const worst = stress.filter(({ name }) => name.startsWith('Worst'));
    expect(worst.map(({ name }) => name.replace(/\(.*/, '('))).toEqual([
      'Worst period of these prices (',
      'Worst 5 periods of these prices (',
      'Worst 20 periods of these prices (',
    ]);
    expect(worst.every(({ profit }) => profit < 0)).toBe(true);
  });

  it('PRISK-07: paths are the same wherever they may run', async () => {
    const basisOf = async (...more: readonly string[]) =>
      (await asJson(...more)).methods.find(({ method }) => method === 'monte_carlo');
    const never = await basisOf('--gpu', 'never');
    expect(never?.failure).toBeNull();
    expect(never?.basis).not.toContain('no graphics device');
    expect((await basisOf('--gpu', 'auto'))?.figures).toEqual(never?.figures);
  });

  it('tests the method on the history and lists its exceptions', async () => {
    const { backtest } = await asJson('--window', '300', '--method', 'filtered_ewma');
    expect(backtest.days).toBe(399);
    expect(backtest.exception_days).toHaveLength(backtest.exceptions);
    for (const { profit, var: atRisk } of backtest.exception_days) {
      expect(profit).toBeLessThan(-atRisk);
    }
  });

  it('prints text for people, by default', async () => {
    const { stdout, error } = await report();
    expect(error).toBeNull();
    for (const word of [
      'filtered historical, GARCH(1,1)',
      'CVaR\u00a099\u00a0%',
      'AAA',
      'desk',
      'Black Monday',
      'Kupiec',
    ]) {
      expect(stdout).toContain(word);
    }
  });

  it('PRISK-02: the text says where paths ran, and why a method has no figure', async () => {
    const { stdout } = await report();
    expect(stdout).toMatch(/\n {2}Monte Carlo: 65,536 paths of correlated normal returns \(/);
    const { methods } = await asJson();
    const failed = methods.filter(({ failure }) => failure !== null);
    for (const { failure } of failed) expect(stdout).toContain(`none: ${failure?.code}`);
    expect(stdout.match(/\n {2}[^\n]+ must lie where the expansion rises/g) ?? []).toHaveLength(
      failed.filter(({ failure }) => failure?.code === 'EXPANSION_INVALID').length,
    );
  });

  it('says so when a history is too short to be tested', async () => {
    const { stdout } = await report('--window', '699');
    expect(stdout).toContain('backtest: the history is not longer than its window');
  });

  it('writes one page that asks for nothing and runs nothing', async () => {
    const file = join(folder, 'risk.html');
    const odd = writeInto(
      folder,
      'odd.csv',
      'symbol,quantity,desk\nAAA,10,<script>alert(1)</script>\n',
    );
    const { stdout, error } = await runCommand(
      'risk',
      'report',
      '--positions',
      odd,
      '--prices',
      prices,
      '--html',
      '--out',
      file,
    );
    expect(error).toBeNull();
    expect(stdout).toContain('risk.html');
    const page = readFileSync(file, 'utf8');
    expect(page).not.toMatch(/<script|https?:\/\/|@import|url\(/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).toContain('Assumed: no column of betas');
    expect(page).toContain('substantial risk of loss');
    expect(page.match(/<svg /g)).toHaveLength(2);
    // Outer bins hold what lies beyond, and the backtest's money can be read off.
    expect(page).toMatch(/<span>≤ −[\d,.]+<\/span>/);
    expect(page).toMatch(/<title>−[\d,.]+ or less: \d+<\/title>/);
    expect(page.match(/class="scale"/g)).toHaveLength(3);
  });

  it('reprices options, and draws the grid only then', async () => {
    const file = writeInto(
      folder,
      'options.csv',
      'symbol,quantity,right,strike,time_years,vol_ann\nAAA,100,,,,\nAAA,-50,put,90,0.5,0.3\n',
    );
    const run = async (name: string) => {
      const { stdout, error } = await runCommand(
        'risk',
        'report',
        '--positions',
        name,
        '--prices',
        prices,
        '--json',
      );
      expect(error).toBeNull();
      return JSON.parse(stdout) as Shape;
    };
    const found = await run(file);
    expect(found.positions.map(({ symbol }) => symbol)).toEqual(['AAA', 'AAA 90 put']);
    expect(found.grid?.profits).toHaveLength(7);
    expect((await asJson()).grid).toBeNull();
    const page = join(folder, 'options.html');
    await runCommand(
      'risk',
      'report',
      '--positions',
      file,
      '--prices',
      prices,
      '--html',
      '--json',
      '--out',
      page,
    );
    expect(readFileSync(page, 'utf8')).toContain('Spot and volatility');
  });

  it('takes rows of symbol, date and price, and bars of a single symbol', async () => {
    const long = ['symbol,date,price'];
    const bars = ['date,open,close'];
    returnTable(150, 1).forEach(([move = 0], index) => {
      const date = new Date(Date.UTC(2015, 0, 1 + index)).toISOString().slice(0, 10);
      long.push(`AAA,${date},${100 * (1 + move)}`, `BBB,${date},${50 * (1 + move / 2)}`);
      bars.push(`${date},1,${100 * (1 + move)}`);
    });
    const two = writeInto(folder, 'two.csv', 'symbol,quantity\nAAA,1\nBBB,-1\n');
    const one = writeInto(folder, 'one.csv', 'symbol,quantity\nSP500,1\n');
    const longFile = writeInto(folder, 'long.csv', long.join('\n'));
    const barsFile = writeInto(folder, 'bars.csv', bars.join('\n'));
    for (const [held, file] of [
      [two, longFile],
      [one, barsFile],
    ] as const) {
      const { error, stdout } = await runCommand(
        'risk',
        'report',
        '--positions',
        held,
        '--prices',
        file,
        '--out',
        join(folder, 'out.txt'),
      );
      expect(error).toBeNull();
      expect(stdout).toBe('');
    }
    expect(existsSync(join(folder, 'out.txt'))).toBe(true);
  });

  it.each([
    ['DATA_FILE_NOT_FOUND', null, null],
    ['DATA_EMPTY', 'symbol,quantity\n', null],
    ['DATA_COLUMN_MISSING', 'symbol,size\nAAA,1\n', null],
    ['DATA_ROW_INVALID', 'symbol,quantity\nAAA,many\n', null],
    ['DATA_ROW_INVALID', 'symbol,quantity\n"AAA,1\n', null],
    ['DATA_ROW_INVALID', 'symbol,quantity,right\nAAA,1,straddle\n', null],
    ['POSITION_UNPRICED', 'symbol,quantity\nZZZ,1\n', null],
    ['DATA_ROW_INVALID', 'symbol,quantity\nAAA,1\n', 'date,AAA\nsoon,1\n'],
    ['RETURNS_INVALID', 'symbol,quantity\nAAA,1\n', 'date,AAA\n2020-01-02,1\n2020-01-03,-1\n'],
    [
      'DATES_MISALIGNED',
      'symbol,quantity\nAAA,1\nBBB,1\n',
      'date,AAA,BBB\n2020-01-02,1,1\n2020-01-03,1,\n',
    ],
  ])('fails with %s for %j', async (code, held, history) => {
    const file = held === null ? join(folder, 'absent.csv') : writeInto(folder, 'bad.csv', held);
    const from = history === null ? prices : writeInto(folder, 'bad-prices.csv', history);
    const { error } = await runCommand('risk', 'report', '--positions', file, '--prices', from);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code });
    // The remedies of these codes name options of the importer, which this command does not have.
    expect(failureText(error)).not.toMatch(/--on-bad-row|--columns/);
  });

  it.each([
    ['--confidence', '95'],
    ['--horizon', '0'],
    ['--seed', '-1'],
    ['--equity', '0'],
    ['--method', 'tarot'],
    ['--gpu', 'perhaps'],
  ])('refuses %s %s', async (flag, value) => {
    const { error } = await report(flag, value);
    expect(error).not.toBeNull();
  });

  it('fails with OUTPUT_IO where it cannot write', async () => {
    const { error } = await report('--out', join(folder, 'no', 'such', 'folder.txt'));
    expect(error).toMatchObject({ code: 'OUTPUT_IO' });
  });

  it('explains itself with examples', async () => {
    const { stdout } = await runCommand('risk', 'report', '--help');
    for (const word of ['--confidence <levels>', '$ holdfast risk report', 'beta_us_equity']) {
      expect(stdout).toContain(word);
    }
  });
});
