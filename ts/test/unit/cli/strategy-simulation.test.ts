import { simulateStrategy, strategyReportText } from '#ts/cli/strategy-simulation.js';
import { SimulationReport } from '#ts/testing/index.js';
import { expect, it } from 'vitest';

import { strategySource } from '../../support/strategy-sources.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { rejectionOf } from '../../support/thrown-error.js';

const IN_AND_OUT = strategySource(`name: 'in-and-out', onBar(bar, context) {
  if (context.position().isFlat) context.buy(1);
  else context.closePosition();
}`);

function daysCsv(days: number): string {
  const rows = Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    return `${date},${100 + (day % 5)},${106 + (day % 5)},98,${101 + (day % 5)},1000`;
  });
  return ['date,open,high,low,close,volume', ...rows].join('\n');
}

it('plays a file of bars to a strategy, the same for every seed', async () => {
  const folder = temporaryFolder();
  const strategy = writeInto(folder, 'in-and-out.mjs', IN_AND_OUT);
  const data = writeInto(folder, 'days.csv', daysCsv(60));
  const flags = { strategy, seedStart: 1, seeds: 3, faults: 'loss,delay', data: [data] };
  const report = await simulateStrategy(flags);
  expect(report.findings).toEqual([]);
  expect(report.fills).toBeGreaterThan(50);
  expect(Object.keys(report.faults).every((name) => ['loss', 'delay'].includes(name))).toBe(true);
  const { code } = await rejectionOf(simulateStrategy({ ...flags, faults: 'gremlins' }));
  expect(code).toBe('FAULT_UNKNOWN');
});

it('says what was found, which faults it took, and how to see it again', () => {
  const report = new SimulationReport({
    strategy: 'trend',
    seedStart: 1,
    seeds: 1_200,
    marketEvents: 10,
    events: 5_000,
    fills: 3,
    crashes: 2,
    faults: { crash: 2, loss: 1 },
    denials: {},
    findings: [
      {
        seed: 9,
        code: 'STRATEGY_THREW',
        message: 'strategy trend must not throw',
        tsMs: 1_000,
        marketEvents: 4,
        faults: [{ name: 'crash', atMs: 500, spanMs: 20 }],
      },
    ],
    digest: 'ab',
  });
  const text = strategyReportText(report, 2);
  expect(text).toContain('trend: 1,200 seeds from 1: 1 found');
  expect(text).toContain('faults   crash 2, loss 1\ndenials  none\n');
  expect(text).toContain('seed 9, 1970-01-01T00:00:01.000Z, after 4 market events: STRATEGY_THREW');
  expect(text).toContain('1970-01-01T00:00:00.500Z  crash for 20 ms');
  expect(text).toContain('--seeds 1 --seed-start 9');
});
