import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RollingWindow } from '#ts/quant/indicators/rolling-window.js';

describe('RollingWindow', () => {
  it('holds the last values and gives back what they pushed out', () => {
    const value = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(value, { maxLength: 60 }),
        (size, values) => {
          const window = new RollingWindow(size);
          for (const [index, next] of values.entries()) {
            expect(window.push(next)).toBe(values[index - size] ?? 0);
            const held = values.slice(Math.max(0, index + 1 - size), index + 1);
            expect(window.count).toBe(held.length);
            expect(window.isFull).toBe(held.length === size);
            expect(window.sum()).toBe(held.reduce((sum, each) => sum + each, 0));
            if (!window.isFull) continue;
            expect(window.squaredDeviations(3)).toBe(
              held.reduce((sum, each) => sum + (each - 3) ** 2, 0),
            );
          }
        },
      ),
    );
  });
});
