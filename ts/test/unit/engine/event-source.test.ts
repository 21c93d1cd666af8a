import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { ChunkSource, type EventSource, FileSource, TickSource } from '#ts/engine/event-source.js';
import { parseDataDescription } from '#ts/market/data-description.js';
import { MarketEventBuffer } from '#ts/market/market-event.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { rejectionOf } from '../../support/thrown-error.js';

const folder = temporaryFolder();

/** Drains a source to its end; returns the closes that it gave. */
async function closesOf(source: EventSource): Promise<readonly bigint[]> {
  const closes: bigint[] = [];
  for (;;) {
    const count = source.next();
    if (count < 0) return closes;
    if (count === 0) await new Promise((turn) => setImmediate(turn));
    const events = new MarketEventBuffer(source.records);
    for (let index = 0; index < count; index += 2) closes.push(events.readBar(index).closeTicks);
  }
}

describe('ChunkSource', () => {
  it('gives every bar through a ring, chunk by chunk', async () => {
    const chunks = randomWalkBars({ seed: 1, bars: 1_300 });
    const source = new ChunkSource(chunks);
    expect(source.doneFrac).toBeNaN();
    expect(await closesOf(source)).toEqual([...chunks].flatMap((chunk) => [...chunk.closeTicks]));
    expect(source.next()).toBe(-1);
    expect(await source.reports()).toEqual([]);
    await source.close();
    await source.close();
  });
});

describe('TickSource', () => {
  it('ARC-08: gives every tick through a ring, and asks for no more than a batch at once', () => {
    let asked = 0;
    function* ticks() {
      for (; asked < 1_500; asked += 1) {
        const [instrument, tsEventNs, priceTicks, quantityLots, tradeId] = [0, asked, 10, 1, asked];
        yield {
          kind: 'trade',
          instrument,
          tsEventNs,
          priceTicks,
          quantityLots,
          tradeId,
          side: 'buy',
        } as const;
      }
    }
    const source = new TickSource(ticks());
    expect(source.next()).toBe(1_024);
    expect(asked).toBeLessThanOrEqual(1_025);
    expect(new MarketEventBuffer(source.records).readTrade(1_023).tradeId).toBe(1_023n);
    expect([source.next(), source.next(), source.next()]).toEqual([476, -1, -1]);
  });
});

describe('FileSource', () => {
  const importOf = (file: string) => ({
    file,
    description: parseDataDescription({ symbol: 'A', interval: '1d' }),
    instrument: 0,
  });

  it('gives the bars that a worker reads, and says how much was read', async () => {
    const rows = [
      'date,open,high,low,close,volume',
      '2020-01-02,1,1,1,1,5',
      '2020-01-03,2,2,2,2,5',
    ];
    const source = new FileSource([importOf(writeInto(folder, 'a.csv', rows.join('\n')))]);
    expect(await closesOf(source)).toEqual([100n, 200n]);
    expect(source.doneFrac).toBe(1);
    expect(await source.reports()).toMatchObject([{ rows: 2, bars: 2 }]);
    await source.close();
  });

  it('DATA_FILE_NOT_FOUND: ends, and tells with its report why', async () => {
    const source = new FileSource([importOf(join(folder, 'nowhere.csv'))]);
    expect(await closesOf(source)).toEqual([]);
    expect((await rejectionOf(source.reports())).code).toBe('DATA_FILE_NOT_FOUND');
    await source.close();
  });
});
