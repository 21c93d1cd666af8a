import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import type { JournalRecord, JournalReplay, JournalSummary } from '#ts/native/journal-tools.js';
import { runCommand } from '../../support/command-line.js';
import { playScript } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const out = join(temporaryFolder(), 'session');
const journal = join(out, 'journal');
let stateHash: string;

beforeAll(async () => {
  const { result } = await playScript([10, 11, 12], { 0: (context) => context.buy(3) }, { out });
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

  it('show prints records as JSON lines, from where and as many as asked for', async () => {
    const recordsOf = async (...args: readonly string[]) => {
      const { stdout, error } = await runCommand('journal', 'show', journal, ...args);
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
    expect(all.find((record) => record.kind === 'order_submitted')?.content).toMatchObject({
      side: 'buy',
    });
  });

  it.each(['verify', 'replay', 'show'])(
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
