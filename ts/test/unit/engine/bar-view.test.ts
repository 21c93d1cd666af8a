import { expect, it } from 'vitest';

import { BarView } from '#ts/engine/bar-view.js';

it('reads the bar where native code writes it, and copies it only when asked', () => {
  const memory = Float64Array.of(1_000, 10, 12, 9, 11, 500, 3, 900);
  const bar = new BarView(memory);
  const copy = bar.toJSON();
  expect(copy).toEqual({
    instrument: 3,
    tsMs: 1_000,
    tsOpenMs: 900,
    open: 10,
    high: 12,
    low: 9,
    close: 11,
    volume: 500,
  });
  expect(JSON.parse(JSON.stringify(bar))).toEqual(copy);
  memory[4] = 7;
  expect([bar.close, copy.close]).toEqual([7, 11]);
});
