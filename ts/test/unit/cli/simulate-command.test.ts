import { describe, expect, it } from 'vitest';

import { reportText, runSeeds } from '#ts/cli/simulate-command.js';
import type { SimulationReport } from '#ts/testing/index.js';
import type { FaultReport } from '#ts/native/fault-simulator.js';
import { runCommand } from '../../support/command-line.js';

const clean: FaultReport = {
  seeds: 2,
  events: 3_000_000,
  fills: 40,
  crashes: 1,
  hash: 'ab',
  violations: [],
};
const settings = { seedStart: 7, steps: 100, faults: 'all', acts: 'lists' };

describe('holdfast simulate', () => {
  it('exe_03: 1,000 seeds under all faults break no rule', { timeout: 120_000 }, async () => {
    const { stdout, error } = await runCommand('simulate', '--seeds', '1000', '--json');
    expect(error).toBeNull();
    const report = JSON.parse(stdout) as FaultReport;
    expect(report).toMatchObject({ seeds: 1_000, violations: [] });
    expect(report.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(report.crashes).toBeGreaterThan(1_000);
  });

  it('tst_09: batches give the hash of one run, and another seed another', () => {
    let batches = 0;
    const flags = { seeds: 30, seedStart: 5, steps: 50, faults: 'all', acts: 'all' };
    const report = runSeeds(flags, () => (batches += 1));
    expect(batches).toBe(2);
    expect(runSeeds(flags, () => undefined)).toEqual(report);
    expect(runSeeds({ ...flags, seedStart: 6 }, () => undefined).hash).not.toBe(report.hash);
  });

  it('says how many events a second it ran', () => {
    expect(reportText(settings, clean, 2)).toBe(
      '2 seeds from 7, 100 steps, faults all, acts lists: no rule broken\n' +
        '3,000,000 events in 2.0 s (1,500,000/s), 40 fills, 1 crashes; ' +
        'each seed ran twice with the same hash\nhash ab',
    );
  });

  it('names rule, schedule and the command that shows a violation again', () => {
    const violation = {
      seed: 8,
      rule: 'cash must be the sum of the applied fills',
      figures: ['engine 1', 'fills 2'],
      schedule: [{ at_ms: 12, what: 'loss for 900 ms, detail 3' }],
    };
    const text = reportText(settings, { ...clean, violations: [violation] }, 2);
    expect(text).toContain('seed 8: cash must be the sum of the applied fills\n  engine 1\n');
    expect(text).toContain('12 ms  loss for 900 ms, detail 3');
    expect(text).toContain(
      'holdfast simulate --seeds 1 --seed-start 8 --steps 100 --faults all --acts lists',
    );
  });

  it('FAULT_UNKNOWN: refuses a fault that does not exist', async () => {
    const { error } = await runCommand('simulate', '--faults', 'gremlins');
    expect(error).toMatchObject({ code: 'FAULT_UNKNOWN', context: { fault: 'gremlins' } });
  });

  it('refuses a number of seeds that is none', async () => {
    const { stderr } = await runCommand('simulate', '--seeds', '0');
    expect(stderr).toContain('must be a whole number from 1');
  });

  it('str_07: runs a strategy of the user under the faults', { timeout: 60_000 }, async () => {
    const strategy = ['--strategy', 'examples/trend-following.ts', '--seeds', '5'];
    const { stdout, error } = await runCommand('simulate', ...strategy, '--json');
    expect(error).toBeNull();
    const report = JSON.parse(stdout) as SimulationReport;
    expect(report).toMatchObject({ strategy: 'trend-following', seeds: 5, findings: [] });
    expect(report.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});
