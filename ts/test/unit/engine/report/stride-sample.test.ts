import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StrideSample } from '#ts/engine/report/stride-sample.js';

function sampled(count: number, capacity: number): readonly number[] {
  const sample = new StrideSample<number>(capacity);
  for (let index = 0; index < count; index += 1) sample.add(index);
  return sample.items();
}

describe('StrideSample', () => {
  it('keeps everything while it fits', () => {
    expect(sampled(4, 4)).toEqual([0, 1, 2, 3]);
  });

  it('doubles the stride when full, and always ends with the last item', () => {
    expect(sampled(5, 4)).toEqual([0, 2, 4]);
    expect(sampled(6, 4)).toEqual([0, 2, 4, 5]);
    expect(sampled(9, 4)).toEqual([0, 4, 8]);
  });

  it('stays even and bounded for any length', () => {
    const length = fc.integer({ min: 1, max: 3_000 });
    fc.assert(
      fc.property(length, fc.integer({ min: 2, max: 50 }), (count, capacity) => {
        const items = sampled(count, capacity);
        expect(items.length).toBeLessThanOrEqual(capacity + 1);
        expect(items[items.length - 1]).toBe(count - 1);
        const steps = items.slice(1, -1).map((item, before) => item - (items[before] ?? 0));
        expect(new Set(steps).size).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('lets a caller skip items that would not be kept', () => {
    const sample = new StrideSample<number>(4);
    for (let index = 0; index < 100; index += 1) {
      if (sample.wantsNext) sample.add(index);
      else sample.skip();
    }
    expect(sample.count).toBe(100);
    expect(sample.items()).toEqual(sampled(97, 4));
  });

  it('builds only what stays, and the last', () => {
    const sample = new StrideSample<number>(4);
    const built: number[] = [];
    for (let index = 0; index < 100; index += 1) {
      sample.addLater(() => {
        built.push(index);
        return index;
      });
    }
    expect(built).toHaveLength(14);
    expect(sample.items()).toEqual(sampled(100, 4));
    expect(built.at(-1)).toBe(99);
  });

  it('refuses a capacity that cannot hold two', () => {
    expect(() => new StrideSample(1)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
  });
});
