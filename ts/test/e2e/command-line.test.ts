import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { verifyJournal } from '#ts/native/journal-tools.js';
import { holdfast, HOLDFAST_PROGRAM } from '../support/holdfast-process.js';
import { BUY_AND_HOLD, OPEN_LIMITS, strategySource } from '../support/strategy-sources.js';
import { temporaryFolder, writeInto } from '../support/temporary-folder.js';

const folder = realpathSync(temporaryFolder());
const HEADER = 'date,open,high,low,close,volume';
const ROWS = ['2020-01-02,10,11,9,10,1000', '2020-01-03,10,12,10,12,2000'];
const prices = writeInto(folder, 'prices.csv', [HEADER, ...ROWS].join('\n'));
const strategy = writeInto(folder, 'hold.mjs', strategySource(`${BUY_AND_HOLD}, ${OPEN_LIMITS}`));

describe('holdfast', () => {
  it('explains itself: commands, examples and the risk notice', () => {
    const { status, stdout } = holdfast(['--help']);
    expect(status).toBe(0);
    for (const word of ['demo', 'backtest', 'journal', 'substantial risk of loss'])
      expect(stdout).toContain(word);
    const backtest = holdfast(['backtest', '--help']);
    expect(backtest.status).toBe(0);
    for (const word of [
      '--strategy <file>',
      '--limits <preset|file>',
      '$ holdfast backtest',
      'bot4, lightning',
    ]) {
      expect(backtest.stdout).toContain(word);
    }
    const journal = holdfast(['journal', '--help']);
    for (const word of ['verify', 'replay', 'show', '$ holdfast journal verify'])
      expect(journal.stdout).toContain(word);
  });

  it('says its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(holdfast(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['trade']],
    ['a missing option', ['backtest']],
    ['an unknown option', ['demo', '--fast']],
  ])('exits with 1 for %s, and points to the help', (_, args) => {
    const { status, stdout, stderr } = holdfast(args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/--help|Usage/);
  });
});

describe('holdfast backtest', () => {
  it('writes to out/STRATEGY-DATA below the working folder when no folder is named', () => {
    const { status, stdout } = holdfast(
      ['backtest', '--strategy', strategy, '--data', 'prices.csv'],
      { cwd: folder },
    );
    expect(status).toBe(0);
    const out = join(folder, 'out', 'buy-and-hold-prices');
    expect(stdout).toContain(`report   ${join(out, 'report.html')}`);
    expect(existsSync(join(out, 'summary.json'))).toBe(true);
  });

  it('says a failure on standard error with code, message and remedy, and exits with 1', () => {
    const data = writeInto(
      folder,
      'bad.csv',
      [HEADER, ...ROWS, '2020-01-06,10,9,10,10,5'].join('\n'),
    );
    const args = ['backtest', '--strategy', strategy, '--data', data, '--out', join(folder, 'bad')];
    const { status, stdout, stderr } = holdfast(args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error DATA_ROW_INVALID: .*bad\.csv.*$/m);
    expect(stderr).toContain('--on-bad-row skip');
    expect(stderr).not.toContain('    at ');
  });

  it('says it as one line of JSON with --json', () => {
    const args = [
      'backtest',
      '--strategy',
      strategy,
      '--data',
      'nowhere.csv',
      '--json',
      '--out',
      join(folder, 'none'),
    ];
    const { status, stdout, stderr } = holdfast(args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    const last = stderr.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({
      error: {
        code: 'DATA_FILE_NOT_FOUND',
        category: 'data',
        retryable: false,
        context: { file: 'nowhere.csv' },
      },
    });
  });

  it('reads a strategy in TypeScript', () => {
    const typed = writeInto(
      folder,
      'typed.ts',
      strategySource(
        `name: 'typed', ${OPEN_LIMITS}, onBar(bar, context) { const side: 'buy' = 'buy'; context.submit({ side, quantity: 1 }); }`,
      ),
    );
    const { status, stderr } = holdfast([
      'backtest',
      '--strategy',
      typed,
      '--data',
      prices,
      '--out',
      join(folder, 'typed'),
    ]);
    expect(stderr).toContain('strategy typed');
    expect(status).toBe(0);
  });

  it('ends the session properly at an interrupt from the keyboard', async () => {
    const days = Array.from(
      { length: 60_000 },
      (_, minute) => `${Date.UTC(2020, 0, 1) + minute * 60_000},10,11,9,10,100`,
    );
    const data = writeInto(
      folder,
      'minutes.csv',
      ['time,open,high,low,close,volume', ...days].join('\n'),
    );
    const body = `name: 'slow', ${OPEN_LIMITS}, onBar() { const end = performance.now() + 0.2; while (performance.now() < end); }`;
    const out = join(folder, 'interrupted');
    const args = [
      'backtest',
      '--strategy',
      writeInto(folder, 'slow.mjs', strategySource(body)),
      '--data',
      data,
      '--out',
      out,
    ];
    const child = spawn(process.execPath, [HOLDFAST_PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    let isTold = false;
    child.stdout.on('data', (chunk: Buffer) => void (text.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      text.stderr += chunk.toString();
      // Once: who insists a second time is not to be kept waiting.
      if (!isTold && text.stderr.includes('events')) isTold = child.kill('SIGINT');
    });
    const status = await new Promise((ended) => child.once('exit', ended));
    expect(status).toBe(1);
    expect(text.stdout).toBe('');
    expect(text.stderr).toContain('interrupted');
    // It is the person at the keyboard who stopped it: no stack, which would look like a fault.
    expect(text.stderr).not.toContain('    at ');
    expect(verifyJournal(join(out, 'journal')).closed).toBe(true);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
  });

  it('OUTPUT_EXISTS: leaves a folder with anything else in it alone', () => {
    const occupied = join(folder, 'occupied');
    mkdirSync(occupied);
    writeInto(occupied, 'thesis.txt', 'years of work');
    const { status, stderr } = holdfast([
      'backtest',
      '--strategy',
      strategy,
      '--data',
      prices,
      '--out',
      occupied,
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain('error OUTPUT_EXISTS');
    expect(readFileSync(join(occupied, 'thesis.txt'), 'utf8')).toBe('years of work');
  });
});
