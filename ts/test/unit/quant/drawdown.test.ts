import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxDrawdown, underwater } from '#ts/quant/drawdown.js';

function curve(values: readonly number[]): { tsMs: number; value: number }[] {
  return values.map((value, index) => ({ tsMs: index, value }));
}

describe('maxDrawdown', () => {
  it('SIM-07: finds depth, peak, trough and recovery', () => {
    expect(maxDrawdown(curve([100, 120, 90, 100, 120, 110]))).toEqual({
      frac: 0.25,
      peakTsMs: 1,
      troughTsMs: 2,
      recoveredTsMs: 4,
    });
  });

  it('leaves the recovery open when the peak was not seen again', () => {
    expect(maxDrawdown(curve([100, 50, 99]))).toMatchObject({ frac: 0.5, recoveredTsMs: null });
  });

  it('takes the first of equal falls, and the last day at the peak', () => {
    const span = maxDrawdown(curve([100, 100, 80, 100, 80]));
    expect(span).toEqual({ frac: 0.2, peakTsMs: 1, troughTsMs: 2, recoveredTsMs: 3 });
  });

  it('forgets the recovery of a shallower fall once a deeper one comes', () => {
    const span = maxDrawdown(curve([100, 90, 100, 60]));
    expect(span).toEqual({ frac: 0.4, peakTsMs: 2, troughTsMs: 3, recoveredTsMs: null });
  });

  it('gives null for a curve that never falls, and for none', () => {
    expect(maxDrawdown(curve([1, 2, 2, 3]))).toBeNull();
    expect(maxDrawdown([])).toBeNull();
  });

  it('lies in [0, 1), is the deepest point under water, and has no unit', () => {
    const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 60 }), (values) => {
        const span = maxDrawdown(curve(values));
        const frac = span?.frac ?? 0;
        expect(frac).toBeGreaterThanOrEqual(0);
        expect(frac).toBeLessThan(1);
        expect(Math.max(...underwater(values))).toBe(frac);
        const scaled = maxDrawdown(curve(values.map((value) => value * 4)));
        expect(scaled).toEqual(span);
      }),
    );
  });
});

describe('underwater', () => {
  it('measures each value against the peak so far', () => {
    expect(underwater([100, 80, 120, 60])).toEqual([0, 0.2, 0, 0.5]);
  });
});
