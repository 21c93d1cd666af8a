import { describe, expect, it } from 'vitest';

import { simulateFaults } from '#ts/native/fault-simulator.js';

const batch = { seedStart: 1, seeds: 3, steps: 100, faults: 'all', acts: 'all', hashBefore: '' };

describe('simulateFaults', () => {
  it('runs seeds twice and reports what happened', () => {
    const report = simulateFaults(batch);
    expect(report).toMatchObject({ seeds: 3, violations: [] });
    expect(report.events).toBeGreaterThan(300);
    expect(report.fills).toBeGreaterThan(0);
    expect(simulateFaults(batch)).toEqual(report);
    expect(simulateFaults({ ...batch, faults: 'none' }).crashes).toBe(0);
  });

  it('FAULT_UNKNOWN: names the fault', () => {
    expect(() => simulateFaults({ ...batch, faults: 'loss,luck' })).toThrowError(
      expect.objectContaining({ code: 'FAULT_UNKNOWN', context: { fault: 'luck' } }),
    );
  });

  it('ARGUMENT_INVALID: names the act', () => {
    expect(() => simulateFaults({ ...batch, acts: 'lists,luck' })).toThrowError(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', context: { acts: 'luck' } }),
    );
  });
});
