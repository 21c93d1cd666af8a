import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';

import { Replica } from '#ts/native/replica.js';
import type { ClosedSession } from '#ts/native/native-session.js';
import { firstSegment, recordOffsets } from '../../support/journal-bytes.js';
import { NativeFixture } from '../../support/native-fixture.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const SEGMENT_HEADER_BYTES = 64;
let records: Buffer;
let offsets: readonly number[];
let closed: ClosedSession;

beforeAll(() => {
  const journal = join(temporaryFolder(), 'journal');
  const fixture = new NativeFixture({ journalFolder: journal });
  for (let bar = 0; bar < 20; bar += 1) {
    fixture.bar(1_000 + bar);
    fixture.submit({ lots: BigInt(bar + 1), stopLossTicks: 900n });
  }
  closed = fixture.session.close([]);
  fixture.session.dispose();
  const segment = firstSegment(journal);
  records = readFileSync(segment).subarray(SEGMENT_HEADER_BYTES);
  offsets = recordOffsets(segment).map((offset) => offset - SEGMENT_HEADER_BYTES);
});

function expectSameState(replica: Replica): void {
  const { journal_records: count, journal_head: _, ...snapshot } = closed;
  expect(replica.snapshot()).toEqual(snapshot);
  expect(replica.nextSequence).toBe(count);
  expect(replica.isClosed).toBe(true);
}

describe('Replica', () => {
  it('is the engine that wrote the records, however they are cut', () => {
    const replica = new Replica();
    expect(replica.snapshot()).toBeNull();
    let completed = 0;
    for (let at = 0; at < records.length; at += 37) {
      completed += replica.feed(records.subarray(at, at + 37));
    }
    expect(completed).toBe(closed.journal_records);
    expectSameState(replica);
  });

  it('takes the records of a group when all of it has come', () => {
    const replica = new Replica();
    expect(replica.feed(records.subarray(0, offsets.at(-2)))).toBe(0);
    expect(replica.isClosed).toBe(false);
    expect(replica.snapshot()).toBeNull();
    expect(replica.feed(records.subarray(offsets.at(-2)))).toBe(closed.journal_records);
    expectSameState(replica);
  });

  it('is fed from another thread', async () => {
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       for (let at = 0; at < workerData.length; at += 1000)
         parentPort.postMessage(workerData.slice(at, at + 1000));`,
      { eval: true, workerData: new Uint8Array(records) },
    );
    const replica = new Replica();
    worker.on('message', (bytes: Uint8Array) => replica.feed(bytes));
    await once(worker, 'exit');
    expectSameState(replica);
  });

  it('is fed from a socket', async () => {
    const server = createServer((socket) => socket.end(records));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const replica = new Replica();
    socket.on('data', (bytes) => replica.feed(bytes));
    await once(socket, 'close');
    server.close();
    expectSameState(replica);
  });

  it('JOURNAL_GAP: names the record that must come, and goes on from there', () => {
    const [, second = 0, third = 0] = offsets;
    const replica = new Replica();
    replica.feed(records.subarray(0, second));
    const error = thrownBy(() => replica.feed(records.subarray(third)));
    expect(error).toMatchObject({ code: 'JOURNAL_GAP', retryable: true });
    expect(error.context).toMatchObject({ expected: '1', sequence: '2' });
    replica.feed(records.subarray(second));
    expectSameState(replica);
  });

  it('refuses forged bytes and what is no bytes', () => {
    const forged = Buffer.from(records);
    const at = (offsets[3] ?? 0) + 30;
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(thrownBy(() => new Replica().feed(forged)).code).toBe('JOURNAL_CORRUPT');
    for (const wrong of ['abc', 7, null, new ArrayBuffer(8)]) {
      expect(thrownBy(() => new Replica().feed(wrong as never)).code).toBe('ARGUMENT_INVALID');
    }
  });
});
