import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { runBacktest } from '#ts/engine/backtest.js';
import type { BacktestOptions, BacktestProgress, DataFile } from '#ts/engine/backtest-options.js';
import { sha256 } from '#ts/engine/session-config.js';
import { readJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { FRICTIONLESS, UNLIMITED } from '../../support/scripted-session.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { rejectionOf } from '../../support/thrown-error.js';

const folder = temporaryFolder();
let count = 0;

function csv(rows: readonly string[], header = 'date,open,high,low,close,volume'): string {
  count += 1;
  return writeInto(folder, `data-${count}.csv`, `${[header, ...rows].join('\n')}\n`);
}

const fileOf = (file: string, change: Partial<DataFile> = {}): DataFile => ({
  file,
  description: { symbol: 'A', interval: '1d' },
  ...change,
});

const idle = defineStrategy({ name: 'idle', onBar: () => undefined });

const play = (data: readonly DataFile[], change: Partial<BacktestOptions> = {}) =>
  runBacktest({ strategy: idle, data, limits: UNLIMITED, assumptions: FRICTIONLESS, ...change });

const ROWS = [
  '2020-01-02,10,11,9,10.5,1000',
  '2020-01-03,10.5,12,10,11,2000',
  '2020-01-06,11,11,11,11,0',
];

describe('a session over a file', () => {
  it('plays its bars, each at the close of its day', async () => {
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 'x',
      onBar: (bar) => void seen.push(JSON.parse(JSON.stringify(bar))),
    });
    const result = await play([fileOf(csv(ROWS))], { strategy });
    expect(seen[1]).toEqual({
      instrument: 0,
      tsOpenMs: Date.UTC(2020, 0, 3),
      tsMs: Date.UTC(2020, 0, 4) - 1,
      open: 10.5,
      high: 12,
      low: 10,
      close: 11,
      volume: 2_000,
    });
    expect(result.imports).toMatchObject([
      { rows: 3, bars: 3, skipped: 0, rounded: 0, roundedMax: null },
    ]);
    expect(result.instruments).toMatchObject([{ symbol: 'A', tickSize: '0.01', lotSize: '1' }]);
  });

  it('SIM-08: is known by the content of its data, not by where it lies', async () => {
    const [one, two] = [csv(ROWS), csv(ROWS)];
    const moved = writeInto(temporaryFolder(), basename(one), readFileSync(one, 'utf8'));
    const results = await Promise.all([
      play([fileOf(one)]),
      play([fileOf(two)]),
      play([fileOf(moved)]),
    ]);
    const hash = sha256(readFileSync(one, 'utf8'));
    expect(results.map((result) => result.dataHash)).toEqual([
      sha256(hash),
      sha256(hash),
      sha256(hash),
    ]);
    expect(results[2]?.sessionId).toBe(results[0]?.sessionId);
    expect(JSON.stringify(results[0])).not.toContain(folder);
  });

  it('takes the period that it is told', async () => {
    const file = csv(ROWS);
    const bars = async (from?: string, to?: string) =>
      (await play([fileOf(file, { ...(from && { from }), ...(to && { to }) })])).period.bars;
    expect(await bars('2020-01-03')).toBe(2);
    expect(await bars(undefined, '2020-01-03')).toBe(2);
    expect(await bars('2020-01-03', '2020-01-03')).toBe(1);
    expect((await rejectionOf(bars('2021-01-01') as Promise<unknown>)).code).toBe('DATA_EMPTY');
  });

  it('reports how much of the file has been read', async () => {
    const heard: BacktestProgress[] = [];
    await play([fileOf(csv(ROWS))], { onProgress: (progress) => heard.push(progress) });
    expect(heard.at(-1)).toMatchObject({ events: 3, doneFrac: 1, tsMs: Date.UTC(2020, 0, 7) - 1 });
  });

  it('ORD-08: holds orders to the rules that its instrument is given', async () => {
    const verdicts: unknown[] = [];
    const strategy = defineStrategy({
      name: 'x',
      onBar: (_, context) =>
        void verdicts.push(
          ...[1, 10, 100].map((quantity) => context.buy(quantity)),
          context.buy(20, { orderType: 'limit', limitPrice: '5' }),
        ),
    });
    const instrument = {
      minQuantity: '5',
      maxQuantity: '50',
      minNotional: '100',
      maxNotional: '1000',
      percentPriceFrac: '0.2',
    };
    await play([fileOf(csv(ROWS.slice(0, 1)), { instrument })], { strategy });
    expect(verdicts.map((each) => (each as { codes?: unknown }).codes ?? 'approved')).toEqual([
      ['QTY_BELOW_MIN', 'NOTIONAL_BELOW_MIN'],
      'approved',
      ['QTY_ABOVE_MAX', 'NOTIONAL_ABOVE_MAX'],
      ['PERCENT_PRICE_EXCEEDED'],
    ]);
  });
});

describe('sessions over several files', () => {
  it('merge them by time; of bars that close together the first file comes first', async () => {
    const seen: string[] = [];
    const strategy = defineStrategy({
      name: 'x',
      onBar: (bar, context) =>
        void seen.push(
          `${new Date(bar.tsMs).toISOString().slice(8, 10)} ${context.instrument.symbol}`,
        ),
    });
    const other = csv(['2020-01-03,1,1,1,1,5', '2020-01-04,1,1,1,1,5', '2020-01-06,1,1,1,1,5']);
    const files = [
      fileOf(csv(ROWS)),
      fileOf(other, { description: { symbol: 'B', interval: '1d' } }),
    ];
    const result = await play(files, { strategy });
    expect(seen).toEqual(['02 A', '03 A', '03 B', '04 B', '06 A', '06 B']);
    expect(result.imports.map((each) => each.bars)).toEqual([3, 3]);
    expect(result.period).toMatchObject({ bars: 6, days: 4 });
  });
});

describe('bad data', () => {
  const failure = async (
    rows: readonly string[],
    change: Partial<DataFile> = {},
    header?: string,
  ) => rejectionOf(play([fileOf(csv(rows, header), change)]));

  it.each([
    ['DATA_ROW_INVALID', ['2020-01-02,10,11,9,x,1']],
    ['DATA_ROW_INVALID', ['2020-01-02,10,9,11,10,1']],
    ['DATA_ROW_INVALID', ['2020-01-02,10,11,9,10,-1']],
    ['DATA_ROW_INVALID', ['2020-01-03,10,11,9,10,1', '2020-01-02,10,11,9,10,1']],
    ['DATA_ROW_INVALID', ['2020-01-02,10,11,9,10,1', '2020-01-02,10,11,9,10,1']],
    ['PRICE_OFF_TICK', ['2020-01-02,10,11,9,10.005,1']],
    ['DATA_EMPTY', []],
  ])('%s: is refused: %j', async (code, rows) => {
    const error = await failure(rows);
    expect(error.code).toBe(code);
  });

  it('DATA_ROW_INVALID: names file, line, column and reason', async () => {
    const error = await failure([ROWS[0] ?? '', '2020-01-03,10,11,9,x,1']);
    expect(error.message).toMatch(/data-\d+\.csv/);
    expect(error.context).toMatchObject({ line: 3, column: 'close' });
  });

  it('PRICE_OFF_TICK: names the remedy, and with it the same file is taken', async () => {
    const file = csv(['2020-01-02,10,11,9,10.004999,1']);
    const refused = await rejectionOf(play([fileOf(file)]));
    expect(refused.code).toBe('PRICE_OFF_TICK');
    expect(refused.message).toContain('round');
    const description = { symbol: 'A', interval: '1d', round: 'nearest' } as const;
    const result = await play([fileOf(file, { description })]);
    expect(result.imports).toMatchObject([{ rounded: 1, roundedMax: '0.004999' }]);
    expect(result.assumptions.map((each) => each.name)).toContain('prices rounded');
  });

  it('is counted and listed with skip, and the session goes on with the rest', async () => {
    const rows = [ROWS[0] ?? '', '2020-01-03,10,9,11,10,1', '2020-01-04,a,b,c,d,e', ROWS[2] ?? ''];
    const result = await play([fileOf(csv(rows), { onBadRow: 'skip' })]);
    expect(result.imports).toMatchObject([{ rows: 4, bars: 2, skipped: 2 }]);
    expect(result.assumptions.find((each) => each.name === 'rows skipped')?.value).toMatch(
      /^2 in data-\d+\.csv$/,
    );
  });

  it('DATA_FILE_NOT_FOUND, DATA_COLUMN_MISSING, DATA_DESCRIPTION_INVALID: say what is missing', async () => {
    const missing = await rejectionOf(play([fileOf(join(folder, 'nowhere.csv'))]));
    expect(missing.code).toBe('DATA_FILE_NOT_FOUND');
    expect(missing.context['file']).toContain('nowhere.csv');
    expect((await rejectionOf(play([fileOf(folder)]))).code).toBe('DATA_FILE_NOT_FOUND');
    const column = await failure(['2020-01-02,10,11,9,10'], {}, 'date,open,high,low,last');
    expect(column.code).toBe('DATA_COLUMN_MISSING');
    expect(column.message).toContain('close');
    const described = await failure(ROWS, { description: { symbol: 'A', tick: '0' } });
    expect(described.code).toBe('DATA_DESCRIPTION_INVALID');
    const unknown = await failure(ROWS, {
      description: { symbol: 'A', tik: '1' } as DataFile['description'],
    });
    expect(unknown.code).toBe('CONFIG_UNKNOWN_KEY');
  });

  it('leaves a journal of what was done before it came', async () => {
    const out = join(folder, 'until-bad-row');
    const dates = Array.from({ length: 3_000 }, (_, day) =>
      new Date(Date.UTC(2000, 0, 1) + day * 86_400_000).toISOString().slice(0, 10),
    );
    const rows = [...dates.map((date) => `${date},10,11,9,10,1`), '2020-01-07,10,9,11,10,1'];
    const error = await rejectionOf(play([fileOf(csv(rows))], { out }));
    expect(error.code).toBe('DATA_ROW_INVALID');
    const { records, closed } = verifyJournal(join(out, 'journal'));
    expect(closed).toBe(true);
    const all = readJournal(join(out, 'journal'), 0, records);
    // What the feed had handed over: it does so in batches of some hundred bars.
    const bars = all.filter((record) => record.kind === 'bar').length;
    expect(bars).toBeGreaterThan(2_000);
    expect(all.find((record) => record.kind === 'failure')?.content).toMatchObject({
      code: 'DATA_ROW_INVALID',
      message: error.message,
    });
    expect(readFileSync(join(out, 'equity.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(
      bars + 1,
    );
  });
});
