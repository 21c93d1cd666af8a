import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { BarFeed, type BarFeedOptions, FEED_SOURCES_MAX } from '#ts/market/bar-feed.js';
import { type DataDescriptionInput, parseDataDescription } from '#ts/market/data-description.js';
import type { ImportOptions } from '#ts/market/import/bar-sink.js';
import { type BarEvent, MarketEventBuffer } from '#ts/market/market-event.js';

import { failureOf, HEADER, importFile, SP500_FILE, writeFile } from './import/import-fixture.js';

const feeds: BarFeed[] = [];

afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.close();
});

function open(options: BarFeedOptions): BarFeed {
  const feed = BarFeed.open(options);
  feeds.push(feed);
  return feed;
}

function sourceOf(
  file: string,
  instrument = 0,
  description: Partial<DataDescriptionInput> = {},
): ImportOptions {
  return {
    file,
    instrument,
    description: parseDataDescription({ symbol: 'X', ...description }),
  };
}

async function drain(feed: BarFeed): Promise<BarEvent[]> {
  const events = new MarketEventBuffer(feed.ring.records);
  const bars: BarEvent[] = [];
  for (let count = await feed.next(); count > 0; count = await feed.next()) {
    for (let index = 0; index < count; index += 2) bars.push(events.readBar(index));
  }
  return bars;
}

function minuteFile(count: number, startMinute = 0): string {
  const rows = Array.from({ length: count }, (_, index) => {
    return `${1_577_934_240 + 60 * (startMinute + index)},10,11,9,10,${index}`;
  });
  return writeFile('m.csv', [HEADER, ...rows].join('\n'));
}

describe('bar feed', () => {
  it('hands over the bars that the importer reads, in order, and its report', async () => {
    const feed = open({ sources: [sourceOf(SP500_FILE, 7, { round: 'nearest' })] });
    const bars = await drain(feed);
    const direct = await importFile(SP500_FILE, { round: 'nearest' });
    expect(bars.map(({ tsCloseNs, closeTicks }) => [tsCloseNs, closeTicks])).toEqual(
      direct.bars.map(({ tsCloseNs, closeTicks }) => [tsCloseNs, closeTicks]),
    );
    expect(bars.every(({ instrument }) => instrument === 7)).toBe(true);
    expect(await feed.report()).toEqual([direct.report]);
    const { readBytes, totalBytes, bars: barCount } = feed.progress;
    expect([readBytes, barCount]).toEqual([totalBytes, 5105]);
    expect(feed.totalBytes).toBe(totalBytes);
  });

  it('ARC-06, ARC-08: a slow consumer stalls the worker, and no bar is lost', async () => {
    const count = 5000;
    const feed = open({ sources: [sourceOf(minuteFile(count))], ringCapacity: 64 });
    await expect.poll(() => feed.ring.stats().stalls, { timeout: 10_000 }).toBeGreaterThan(0n);
    expect(feed.ring.stats().published).toBe(64n);
    const volumes = (await drain(feed)).map(({ volumeLots }) => volumeLots);
    expect(volumes).toEqual(Array.from({ length: count }, (_, index) => BigInt(index)));
    expect(await feed.report()).toMatchObject([{ bars: count }]);
  });

  it('works with the smallest ring that holds a bar', async () => {
    const feed = open({ sources: [sourceOf(minuteFile(300))], ringCapacity: 2 });
    expect(await drain(feed)).toHaveLength(300);
  });

  it('ARC-22: merges sources by close time, then by instrument', async () => {
    const sources = [sourceOf(minuteFile(3, 1), 1), sourceOf(minuteFile(4), 0)];
    const feed = open({ sources });
    const order = (await drain(feed)).map(
      ({ instrument, tsCloseNs }) => [tsCloseNs, instrument] as const,
    );
    expect(order.map(([, instrument]) => instrument)).toEqual([0, 0, 1, 0, 1, 0, 1]);
    expect(order.every(([time], index) => time >= (order[index - 1]?.[0] ?? 0n))).toBe(true);
    expect((await feed.report()).map(({ bars }) => bars)).toEqual([3, 4]);
  });

  it('keeps the bars before a bad row, then closes the ring and rejects with its error', async () => {
    const file = writeFile(
      'bad.csv',
      `${HEADER}\n2020-01-02,10,11,9,10,1\n2020-01-03,10,x,9,10,1\n`,
    );
    const feed = open({ sources: [sourceOf(file, 0, { interval: '1d' })] });
    await drain(feed);
    expect(feed.ring.isClosedForWrite).toBe(true);
    expect(await feed.next()).toBe(0);
    const error = await failureOf(feed.report());
    expect(error.code).toBe('DATA_ROW_INVALID');
    expect(error.context).toEqual({
      file,
      line: 3,
      column: 'high',
      reason: 'not a number',
      value: 'x',
    });
  });

  it('a failure that nobody asks for does not crash the process', async () => {
    const feed = open({ sources: [sourceOf('/does/not/exist.csv')] });
    expect(await drain(feed)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await failureOf(feed.report())).code).toBe('DATA_FILE_NOT_FOUND');
  });

  it('ends and says why when the worker dies without a word', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-feed-'));
    for (const part of ['core', 'market', 'native', 'bin']) {
      cpSync(join('dist', part), join(folder, 'dist', part), { recursive: true });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    cpSync('package.json', join(folder, 'package.json'));
    rmSync(join(folder, 'dist/market/feed-worker.js'));
    const script = `
      import { BarFeed } from '#ts/market/bar-feed.js';
      const feed = BarFeed.open({ sources: [{ file: 'x', instrument: 0, description: {} }] });
      const count = await feed.next();
      const error = await feed.report().catch((reason) => reason);
      await feed.close();
      console.log(JSON.stringify({ count, code: error.code, message: error.message }));`;
    const evaluate = ['--input-type=module', '-e', script];
    const output = execFileSync(process.execPath, evaluate, { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      count: 0,
      code: 'DATA_SOURCE_FAILED',
      message: expect.stringContaining('feed worker died'),
    });
    rmSync(folder, { recursive: true });
  });

  it('closes at any time, twice, and says so to who waits for the report', async () => {
    const feed = open({ sources: [sourceOf(minuteFile(5000))], ringCapacity: 64 });
    const waiting = failureOf(feed.report());
    feed.ring.waitForRecords(5000);
    await feed.close();
    await feed.close();
    expect((await waiting).code).toBe('HANDLE_CLOSED');
  });

  it('keeps its report after it was closed', async () => {
    const feed = open({ sources: [sourceOf(minuteFile(10))] });
    await drain(feed);
    await feed.report();
    await feed.close();
    expect(await feed.report()).toMatchObject([{ bars: 10 }]);
  });

  it('TST-08: refuses options that cannot work before it starts anything', () => {
    const source = sourceOf(SP500_FILE);
    const refused = [
      { sources: [] },
      { sources: [source, source] },
      { sources: Array.from({ length: FEED_SOURCES_MAX + 1 }, (_, i) => sourceOf(SP500_FILE, i)) },
      { sources: [source], ringCapacity: 1 },
      { sources: [source], ringCapacity: 100 },
    ];
    for (const options of refused) expect(() => BarFeed.open(options)).toThrow(HoldfastError);
  });
});
