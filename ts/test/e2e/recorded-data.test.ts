import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';

import type { Summary } from '#ts/engine/report/summary-schema.js';
import { verifyJournal } from '#ts/native/journal-tools.js';
import { csvTable } from '../support/csv-table.js';
import { holdfast } from '../support/holdfast-process.js';
import { hasSharedData, sharedFile } from '../support/shared-data.js';
import { BUY_AND_HOLD, OPEN_LIMITS, strategySource } from '../support/strategy-sources.js';
import { temporaryFolder, writeInto } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const strategy = writeInto(folder, 'hold.mjs', strategySource(`${BUY_AND_HOLD}, ${OPEN_LIMITS}`));

function backtest(
  name: string,
  ...args: readonly string[]
): { readonly summary: Summary; readonly out: string } {
  const out = join(folder, name);
  const run = holdfast(['backtest', '--strategy', strategy, '--json', '--out', out, ...args]);
  expect(run.stderr).not.toContain('"error"');
  expect(run.status).toBe(0);
  return { summary: JSON.parse(run.stdout) as Summary, out };
}

/** Rows of the one CSV file in a zip. */
function zippedRows(path: string): readonly (readonly string[])[] {
  const [content = new Uint8Array()] = Object.values(unzipSync(readFileSync(sharedFile(path))));
  return Buffer.from(content)
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
}

describe.skipIf(!hasSharedData)('holdfast backtest over recorded data', () => {
  it('plays daily equities as they were traded: the benchmark is last close ÷ first close − 1 of the file', () => {
    const rows = zippedRows('us-equity-daily/spy.zip');
    const [first, last] = [Number(rows[0]?.[4]) / 10_000, Number(rows.at(-1)?.[4]) / 10_000];
    const { summary, out } = backtest(
      'spy',
      '--data',
      sharedFile('us-equity-daily/spy.zip'),
      '--format',
      'lean-equity-daily',
      '--tick',
      '0.0001',
    );
    expect(summary.session.period.bars).toBe(rows.length);
    expect(summary.buy_and_hold.total_return).toBeCloseTo(last / first - 1, 9);
    expect(csvTable(join(out, 'equity.csv'))).toHaveLength(rows.length);
    expect(verifyJournal(join(out, 'journal')).closed).toBe(true);
  });

  it('adjusts them for splits and dividends by their factors, and says what it rounded', () => {
    const raw = zippedRows('us-equity-daily/aapl.zip');
    const { summary } = backtest(
      'aapl',
      ...['--data', sharedFile('us-equity-daily/aapl.zip'), '--format', 'lean-equity-daily'],
      ...[
        '--factors',
        sharedFile('us-equity-daily/aapl.factors.csv'),
        '--adjust',
        'splits-and-dividends',
      ],
      ...['--tick', '0.0001', '--round', '--round-volume'],
    );
    const [first, last] = [Number(raw[0]?.[4]) / 10_000, Number(raw.at(-1)?.[4]) / 10_000];
    // A price before a date is multiplied by both factors of the first row that is not before it.
    const [, price = '', split = ''] =
      readFileSync(sharedFile('us-equity-daily/aapl.factors.csv'), 'utf8')
        .split('\n')[0]
        ?.split(',') ?? [];
    const adjusted = first * Number(price) * Number(split);
    expect(Number(summary.buy_and_hold.first_close)).toBeCloseTo(adjusted, 3);
    expect(Number(summary.buy_and_hold.last_close)).toBeCloseTo(last, 4);
    expect(summary.data.imports[0]?.rounded).toBeGreaterThan(0);
    expect(summary.assumptions.map((each) => each.name)).toContain('prices rounded');
  });

  it('plays daily and minute bars of crypto, in parts of a coin', () => {
    const rows = zippedRows('crypto/coinbase_daily_btcusd_trade.zip');
    const { summary } = backtest(
      'btc',
      '--data',
      sharedFile('crypto/coinbase_daily_btcusd_trade.zip'),
      '--format',
      'lean-crypto',
      '--round',
      '--round-volume',
    );
    expect(summary.session.period.bars).toBe(rows.length);
    const [first, last] = [Number(rows[0]?.[4]), Number(rows.at(-1)?.[4])];
    expect(summary.buy_and_hold.total_return).toBeCloseTo(last / first - 1, 3);
    const minutes = zippedRows('crypto/coinbase_minute_ethusd_20180404_trade.zip');
    const minute = backtest(
      'eth',
      ...['--data', sharedFile('crypto/coinbase_minute_ethusd_20180404_trade.zip')],
      ...['--format', 'lean-crypto', '--round', '--round-volume'],
    );
    expect(minute.summary.session.period).toMatchObject({ bars: minutes.length, days: 1 });
    expect(minute.summary.session.period.first.startsWith('2018-04-04T')).toBe(true);
  });

  it('merges the minutes of several coins into one session', () => {
    const files = ['btcusd', 'ethusd', 'ltcusd'].map(
      (pair) => `crypto/coinbase_minute_${pair}_20180405_trade.zip`,
    );
    const bars = files.reduce((sum, file) => sum + zippedRows(file).length, 0);
    const { summary, out } = backtest(
      'coins',
      '--data',
      ...files.map(sharedFile),
      '--format',
      'lean-crypto',
      '--round',
      '--round-volume',
    );
    expect(summary.session.period.bars).toBe(bars);
    expect(summary.session.instruments).toHaveLength(3);
    expect(summary.trading.fills).toBeGreaterThanOrEqual(3);
    expect(verifyJournal(join(out, 'journal')).closed).toBe(true);
  });
});
