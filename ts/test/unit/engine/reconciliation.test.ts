import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { Reconciliation } from '#ts/engine/reconciliation.js';
import { replayJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { STOCK } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';
import { divergedVenue, playedJournal } from '../../support/venue-state.js';

const folder = temporaryFolder();
const venue = divergedVenue(STOCK.symbol);
let played: string;
let copies = 0;

beforeAll(async () => {
  played = await playedJournal(join(folder, 'session'));
});

/** A journal of its own for each test that writes. */
function copy(): string {
  copies += 1;
  const path = join(folder, `journal-${copies}`);
  cpSync(played, path, { recursive: true });
  return path;
}

describe('Reconciliation', () => {
  it('ORD-10: lists every difference, and a look writes nothing', () => {
    const before = verifyJournal(played);
    const reconciliation = new Reconciliation(played);
    expect(reconciliation.restart).toMatchObject({ snapshot: null, refused: [], cut_bytes: 0 });
    const { open, mode, balances_wait } = reconciliation.compare(venue);
    const codes = open.map(({ code }) => code).sort();
    expect(codes).toEqual(['ORDER_MISSING_HERE', 'ORDER_MISSING_THERE', 'POSITION_DIFFERS']);
    expect([mode, balances_wait]).toEqual(['reduced', true]);
    const position = open.find(({ code }) => code === 'POSITION_DIFFERS');
    expect(position).toMatchObject({ symbol: 'STOCK', here: '3', there: '7' });
    expect(position?.decisions).toEqual(['adopt', 'flatten', 'ignore']);
    reconciliation.close();
    expect(verifyJournal(played)).toEqual(before);
    const again = new Reconciliation(played).compare(venue);
    expect(again.open.map(({ id }) => id)).toEqual(open.map(({ id }) => id));
  });

  it('ORD-10: decisions are in the journal, a restart goes on from the snapshot, and replay gives all of it', () => {
    const journal = copy();
    const reconciliation = new Reconciliation(journal, { write: true, nowMs: 1 });
    reconciliation.compare(venue);
    const { open, mode } = reconciliation.adoptAll('moved by hand');
    expect([open, mode]).toEqual([[], 'normal']);
    reconciliation.close();
    reconciliation.close();
    expect(thrownBy(() => reconciliation.state).code).toBe('HANDLE_CLOSED');

    const later = new Reconciliation(journal);
    expect(later.restart.snapshot).toBe(verifyJournal(journal).records);
    expect(later.restart.replayed).toBe(0);
    const settled = { ...venue, ts: '2026-11-21T16:00:01Z' };
    expect(later.compare(settled).open).toEqual([]);
    expect(replayJournal(journal).journal.records).toBe(verifyJournal(journal).records);
  });

  it('flattening gives the commands that the venue has to be told', () => {
    const reconciliation = new Reconciliation(copy(), { write: true });
    const { open } = reconciliation.compare(venue);
    const id = (code: string) => open.find((item) => item.code === code)?.id ?? '';
    reconciliation.decide(id('POSITION_DIFFERS'), 'flatten');
    const { commands } = reconciliation.decide(id('ORDER_MISSING_HERE'), 'flatten');
    const place = { command: 'place', side: 'sell', quantity: '7', type: 'market' };
    expect(commands).toContainEqual(expect.objectContaining({ ...place, reduce_only: true }));
    const cancel = { command: 'cancel', venue_order_id: '8812' };
    expect(commands).toContainEqual(expect.objectContaining(cancel));
    reconciliation.close();
  });

  it('RECONCILIATION_ITEM_UNKNOWN, RECONCILIATION_DECISION_INVALID, VENUE_SNAPSHOT_STALE: what cannot be is refused', () => {
    const reconciliation = new Reconciliation(played);
    const { open } = reconciliation.compare(venue);
    const [first] = open;
    const decide = (item: string, reason?: string) =>
      thrownBy(() => reconciliation.decide(item, 'ignore', reason)).code;
    expect(decide('0123456789abcdef', 'x')).toBe('RECONCILIATION_ITEM_UNKNOWN');
    expect(decide('none', 'x')).toBe('RECONCILIATION_ITEM_UNKNOWN');
    expect(decide(first?.id ?? '')).toBe('RECONCILIATION_DECISION_INVALID');
    const older = { ...venue, ts: '2026-11-21T15:00:00Z' };
    expect(thrownBy(() => reconciliation.compare(older)).code).toBe('VENUE_SNAPSHOT_STALE');
    const other = { ...venue, positions: [{ symbol: 'OTHER', quantity: 1 }] };
    const unknown = thrownBy(() => reconciliation.compare(other));
    expect(unknown).toMatchObject({ code: 'VENUE_SNAPSHOT_INVALID' });
    expect(unknown.message).toContain('such as STOCK');
    expect(thrownBy(() => new Reconciliation(7 as never)).code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => new Reconciliation(join(folder, 'none'))).code).toBe('JOURNAL_NOT_FOUND');
  });

  it('SNAPSHOT_CORRUPT, SNAPSHOT_FOREIGN, SNAPSHOT_VERSION: a snapshot that does not hold is told, and the journal is used', () => {
    const journal = copy();
    const written = new Reconciliation(journal, { write: true });
    written.compare(venue);
    written.close();
    const name = readdirSync(journal).find((file) => file.endsWith('.snapshot')) ?? '';
    const path = join(journal, name);
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 1);
    const { restart, state } = new Reconciliation(journal);
    expect(restart.refused).toMatchObject([{ file: name, code: 'SNAPSHOT_CORRUPT' }]);
    expect(restart.snapshot).toBeNull();
    expect(state.mode).toBe('reduced');
    // The whole snapshot beside another journal.
    const other = copy();
    writeFileSync(join(other, name), whole);
    const foreign = new Reconciliation(other).restart.refused;
    expect(foreign).toMatchObject([{ code: 'SNAPSHOT_FOREIGN' }]);
  });
});
