import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseDataDescription } from '#ts/market/data-description.js';
import { mergeBars, type MergeSource } from '#ts/market/import/bar-merge.js';
import { BarReader } from '#ts/market/import/bar-reader.js';

import { failureOf, HEADER, writeFile } from './import-fixture.js';

const START_MS = Date.UTC(2020, 0, 1);
const MINUTE_MS = 60_000;

async function sourceOf(
  instrument: number,
  minutes: readonly number[],
  interval: string,
): Promise<MergeSource> {
  const rows = minutes.map((minute) => `${START_MS + minute * MINUTE_MS},10,11,9,10,1`);
  const file = writeFile('m.csv', [HEADER, ...rows].join('\n'));
  const description = parseDataDescription({ symbol: 'X', interval });
  return { instrument, reader: await BarReader.open({ file, description, instrument }) };
}

async function merged(sources: readonly MergeSource[]): Promise<[number, number][]> {
  const order: [number, number][] = [];
  await mergeBars(sources, ({ instrument, batch, index }) => {
    const closeMs = Number((batch.tsCloseNs(index) + 1n) / 1_000_000n);
    order.push([(closeMs - START_MS) / MINUTE_MS, instrument]);
  });
  return order;
}

describe('bar merge', () => {
  it('ARC-22: orders by close time, not by open time, then by instrument', async () => {
    const hourly = await sourceOf(0, [0, 60], '1h');
    const minutes = await sourceOf(1, [0, 1, 59, 60], '1m');
    expect(await merged([minutes, hourly])).toEqual([
      [1, 1],
      [2, 1],
      [60, 0],
      [60, 1],
      [61, 1],
      [120, 0],
    ]);
  });

  it('ARC-22: gives the same order for any sources in any arrangement', async () => {
    const minutes = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(minutes, { minLength: 1, maxLength: 6 }), async (lists) => {
        const sorted = lists.map((list) => [...list].sort((a, b) => a - b));
        const open = async (): Promise<MergeSource[]> =>
          await Promise.all(sorted.map((list, index) => sourceOf(index, list, '1m')));
        const expected = sorted
          .flatMap((list, index) => list.map((minute): [number, number] => [minute + 1, index]))
          .sort(([time, left], [other, right]) => time - other || left - right);
        expect(await merged(await open())).toEqual(expected);
        expect(await merged((await open()).reverse())).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('ends all sources when one fails', async () => {
    const good = await sourceOf(0, [0, 1, 2], '1m');
    const bad = await sourceOf(1, [5, 4], '1m');
    expect((await failureOf(merged([good, bad]))).context['reason']).toBe('time goes back');
  });
});
