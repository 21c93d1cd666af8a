import { afterEach, describe, expect, it } from 'vitest';

import { MarketEventBuffer } from '#ts/market/market-event.js';
import { BarBatch } from '#ts/market/import/bar-batch.js';
import { BarPublisher } from '#ts/market/import/bar-publisher.js';
import { FeedControl } from '#ts/market/import/feed-control.js';
import { RING_BATCH_MAX, Ring } from '#ts/market/ring.js';

import { thrownBy } from './import-fixture.js';

const rings: Ring[] = [];

afterEach(() => {
  for (const ring of rings.splice(0)) ring.close();
});

function setUp(capacity: number): { ring: Ring; control: FeedControl; publisher: BarPublisher } {
  const ring = Ring.create({ capacity });
  rings.push(ring);
  const control = new FeedControl();
  return { ring, control, publisher: new BarPublisher(ring, control) };
}

function batchOfOne(): BarBatch {
  const batch = new BarBatch();
  batch.push({
    tsOpenNs: 60n,
    tsCloseNs: 119n,
    openTicks: 10n,
    highTicks: 12n,
    lowTicks: 9n,
    closeTicks: 11n,
    volumeLots: 5n,
  });
  return batch;
}

describe('bar publisher', () => {
  it('publishes a bar as two records of the ring', () => {
    const { ring, control, publisher } = setUp(8);
    publisher.write({ instrument: 3, batch: batchOfOne(), index: 0 });
    expect(ring.drain()).toBe(0);
    publisher.flush();
    expect(ring.drain()).toBe(2);
    expect(new MarketEventBuffer(ring.records).readBar(0)).toMatchObject({
      instrument: 3,
      tsOpenNs: 60n,
      tsCloseNs: 119n,
      openTicks: 10n,
      highTicks: 12n,
      lowTicks: 9n,
      closeTicks: 11n,
      volumeLots: 5n,
    });
    expect(control.progress.bars).toBe(1);
  });

  it('publishes by itself when its staging buffer is full', () => {
    const { ring, publisher } = setUp(2 * RING_BATCH_MAX);
    const batch = batchOfOne();
    for (let bar = 0; bar < RING_BATCH_MAX / 2; bar += 1) {
      publisher.write({ instrument: 0, batch, index: 0 });
    }
    expect(ring.drain()).toBe(RING_BATCH_MAX);
  });

  it('ARC-08: waits at a full ring, and leaves when the feed is closed', () => {
    const { ring, control, publisher } = setUp(2);
    publisher.write({ instrument: 0, batch: batchOfOne(), index: 0 });
    publisher.flush();
    publisher.write({ instrument: 0, batch: batchOfOne(), index: 0 });
    control.stop();
    expect(thrownBy(() => publisher.flush()).code).toBe('HANDLE_CLOSED');
    expect(ring.drain()).toBe(2);
  });
});
