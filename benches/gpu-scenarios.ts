import type { Gpu } from 'holdfast/gpu';
import { type ScenarioOptions, simulateScenarios } from 'holdfast/quant';

import { measureCase } from './measure.js';
import type { SuiteRow } from './suite.js';

const SAMPLES = 11;
const STEPS = 10;
const ASSETS = 4;
const DAY = 0.02;

const index = Array.from({ length: ASSETS }, (_, asset) => asset);
const covariance = index.map((row) => index.map((column) => (row === column ? 1 : 0.4) * DAY ** 2));
const positions = index.map((asset) => ({ kind: 'linear', asset, exposure: 100_000 }) as const);
const steps = STEPS;

/** A cheap model, the dearest one, and a book whose value is the work. */
const QUESTIONS: Readonly<Record<string, ScenarioOptions>> = {
  'jumps, 4 assets, 10 steps': {
    model: {
      kind: 'jumps',
      covariance,
      intensities: index.map(() => 0.2),
      means: index.map(() => -0.03),
      deviations: index.map(() => 0.04),
    },
    positions,
    steps,
  },
  'Heston, 4 assets, 10 steps': {
    model: {
      kind: 'heston',
      variances: index.map(() => ({
        start: 0.09,
        level: 0.06,
        speed: 3,
        volatility: 0.4,
        correlation: -0.6,
      })),
    },
    positions,
    steps,
  },
  '100 options, 1 step': {
    model: { kind: 'brownian', covariance: [[DAY ** 2]] },
    positions: Array.from({ length: 100 }, (_, contract) => ({
      kind: 'option',
      asset: 0,
      right: contract % 2 === 0 ? 'call' : 'put',
      spot: 100,
      strike: 60 + 0.8 * contract,
      years: 0.02 + (contract % 12) / 12,
      volatility: 0.3,
      quantity: contract % 3 === 0 ? -10 : 10,
    })),
  },
};

async function nsPerPath(paths: number, run: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / paths;
}

async function rowsOf(gpu: Gpu, name: string, options: ScenarioOptions) {
  const { scenarios = 0 } = options;
  const paths = scenarios.toLocaleString('en-US');
  const processor = `processor, all cores, f64 (${paths} paths)`;
  return measureCase({
    case: `scenarios on an adapter: ${name}`,
    unit: 'ns/path',
    samples: SAMPLES,
    warmUps: 2,
    references: [processor],
    subjects: [
      {
        name: `${gpu.adapter.name} (${paths} paths)`,
        run: () => nsPerPath(scenarios, () => gpu.simulateScenarios(options)),
      },
      {
        name: `${gpu.adapter.name}, bins only (${paths} paths)`,
        run: () =>
          nsPerPath(scenarios, () => gpu.scenarioHistogram(options, { range: [-5e5, 5e5] })),
      },
      { name: processor, run: () => nsPerPath(scenarios, () => simulateScenarios(options)) },
    ],
  });
}

/** The models of scenarios on a graphics adapter and on the processor. */
export async function scenarioRows(gpu: Gpu, scenarios: number): Promise<readonly SuiteRow[]> {
  const rows: SuiteRow[] = [];
  for (const [name, options] of Object.entries(QUESTIONS)) {
    rows.push(...(await rowsOf(gpu, name, { ...options, scenarios })));
  }
  return rows;
}
