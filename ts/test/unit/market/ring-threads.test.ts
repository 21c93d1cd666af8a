import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { expect, it } from 'vitest';

import { MarketEventBuffer } from '#ts/market/market-event.js';
import { Ring } from '#ts/market/ring.js';

const DIST = pathToFileURL(resolve('dist')).href;

/** Starts a thread that has `ring`, `events` and `parentPort`, and runs `body`. */
function startThread(ring: Ring, body: string): Worker {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const { Ring } = await import(workerData.dist + '/market/ring.js');
      const { MarketEventBuffer } = await import(workerData.dist + '/market/market-event.js');
      const ring = Ring.attach(workerData.memory);
      const events = new MarketEventBuffer(ring.records);
      ${body}
    })();`;
  return new Worker(code, { eval: true, workerData: { dist: DIST, memory: ring.memory } });
}

/** Publishes `total` trades, id = sequence, in batches of `batch`, waiting for space. */
function producerOf(total: number, batch: number): string {
  return `
    for (let next = 0; next < ${total}; ) {
      const count = Math.min(${batch}, ${total} - next);
      for (let i = 0; i < count; i += 1) {
        const tradeId = next + i;
        const price = tradeId * 3;
        events.writeTrade(i, { instrument: tradeId % 5, tsEventNs: tradeId, priceTicks: price,
          quantityLots: 1, tradeId, side: tradeId % 2 === 0 ? 'buy' : 'sell' });
      }
      for (let sent = 0; sent < count; ) {
        sent += ring.publish(count - sent, sent);
        if (sent < count) ring.waitForSpace(10_000);
      }
      next += count;
    }
    ring.closeWrite();
    ring.close();`;
}

/** Drains until the producer has closed; returns how many records were as expected. */
function consumeTrades(ring: Ring): number {
  const events = new MarketEventBuffer(ring.records);
  let next = 0;
  for (;;) {
    const isLast = ring.isClosedForWrite;
    const count = ring.drain();
    for (let index = 0; index < count; index += 1, next += 1) {
      const trade = events.readTrade(index);
      const isExpected =
        events.sequence(index) === BigInt(next) &&
        trade.tradeId === BigInt(next) &&
        trade.priceTicks === BigInt(next * 3) &&
        trade.instrument === next % 5 &&
        trade.side === (next % 2 === 0 ? 'buy' : 'sell');
      if (!isExpected) return next;
    }
    if (count > 0) continue;
    if (isLast) return next;
    ring.waitForRecords(10_000);
  }
}

it.each([
  { capacity: 1, batch: 1, total: 3000 },
  { capacity: 16, batch: 64, total: 20_000 },
  { capacity: 4096, batch: 64, total: 60_000 },
])(
  'NAT-05: two threads pass $total records through a ring of $capacity',
  async ({ capacity, batch, total }) => {
    const ring = Ring.create({ capacity });
    const producer = startThread(ring, producerOf(total, batch));
    const received = consumeTrades(ring);
    await once(producer, 'exit');
    expect(received).toBe(total);
    expect(ring.stats()).toMatchObject({ published: BigInt(total), drained: BigInt(total) });
    ring.close();
  },
);

it('wakes a sleeping consumer when the producer closes without a record', async () => {
  const ring = Ring.create({ capacity: 8 });
  const producer = startThread(ring, `setTimeout(() => ring.closeWrite(), 50);`);
  const startedMs = performance.now();
  expect(ring.waitForRecords(30_000)).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(25_000);
  await producer.terminate();
  ring.close();
});

it('wakes a producer that sleeps on a full ring', async () => {
  const ring = Ring.create({ capacity: 1 });
  const fill = new MarketEventBuffer(ring.records);
  fill.writeQuote(0, {
    instrument: 1,
    tsEventNs: 1n,
    bidTicks: 1,
    bidLots: 1,
    askTicks: 2,
    askLots: 1,
  });
  ring.publish(1);
  const consumer = startThread(ring, `setTimeout(() => ring.drain(), 50);`);
  expect(ring.waitForSpace(30_000)).toBe(true);
  expect(ring.publish(1)).toBe(1);
  await consumer.terminate();
  ring.close();
});

it('lets another producer follow when the thread of the first was terminated', async () => {
  const ring = Ring.create({ capacity: 8 });
  const first = startThread(
    ring,
    `ring.publish(1); parentPort.postMessage('published'); setInterval(() => undefined, 1000);`,
  );
  await once(first, 'message');
  expect(() => ring.publish(1)).toThrow(expect.objectContaining({ code: 'RING_INVALID' }));
  await first.terminate();
  expect(ring.publish(1)).toBe(1);
  ring.close();
});

it('frees the memory of a ring that nobody refers to, closed or not', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const forgotten = [true, false].map((isClosed) => {
    const ring = Ring.create({ capacity: 8 });
    ring.publish(1);
    if (isClosed) ring.close();
    return new WeakRef(ring.memory);
  });
  // Finalizers run between turns of the event loop, and free what the next collection takes.
  for (let turn = 0; turn < 20; turn += 1) {
    collectGarbage();
    // oxlint-disable-next-line no-await-in-loop -- the turns follow each other by intent
    await new Promise((done) => setImmediate(done));
  }
  expect(forgotten.map((memory) => memory.deref())).toEqual([undefined, undefined]);
});
