/* oxlint-disable no-await-in-loop -- one measurement runs at a time */
import { Gpu } from 'holdfast/gpu';
import { simulatePortfolio } from 'holdfast/quant';

import { scenarioRows } from './gpu-scenarios.js';
import { measureCase } from './measure.js';
import { isStartedDirectly, printSuite, type Suite, type SuiteRow } from './suite.js';

const ASSETS = 16;
const SAMPLES = 15;
/** A software adapter is measured on so many that a run ends soon. */
const SCENARIOS = { hardware: 1_048_576, software: 65_536 };

const index = Array.from({ length: ASSETS }, (_, asset) => asset);
const exposures = index.map((asset) => (asset % 4 === 3 ? -50_000 : 100_000));
const covariance = index.map((row) => index.map((column) => (row === column ? 1e-4 : 3e-5)));

async function nsPerPath(paths: number, run: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / paths;
}

async function rowsOf(gpu: Gpu, scenarios: number, steps: number): Promise<readonly SuiteRow[]> {
  const options = { exposures, covariance, steps, scenarios };
  const paths = scenarios.toLocaleString('en-US');
  const processor = `processor, all cores (${paths} paths)`;
  return await measureCase({
    case: `VaR and CVaR, 16 assets, ${steps} step${steps === 1 ? '' : 's'}, on an adapter`,
    unit: 'ns/path',
    samples: SAMPLES,
    warmUps: 3,
    references: [processor],
    subjects: [
      {
        name: `${gpu.adapter.name} (${paths} paths)`,
        run: () => nsPerPath(scenarios, () => gpu.simulatePortfolio(options)),
      },
      { name: processor, run: () => nsPerPath(scenarios, () => simulatePortfolio(options)) },
    ],
  });
}

/** The same risk on a graphics adapter and on the processor; no rows on a machine without an adapter. */
export async function gpuSuite(): Promise<Suite> {
  const rows: SuiteRow[] = [];
  let gpu: Gpu;
  try {
    gpu = await Gpu.open({ allowSoftware: true });
  } catch (error) {
    process.stderr.write(
      `gpu: left out, ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return { suite: 'gpu', rows };
  }
  const scenarios = gpu.adapter.isSoftware ? SCENARIOS.software : SCENARIOS.hardware;
  for (const steps of [1, 10]) rows.push(...(await rowsOf(gpu, scenarios, steps)));
  rows.push(...(await scenarioRows(gpu, gpu.adapter.isSoftware ? 8_192 : scenarios)));
  await gpu.close();
  return { suite: 'gpu', rows };
}

if (isStartedDirectly(import.meta.url)) printSuite(await gpuSuite());
