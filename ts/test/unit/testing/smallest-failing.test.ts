import { smallestFailing } from '#ts/testing/smallest-failing.js';
import { expect, it } from 'vitest';

const all = Array.from({ length: 200 }, (_, index) => index);

it('keeps only what is needed', () => {
  expect(smallestFailing(all, 1_000, (kept) => kept.includes(17) && kept.includes(140))).toEqual([
    17, 140,
  ]);
});

it('keeps nothing where nothing is needed, and stops after so many runs', () => {
  expect(smallestFailing(all, 10, () => true)).toEqual([]);
  let runs = 0;
  const kept = smallestFailing(all, 7, () => {
    runs += 1;
    return false;
  });
  expect([runs, kept.length]).toEqual([7, 200]);
});
