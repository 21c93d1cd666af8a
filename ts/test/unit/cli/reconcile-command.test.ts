import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { ReconcileOutcome } from '#ts/cli/reconcile-command.js';
import { verifyJournal } from '#ts/native/journal-tools.js';
import { runCommand } from '../../support/command-line.js';
import { STOCK } from '../../support/scripted-session.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { divergedVenue, playedJournal } from '../../support/venue-state.js';

const folder = temporaryFolder();
const venue = writeInto(folder, 'venue.json', JSON.stringify(divergedVenue(STOCK.symbol)));
let played: string;

beforeAll(async () => {
  played = await playedJournal(join(folder, 'session'));
});

afterEach(() => {
  process.exitCode = undefined;
});

async function reconcile(journal: string, ...flags: readonly string[]) {
  process.exitCode = undefined;
  const outcome = await runCommand('reconcile', journal, '--venue', venue, ...flags);
  return { ...outcome, exitCode: process.exitCode };
}

async function outcomeOf(journal: string, ...flags: readonly string[]) {
  const { stdout } = await reconcile(journal, ...flags, '--json');
  return JSON.parse(stdout) as ReconcileOutcome;
}

describe('holdfast reconcile', () => {
  it('ORD-10: lists differences with codes and remedies, writes nothing, and exits with 3', async () => {
    const before = verifyJournal(played);
    const { stdout, error, exitCode } = await reconcile(played);
    expect(error).toBeNull();
    expect(exitCode).toBe(3);
    expect(stdout).toContain('3 differences stand open, trading mode reduced (a look');
    expect(stdout).toMatch(
      /[0-9a-f]{16}  POSITION_DIFFERS +- +STOCK +3 +7 +adopt, flatten, ignore/,
    );
    expect(stdout).toContain("POSITION_DIFFERS: Adopt to take the venue's position over");
    expect(stdout).toContain('balances are compared once fills and positions are decided');
    expect(verifyJournal(played)).toEqual(before);
  });

  it('ORD-10: carries decisions out, records them with their reason, and exits with 0', async () => {
    const journal = join(folder, 'decided');
    cpSync(played, journal, { recursive: true });
    const { open } = await outcomeOf(journal);
    const id = (code: string) => open.find((item) => item.code === code)?.id ?? '';
    const ignored = await reconcile(
      journal,
      '--ignore',
      id('ORDER_MISSING_HERE'),
      '--flatten',
      id('POSITION_DIFFERS'),
      '--reason',
      'not this bot',
    );
    expect(ignored.exitCode).toBe(3);
    expect(ignored.stdout).toContain(`  flatten ${id('POSITION_DIFFERS')} POSITION_DIFFERS`);
    expect(ignored.stdout).toContain('ignored for a reason that the journal holds:');
    expect(ignored.stdout).toMatch(/place order \d+: sell 7 STOCK market, reduce-only/);
    const shown = await runCommand(
      'journal',
      'show',
      journal,
      '--count',
      '9999',
      '--kinds',
      'reconciliation_decision',
      '--json',
    );
    expect(shown.stdout).toContain('"reason":"not this bot"');

    const rest = await reconcile(journal, '--adopt', 'all');
    expect(rest.exitCode).toBeUndefined();
    expect(rest.stdout).toContain(
      'engine and venue agree; trading mode normal (written to the journal)',
    );
    expect(rest.stdout).toContain('from the snapshot behind record');
  });

  it('names what is wrong with the flags and the file', async () => {
    const [first] = (await outcomeOf(played)).open;
    const without = await reconcile(played, '--ignore', first?.id ?? '');
    expect(without.error).toMatchObject({ code: 'RECONCILIATION_DECISION_INVALID' });
    const none = await runCommand('reconcile', played, '--venue', join(folder, 'none.json'));
    expect(none.error).toMatchObject({ code: 'DATA_FILE_NOT_FOUND' });
    const broken = writeInto(folder, 'broken.json', '{');
    const unread = await runCommand('reconcile', played, '--venue', broken);
    expect(unread.error).toMatchObject({ code: 'VENUE_SNAPSHOT_INVALID' });
    const help = await runCommand('reconcile', '--help');
    expect(help.stdout).toContain('Exit code: 0 when nothing differs');
  });
});
