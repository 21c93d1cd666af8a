import { expect, it } from 'vitest';

import { FeedControl } from '#ts/market/import/feed-control.js';

it('shares counters and the wish to stop between two views of one memory', () => {
  const main = new FeedControl();
  const worker = new FeedControl(main.memory);
  expect(main.progress).toEqual({ readBytes: 0, totalBytes: 0, bars: 0 });
  worker.add('totalBytes', 5_000_000_000);
  worker.add('readBytes', 3_000_000_000);
  worker.add('readBytes', 2_000_000_000);
  worker.add('bars', 7);
  expect(main.progress).toEqual({ readBytes: 5e9, totalBytes: 5e9, bars: 7 });
  expect(worker.isStopping).toBe(false);
  main.stop();
  expect(worker.isStopping).toBe(true);
});
