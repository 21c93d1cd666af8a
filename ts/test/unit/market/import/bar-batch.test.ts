import { expect, it } from 'vitest';

import { BAR_BATCH_MAX, BarBatch } from '#ts/market/import/bar-batch.js';

it('keeps bars as they were pushed, until it is full or cleared', () => {
  const batch = new BarBatch();
  for (let index = 0; index < BAR_BATCH_MAX; index += 1) {
    expect(batch.isFull).toBe(false);
    const at = BigInt(index);
    batch.push({
      tsOpenNs: at,
      tsCloseNs: at + 1n,
      openTicks: at + 2n,
      highTicks: at + 3n,
      lowTicks: at + 4n,
      closeTicks: at + 5n,
      volumeLots: at + 6n,
    });
  }
  expect(batch.isFull).toBe(true);
  const last = BAR_BATCH_MAX - 1;
  const values = [
    batch.tsOpenNs(last),
    batch.tsCloseNs(last),
    batch.openTicks(last),
    batch.highTicks(last),
    batch.lowTicks(last),
    batch.closeTicks(last),
    batch.volumeLots(last),
  ];
  expect(values).toEqual([0, 1, 2, 3, 4, 5, 6].map((offset) => BigInt(last + offset)));
  batch.clear();
  expect(batch.count).toBe(0);
});
