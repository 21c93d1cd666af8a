import { Worker } from 'node:worker_threads';

import { expect, it } from 'vitest';

import { FeedControl } from '#ts/market/import/feed-control.js';
import type { FeedMessage } from '#ts/market/import/feed-message.js';
import { Ring } from '#ts/market/ring.js';

const WORKER = new URL('../../../../dist/market/feed-worker.js', import.meta.url);

async function messageOf(workerData: unknown): Promise<FeedMessage> {
  const worker = new Worker(WORKER, { workerData });
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

it('answers with an error, and not with a crash, whatever it is started with', async () => {
  const ring = Ring.create({ capacity: 2 });
  const controlMemory = new FeedControl().memory;
  const noSources = await messageOf({ ringMemory: ring.memory, controlMemory });
  expect(noSources).toMatchObject({ kind: 'failed', error: { code: 'DATA_SOURCE_FAILED' } });
  expect(ring.isClosedForWrite).toBe(true);
  const noRing = await messageOf({ sources: [], ringMemory: null, controlMemory });
  expect(noRing).toMatchObject({ kind: 'failed', error: { code: 'ARGUMENT_INVALID' } });
  ring.close();
});
