import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import {
  compactJournal,
  journalConfiguration,
  readJournal,
  replayJournal,
  verifyAnchoredJournal,
  verifyJournal,
} from '#ts/native/journal-tools.js';
import { firstSegment, recordOffsets } from '../../support/journal-bytes.js';
import { NativeFixture } from '../../support/native-fixture.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const folder = temporaryFolder();
let count = 0;
let journal: string;
let segment: string;
let stateHash: string;

beforeEach(() => {
  count += 1;
  journal = join(folder, `journal-${count}`);
  const fixture = new NativeFixture({ journalFolder: journal });
  for (let bar = 0; bar < 5; bar += 1) {
    fixture.bar(1_000 + bar);
    fixture.submit({ lots: BigInt(bar + 1), stopLossTicks: 900n });
  }
  stateHash = fixture.session.close([]).state_hash;
  fixture.session.dispose();
  segment = firstSegment(journal);
});

describe('verifyJournal', () => {
  it('sums an intact journal up', () => {
    const offsets = recordOffsets(segment);
    expect(verifyJournal(journal)).toEqual({
      records: offsets.length - 1,
      first_sequence: 0,
      segments: 1,
      bytes: offsets.at(-1),
      head: expect.stringMatching(/^[0-9a-f]{64}$/),
      closed: true,
      first_ns: '0',
      last_ns: '299999999999',
    });
  });

  it('JOURNAL_NOT_FOUND: names the path, and what would be there', () => {
    for (const path of [join(folder, 'nowhere'), folder, segment, '', 'a\0b']) {
      const error = thrownBy(() => verifyJournal(path));
      expect(error.code).toBe('JOURNAL_NOT_FOUND');
      expect(error.message).toContain('000001.journal');
    }
  });

  it('JOURNAL_TRUNCATED: a journal that ends inside a record, wherever', () => {
    const offsets = recordOffsets(segment);
    const last = offsets.length - 2;
    const [start = 0, end = 0] = offsets.slice(-2);
    for (const at of [end - 1, end - 36, start + 24, start + 1]) {
      truncateSync(segment, at);
      const error = thrownBy(() => verifyJournal(journal));
      expect(error.code).toBe('JOURNAL_TRUNCATED');
      expect(error.context).toMatchObject({
        sequence: String(last),
        file: '000001.journal',
        offset: String(start),
      });
    }
  });

  it('JOURNAL_TRUNCATED: a journal that ends behind a whole record in the midst of a group', () => {
    const offsets = recordOffsets(segment);
    const last = offsets.length - 2;
    truncateSync(segment, offsets[last] ?? 0);
    for (const read of [verifyJournal, replayJournal]) {
      const error = thrownBy(() => read(journal));
      expect(error.code).toBe('JOURNAL_TRUNCATED');
      expect(error.message).toContain('in the midst of a group');
      expect(error.context).toMatchObject({ sequence: String(last) });
    }
  });

  it('JOURNAL_CORRUPT: records that were swapped, taken out, or put in twice', () => {
    const bytes = readFileSync(segment);
    const offsets = recordOffsets(segment);
    const record = (index: number) => bytes.subarray(offsets[index], offsets[index + 1]);
    const head = bytes.subarray(0, offsets[2]);
    const forgeries = [
      [head, record(3), record(2), bytes.subarray(offsets[4])],
      [head, bytes.subarray(offsets[3])],
      [head, record(2), bytes.subarray(offsets[2])],
    ];
    for (const [index, parts] of forgeries.entries()) {
      writeFileSync(segment, Buffer.concat(parts));
      const error = thrownBy(() => verifyJournal(journal));
      expect(error.code).toBe('JOURNAL_CORRUPT');
      expect(error.context['sequence']).toBe(index === 2 ? '3' : '2');
    }
  });

  it('JOURNAL_CORRUPT: a segment that is missing before another, or that is another one', () => {
    writeFileSync(join(journal, '000003.journal'), readFileSync(segment));
    expect(thrownBy(() => verifyJournal(journal)).message).toContain('a segment is missing');
    rmSync(join(journal, '000003.journal'));
    writeFileSync(join(journal, '000002.journal'), readFileSync(segment));
    expect(thrownBy(() => verifyJournal(journal)).message).toContain(
      "the segment's header differs",
    );
  });

  it('NAT-30: ARGUMENT_INVALID: refuses a path that is no text', () => {
    const verify = verifyJournal as (folder: unknown) => unknown;
    for (const value of [undefined, 7, null]) {
      expect(thrownBy(() => verify(value)).code).toBe('ARGUMENT_INVALID');
    }
  });
});

describe('verifyAnchoredJournal', () => {
  const anchorsAt = (lines: readonly unknown[]) =>
    writeInto(
      folder,
      `anchors-${count}.jsonl`,
      lines.map((line) => JSON.stringify(line)).join('\n'),
    );

  it('SEC-07: compares heads that were kept outside with the chain', () => {
    const { records, head } = verifyJournal(journal);
    const anchors = anchorsAt([{ next_sequence: records, head }]);
    expect(verifyAnchoredJournal(journal, anchors)).toMatchObject({
      summary: { records, head },
      anchors: { matched: 1, given_up: 0 },
    });
  });

  it('JOURNAL_ANCHOR_MISMATCH: a journal that is another one, or shorter', () => {
    const { records, head } = verifyJournal(journal);
    for (const line of [
      { next_sequence: records, head: head.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
      { next_sequence: records + 1, head },
    ]) {
      const error = thrownBy(() => verifyAnchoredJournal(journal, anchorsAt([line])));
      expect(error.code).toBe('JOURNAL_ANCHOR_MISMATCH');
    }
  });

  it('JOURNAL_IO: names a file of anchors that cannot be read', () => {
    const error = thrownBy(() => verifyAnchoredJournal(journal, join(folder, 'none.jsonl')));
    expect(error).toMatchObject({
      code: 'JOURNAL_IO',
      context: { path: join(folder, 'none.jsonl') },
    });
    expect(thrownBy(() => verifyAnchoredJournal(journal, anchorsAt([7]))).code).toBe('JOURNAL_IO');
  });
});

describe('journalConfiguration and compactJournal', () => {
  it('the configuration has a fingerprint, and what it was', () => {
    const configuration = journalConfiguration(journal);
    expect(configuration?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(configuration?.record.content['engine']).toMatchObject({ start_cash: '100000' });
  });

  it('the only segment is never packed nor removed', () => {
    const before = verifyJournal(journal);
    const done = compactJournal(journal, { pack: true, segmentsMax: 0, bytesMax: 0, nowMs: 5 });
    expect(done).toMatchObject({ packed: 0, removed: 0 });
    expect(verifyJournal(journal)).toEqual(before);
  });

  it('JOURNAL_LOCKED: an open journal is not compacted, and a second session is refused', () => {
    const open = join(folder, `open-${count}`);
    const fixture = new NativeFixture({ journalFolder: open });
    const error = thrownBy(() => compactJournal(open, { pack: true, nowMs: Date.now() }));
    expect(error.code).toBe('JOURNAL_LOCKED');
    expect(error.context['pid']).toBe(String(process.pid));
    expect(error.message).toContain(`process ${process.pid} on `);
    expect(thrownBy(() => new NativeFixture({ journalFolder: open })).code).toBe('JOURNAL_LOCKED');
    fixture.session.close([]);
    fixture.session.dispose();
    expect(compactJournal(open, { pack: true, nowMs: Date.now() }).removed).toBe(0);
  });
});

describe('replayJournal', () => {
  it('SIM-08: gives every record and the state again', () => {
    expect(replayJournal(journal)).toEqual({
      journal: verifyJournal(journal),
      state_hash: stateHash,
      compared_with_close: true,
    });
  });

  it('fails as verifyJournal does', () => {
    expect(thrownBy(() => replayJournal(folder)).code).toBe('JOURNAL_NOT_FOUND');
    truncateSync(segment, recordOffsets(segment)[3] ?? 0);
    expect(thrownBy(() => replayJournal(journal)).code).toBe('JOURNAL_TRUNCATED');
    truncateSync(segment, 64);
    expect(thrownBy(() => replayJournal(journal)).message).toContain(
      'must begin with session_opened',
    );
  });
});

describe('readJournal', () => {
  it('gives records from a sequence on, at most as many as asked for', () => {
    const all = readJournal(journal, 0, 1_000);
    expect(all).toHaveLength(verifyJournal(journal).records);
    expect(all.map((record) => record.sequence)).toEqual(all.map((_, index) => index));
    expect(readJournal(journal, 3, 2)).toEqual(all.slice(3, 5));
    expect(readJournal(journal, all.length, 5)).toEqual([]);
    expect(readJournal(journal, 0, 0)).toEqual([]);
    expect(readJournal(journal, -5, 1)).toEqual(all.slice(0, 1));
  });

  it('says what happened: configuration, bars, orders, verdicts and the end', () => {
    const all = readJournal(journal, 0, 1_000);
    expect(all[0]).toMatchObject({ kind: 'session_opened', ts_ns: '0' });
    expect(all[0]?.content['engine']).toMatchObject({ start_cash: '100000' });
    expect(all.at(-1)?.kind).toBe('session_closed');
    const kinds = new Set(all.map((record) => record.kind));
    for (const kind of [
      'bar',
      'order_submitted',
      'verdict',
      'order_changed',
      'venue_report',
      'position_changed',
      'order_derived',
    ]) {
      expect(kinds, kind).toContain(kind);
    }
  });

  it('reads what stands before a corrupt record', () => {
    const bytes = readFileSync(segment);
    const offsets = recordOffsets(segment);
    bytes.writeUInt8(0xff, (offsets[10] ?? 0) + 30);
    writeFileSync(segment, bytes);
    expect(readJournal(journal, 0, 9)).toHaveLength(9);
    expect(thrownBy(() => readJournal(journal, 0, 20)).code).toBe('JOURNAL_CORRUPT');
  });
});
