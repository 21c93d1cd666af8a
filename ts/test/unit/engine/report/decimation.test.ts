import { describe, expect, it } from 'vitest';
import { decimatedIndexes } from '#ts/engine/report/decimation.js';

describe('decimatedIndexes', () => {
  it('keeps a short series whole', () => {
    expect(decimatedIndexes([[5, 6, 7]], 10)).toEqual([0, 1, 2]);
    expect(decimatedIndexes([[]], 10)).toEqual([]);
  });

  it('keeps ends, peaks and troughs of each curve within the cap', () => {
    const first = Array.from({ length: 10_000 }, (_, index) => Math.sin(index / 30));
    const second = first.map((value, index) => value * 2 + (index === 4_321 ? 50 : 0));
    const indexes = decimatedIndexes([first, second], 400);
    expect(indexes.length).toBeLessThanOrEqual(400);
    expect(indexes[0]).toBe(0);
    expect(indexes[indexes.length - 1]).toBe(9_999);
    expect(indexes).toContain(4_321);
    const kept = indexes.map((index) => first[index] ?? 0);
    expect(Math.max(...kept)).toBe(Math.max(...first));
    expect(Math.min(...kept)).toBe(Math.min(...first));
    expect(indexes).toEqual([...new Set(indexes)].sort((left, right) => left - right));
  });
});
