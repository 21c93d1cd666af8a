import { describe, expect, it } from 'vitest';

import { noCounts, shrunk } from '../../support/fuzz-shrinking.js';
import { CASES_PER_WORLD, playWorld } from '../../support/gate-fuzz.js';

const WORLDS = 15;

describe('the gate under hostile orders', () => {
  it.each([
    ['of plain JavaScript', 1],
    ['in the native memory', 2],
  ])(
    'RISK-29: lets none %s pass that the slow reference denies, and refuses by a code',
    (_, at) => {
      const counts = noCounts();
      for (let world = 0; world < WORLDS; world += 1) playWorld(at + 2 * world, counts);
      expect(counts.cases).toBe(WORLDS * CASES_PER_WORLD);
      expect(counts.done + counts.denied + counts.refused).toBe(counts.cases);
      for (const many of [counts.done, counts.denied, counts.refused]) {
        expect(many).toBeGreaterThan(WORLDS);
      }
    },
    60_000,
  );

  it('is told with the fewest and simplest acts that fail', () => {
    const play = (acts: readonly number[]) => {
      if (acts.some((act) => act > 100)) throw new Error(`too large: ${acts.join()}`);
    };
    const steps = [() => 0, (act: number) => Math.min(act, 101)];
    expect(shrunk([5, 7, 340, 9, 200], { play, steps }).acts).toEqual([101]);
  });
});
