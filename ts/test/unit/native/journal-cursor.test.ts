import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { JournalCursor } from '#ts/native/journal-cursor.js';
import { readJournal } from '#ts/native/journal-tools.js';
import { firstSegment, recordOffsets } from '../../support/journal-bytes.js';
import { NativeFixture } from '../../support/native-fixture.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const journal = join(temporaryFolder(), 'journal');
const fixture = new NativeFixture({ journalFolder: journal });
for (let bar = 0; bar < 4; bar += 1) {
  fixture.bar(1_000 + bar);
  fixture.submit({ lots: 1n, stopLossTicks: 900n });
}
fixture.session.close([]);
fixture.session.dispose();
const all = readJournal(journal, 0, 1_000);

describe('JournalCursor', () => {
  it('gives the records from one on, of the kinds asked for, or about an order', () => {
    expect([...new JournalCursor(journal).records()]).toEqual(all);
    expect([...new JournalCursor(journal, { first: 7 }).records()]).toEqual(all.slice(7));
    expect([...new JournalCursor(journal, { first: 7, near: true }).records()]).toEqual(
      all.slice(7),
    );
    const bars = [...new JournalCursor(journal, { kinds: ['bar'] }).records()];
    expect(bars).toEqual(all.filter(({ kind }) => kind === 'bar'));
    const order = [...new JournalCursor(journal, { order: '1' }).records()];
    expect(order).toEqual(
      all.filter(({ content }) => content['client_order_id'] === 1 || content['parent'] === 1),
    );
    expect(order.length).toBeGreaterThan(5);
  });

  it('counts where it stands, also past what is not wanted', () => {
    const cursor = new JournalCursor(journal, { kinds: ['quote'] });
    expect([...cursor.records()]).toEqual([]);
    expect(cursor.nextSequence).toBe(all.length);
    cursor.refresh();
    expect([...cursor.records()]).toEqual([]);
  });

  it('JOURNAL_TRUNCATED: comes behind the last whole record, again and again', () => {
    const segment = firstSegment(journal);
    truncateSync(segment, (recordOffsets(segment)[6] ?? 0) - 3);
    const cursor = new JournalCursor(journal);
    const found: unknown[] = [];
    const drain = () => {
      for (const record of cursor.records()) found.push(record);
    };
    expect(thrownBy(drain).code).toBe('JOURNAL_TRUNCATED');
    expect(found).toEqual(all.slice(0, 5));
    expect(thrownBy(drain).code).toBe('JOURNAL_TRUNCATED');
    expect(found).toHaveLength(5);
  });

  it('ARGUMENT_INVALID: refuses a kind that does not exist, and an order that is no id', () => {
    const kinds = ['bars'] as unknown as readonly ['bar'];
    expect(thrownBy(() => new JournalCursor(journal, { kinds })).code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => new JournalCursor(journal, { order: '-1' })).code).toBe(
      'ARGUMENT_INVALID',
    );
  });
});
