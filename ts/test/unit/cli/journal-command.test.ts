import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { explainOrder } from '#ts/engine/order-explanation.js';
import {
  type JournalRecord,
  type JournalReplay,
  type JournalSummary,
  verifyJournal,
} from '#ts/native/journal-tools.js';
import type { StrategyContext } from '#ts/strategies/strategy-context.js';
import { runCommand } from '../../support/command-line.js';
import { firstSegment } from '../../support/journal-bytes.js';
import { NativeFixture } from '../../support/native-fixture.js';
import { playScript, UNLIMITED } from '../../support/scripted-session.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';

const out = join(temporaryFolder(), 'session');
const journal = join(out, 'journal');
let stateHash: string;

beforeAll(async () => {
  const script = {
    0: (context: StrategyContext) => context.buy(3, { stopLoss: 9.5 }),
    1: (context: StrategyContext) => context.buy(7),
  };
  const { result } = await playScript([10, 11, 12], script, {
    out,
    limits: { ...UNLIMITED, orderQtyMax: '5' },
  });
  stateHash = result.stateHash;
});

describe('holdfast journal', () => {
  it('verify says that it is intact, how long, and its head', async () => {
    const { stdout, error } = await runCommand('journal', 'verify', journal);
    expect(error).toBeNull();
    expect(stdout).toMatch(
      /^journal is intact: \d+ records in 1 segment\(s\), \d+ bytes, closed\nhead [0-9a-f]{64}\n$/,
    );
    const json = await runCommand('journal', 'verify', journal, '--json');
    const summary = JSON.parse(json.stdout) as JournalSummary;
    expect(summary).toMatchObject({ closed: true, segments: 1 });
    expect(stdout).toContain(`head ${summary.head}`);
  });

  it('replay says that every record came again, and the state', async () => {
    const { stdout, error } = await runCommand('journal', 'replay', journal);
    expect(error).toBeNull();
    expect(stdout).toContain(`state ${stateHash}, equal to the one recorded at the close`);
    const json = await runCommand('journal', 'replay', journal, '--json');
    expect((JSON.parse(json.stdout) as JournalReplay).state_hash).toBe(stateHash);
  });

  it('SEC-07: verify compares heads of the chain that were kept outside', async () => {
    const { records, head } = verifyJournal(journal);
    const line = JSON.stringify({ next_sequence: records, head });
    const anchors = writeInto(out, 'anchors.jsonl', `${line}\n`);
    const { stdout, error } = await runCommand('journal', 'verify', journal, '--anchor', anchors);
    expect(error).toBeNull();
    expect(stdout).toContain('anchors 1 match');
    writeFileSync(anchors, JSON.stringify({ next_sequence: records, head: head.toUpperCase() }));
    const other = await runCommand('journal', 'verify', journal, '--anchor', anchors, '--json');
    expect(other.error).toMatchObject({ code: 'JOURNAL_ANCHOR_MISMATCH' });
  });

  it('why explains a denial from the journal alone', async () => {
    const { stdout, error } = await runCommand('journal', 'why', '3', journal);
    expect(error).toBeNull();
    expect(stdout).toContain('Order 3: buy 7 STOCK market, GTC');
    expect(stdout).toMatch(/decision +DENIED: 1 of \d+ controls failed/);
    expect(stdout).toMatch(/ORDER_QTY_EXCEEDED +FAILED +5 STOCK +7 STOCK/);
    expect(stdout).toMatch(/gate denied +ORDER_QTY_EXCEEDED/);
    const json = await runCommand('journal', 'why', '3', journal, '--json');
    expect(JSON.parse(json.stdout)).toEqual(explainOrder(journal, '3'));
    // Either may stand first: an id is a whole number, and a path is none.
    const reversed = await runCommand('journal', 'why', journal, '3');
    expect(reversed).toEqual({ stdout, stderr: '', error: null });
    const none = await runCommand('journal', 'why', '99', journal);
    expect(none.error).toMatchObject({ code: 'JOURNAL_ORDER_MISSING' });
  });

  it('tail prints the last records', async () => {
    const { stdout, error } = await runCommand('journal', 'tail', journal, '--count', '2');
    expect(error).toBeNull();
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^ +\d+ {2}2020-01-08 23:59:59\.999999999 {2}session_closed +state_hash=/,
    );
    const json = await runCommand('journal', 'tail', journal, '--count', '1', '--json');
    expect((JSON.parse(json.stdout) as JournalRecord).kind).toBe('session_closed');
  });

  it('tail --follow prints what is written from then on, until interrupted', async () => {
    const growing = join(temporaryFolder(), 'journal');
    const fixture = new NativeFixture({ journalFolder: growing });
    fixture.bar(1_000);
    setTimeout(() => {
      fixture.session.close([]);
      fixture.session.dispose();
    }, 150);
    setTimeout(() => process.emit('SIGINT'), 700);
    const { stdout, error } = await runCommand('journal', 'tail', growing, '--follow', '--json');
    expect(error).toBeNull();
    const kinds = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as JournalRecord).kind);
    expect(kinds).toEqual(['session_opened', 'bar', 'day_closed', 'session_closed']);
  });

  it('SEC-06: export writes CSV with a column for each field, JSON, and JSON lines', async () => {
    const file = join(out, 'exported.csv');
    const args = ['journal', 'export', journal, '--csv', '--kinds', 'venue_report', '--out', file];
    expect((await runCommand(...args)).error).toBeNull();
    const [header = '', ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(header).toMatch(
      /^sequence,time_utc,ts_ns,kind,account,amendment,client_order_id,fee,fee_currency,instrument,last_lots,/,
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.every((row) => row.split(',').length === header.split(',').length)).toBe(true);
    expect((await runCommand(...args)).error).toMatchObject({ code: 'OUTPUT_IO' });
    const whole = verifyJournal(journal).records;
    const json = await runCommand('journal', 'export', journal, '--json');
    expect(JSON.parse(json.stdout)).toHaveLength(whole);
    const lines = await runCommand(
      'journal',
      'export',
      journal,
      '--jsonl',
      '--kinds',
      'bar,verdict',
    );
    expect(lines.stdout.trimEnd().split('\n')).toHaveLength(6);
    const mixed = await runCommand('journal', 'export', journal, '--csv', '--kinds', 'bar,verdict');
    expect(mixed.stdout).toMatch(/^sequence,time_utc,ts_ns,kind,content\n/);
    const two = await runCommand('journal', 'export', journal, '--csv', '--json');
    expect(two.error).toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('compact says what was done, and damage further on is said behind what stands before it', async () => {
    const done = await runCommand('journal', 'compact', journal, '--keep-segments', '3');
    expect(done.stdout).toMatch(
      /^0 segment\(s\) packed, 0 removed: \d+ bytes before, \d+ after\n$/,
    );
    const copy = join(temporaryFolder(), 'journal');
    cpSync(journal, copy, { recursive: true });
    const segment = firstSegment(copy);
    truncateSync(segment, statSync(segment).size - 5);
    const { stdout, stderr, error } = await runCommand('journal', 'why', '1', copy);
    expect(error).toBeNull();
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
    expect(stdout).toContain('Order 1: buy 3 STOCK');
    expect(stderr).toContain('damaged further on: JOURNAL_TRUNCATED');
  });

  it.each(['verify', 'show', 'tail', 'why', 'export', 'replay', 'compact'])(
    '%s --help has examples and says what the exit code means',
    async (command) => {
      const { stdout } = await runCommand('journal', command, '--help');
      expect(stdout).toContain(`$ holdfast journal ${command} `);
      expect(stdout).toContain('Exit code: 0');
    },
  );

  it('show prints records one a line, from where and as many as asked for', async () => {
    const recordsOf = async (...args: readonly string[]) => {
      const { stdout, error } = await runCommand('journal', 'show', journal, '--json', ...args);
      expect(error).toBeNull();
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JournalRecord);
    };
    const all = await recordsOf('--count', '1000');
    expect(all.map((record) => record.sequence)).toEqual(all.map((_, index) => index));
    expect(await recordsOf('--first', '2', '--count', '3')).toEqual(all.slice(2, 5));
    expect(await recordsOf()).toEqual(all.slice(0, 20));
    expect(await recordsOf('--first', '9999')).toEqual([]);
    const lines = await runCommand('journal', 'show', journal, '--kinds', 'order_submitted');
    expect(lines.stdout).toMatch(/^ +\d+ {2}2020-01-06 23:59:59\.999999999 {2}order_submitted +/);
    expect(all.find((record) => record.kind === 'order_submitted')?.content).toMatchObject({
      side: 'buy',
    });
  });

  it.each(['verify', 'replay', 'show', 'tail', 'compact'])(
    'JOURNAL_NOT_FOUND: %s names the folder',
    async (command) => {
      const { error } = await runCommand('journal', command, out);
      expect(error).toMatchObject({ code: 'JOURNAL_NOT_FOUND', context: { path: out } });
    },
  );

  it.each([
    ['show', '--first', '-1'],
    ['show', '--count', 'many'],
    ['show', '--count', '1.5'],
    ['compact', '--keep-segments', ''],
  ])('refuses %s %s %s', async (command, ...flags) => {
    const { error, stderr } = await runCommand('journal', command, journal, ...flags);
    expect(error).toMatchObject({ exitCode: 1 });
    expect(stderr).toContain('must be a whole number from 0');
  });

  it('refuses to run without a folder', async () => {
    expect((await runCommand('journal', 'verify')).stderr).toContain(
      "missing required argument 'folder'",
    );
  });
});
