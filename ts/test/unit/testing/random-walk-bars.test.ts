import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { thrownBy } from '../../support/thrown-error.js';

const MINUTE_NS = 60_000_000_000n;

describe('randomWalkBars', () => {
  it('gives bars whose prices fit each other, in order of time, as many as asked for', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          bars: fc.integer({ min: 1, max: 1_200 }),
          startTicks: fc.integer({ min: 1, max: 50 }),
          stepTicksMax: fc.integer({ min: 1, max: 300 }),
          volumeLotsMax: fc.integer({ min: 1, max: 5 }),
        }),
        (options) => {
          let count = 0;
          let lastCloseNs = 0n;
          for (const chunk of randomWalkBars(options)) {
            for (let bar = 0; bar < chunk.tsOpenNs.length; bar += 1) {
              const [high = 0n, low = 0n] = [chunk.highTicks[bar], chunk.lowTicks[bar]];
              for (const ticks of [chunk.openTicks[bar] ?? 0n, chunk.closeTicks[bar] ?? 0n]) {
                expect(low <= ticks && ticks <= high).toBe(true);
              }
              expect(low >= 1n).toBe(true);
              expect((chunk.volumeLots[bar] ?? 0n) >= 1n).toBe(true);
              expect((chunk.tsOpenNs[bar] ?? 0n) > lastCloseNs).toBe(true);
              lastCloseNs = chunk.tsCloseNs[bar] ?? 0n;
              expect(lastCloseNs - (chunk.tsOpenNs[bar] ?? 0n)).toBe(MINUTE_NS - 1n);
              count += 1;
            }
          }
          expect(count).toBe(options.bars);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('SIM-08: gives the same bars for the same seed, also when iterated again, and others for another', () => {
    const walk = randomWalkBars({ seed: 7, bars: 700 });
    const first = [...walk];
    expect(first.map((chunk) => chunk.tsOpenNs.length)).toEqual([512, 188]);
    expect([...walk]).toEqual(first);
    expect([...randomWalkBars({ seed: 7, bars: 700 })]).toEqual(first);
    expect([...randomWalkBars({ seed: 8, bars: 700 })]).not.toEqual(first);
  });

  it('begins where it is told, in the rhythm that it is told', () => {
    const [chunk] = randomWalkBars({
      seed: 1,
      bars: 2,
      instrument: 3,
      startNs: 1_000n,
      intervalNs: 50n,
      startTicks: 500,
      stepTicksMax: 1,
    });
    expect(chunk?.instrument).toBe(3);
    expect([...(chunk?.tsOpenNs ?? [])]).toEqual([1_000n, 1_050n]);
    expect([...(chunk?.tsCloseNs ?? [])]).toEqual([1_049n, 1_099n]);
    expect(Number((chunk?.openTicks[0] ?? 0n) - 500n)).toBeCloseTo(0, -1);
  });

  it('turns at one tick, whatever the step', () => {
    const lows = [
      ...randomWalkBars({ seed: 2, bars: 5_000, startTicks: 1, stepTicksMax: 3 }),
    ].flatMap((chunk) => [...chunk.lowTicks]);
    expect(lows.some((ticks) => ticks === 1n)).toBe(true);
    expect(lows.every((ticks) => ticks >= 1n)).toBe(true);
  });

  it.each([
    ['seed', { seed: -1, bars: 1 }],
    ['seed', { seed: 0.5, bars: 1 }],
    ['bars', { seed: 1, bars: 0 }],
    ['bars', { seed: 1, bars: Number.NaN }],
    ['instrument', { seed: 1, bars: 1, instrument: -1 }],
    ['intervalNs', { seed: 1, bars: 1, intervalNs: 0n }],
    ['startTicks', { seed: 1, bars: 1, startTicks: 0 }],
    ['startTicks', { seed: 1, bars: 1, startTicks: 2_000_000_000 }],
    ['stepTicksMax', { seed: 1, bars: 1, stepTicksMax: 0 }],
    ['volumeLotsMax', { seed: 1, bars: 1, volumeLotsMax: 0 }],
  ])('ARGUMENT_INVALID: refuses a bad %s before anything is made: %o', (option, options) => {
    const error = thrownBy(() => randomWalkBars(options));
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toContain(option);
    expect(error.context['option']).toBe(option);
  });
});
