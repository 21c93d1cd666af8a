import { existsSync, readdirSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { parseDataDescription } from '#ts/market/data-description.js';
import { BAR_BATCH_MAX } from '#ts/market/import/bar-batch.js';
import { BarReader } from '#ts/market/import/bar-reader.js';
import type { ImportOptions } from '#ts/market/import/bar-sink.js';

import { failureOf, HEADER, thrownBy, writeFile } from './import-fixture.js';

const OPEN_FILES = '/proc/self/fd';
const MINUTE_MS = 60_000;

function minuteBars(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    return `${1_577_934_240_000 + index * MINUTE_MS},10,11,9,10,${index}`;
  });
  return [HEADER, ...rows].join('\n');
}

function optionsOf(file: string): ImportOptions {
  return { file, description: parseDataDescription({ symbol: 'X' }), instrument: 0 };
}

describe('bar reader', () => {
  it.each([1, 63, 64, 65, BAR_BATCH_MAX, BAR_BATCH_MAX + 1, 3 * BAR_BATCH_MAX + 7])(
    'TST-08: yields %i bars once each, in order',
    async (count) => {
      const options = optionsOf(writeFile('a.csv', minuteBars(count)));
      const description = parseDataDescription({ symbol: 'X', interval: '1m' });
      const reader = await BarReader.open({ ...options, description });
      const volumes: bigint[] = [];
      for await (const batch of reader.batches()) {
        for (let index = 0; index < batch.count; index += 1) volumes.push(batch.volumeLots(index));
      }
      expect(volumes).toEqual(Array.from({ length: count }, (_, index) => BigInt(index)));
      expect(reader.report()).toMatchObject({ rows: count, bars: count });
    },
  );

  it('TST-08: tells an empty file', async () => {
    for (const text of ['', '\n \n\r\n', '\uFEFF']) {
      const reader = await BarReader.open(optionsOf(writeFile('a.csv', text)));
      expect((await failureOf(reader.batches().next())).code).toBe('DATA_EMPTY');
      expect(thrownBy(() => reader.report()).code).toBe('DATA_EMPTY');
    }
  });

  // Only Linux lists the open files of a process.
  it.skipIf(!existsSync(OPEN_FILES))(
    'closes its file when the reader leaves early, and when the options are wrong',
    async () => {
      const file = writeFile('a.csv', minuteBars(5000));
      const before = readdirSync(OPEN_FILES).length;
      const reader = await BarReader.open(optionsOf(file));
      for await (const _ of reader.batches()) break;
      await failureOf(BarReader.open({ ...optionsOf(file), from: 'never' }));
      expect(readdirSync(OPEN_FILES).length).toBe(before);
    },
  );
});
