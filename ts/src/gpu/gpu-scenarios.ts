import { z } from 'zod';

import { parseConfig } from '../core/schema.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Estimate } from '../native/scenario-simulation.js';
import type { ScenarioOptions } from '../quant/scenarios/scenario-options.js';
import { type ScenarioRisk, scenarioTask } from '../quant/scenarios/simulate-scenarios.js';
import type { AdapterDescription } from './adapter-choice.js';
import type { GpuTask, GpuTaskAnswer } from './gpu-task.js';
import { meanOf, scenarioFigures } from './scenario-figures.js';
import { binnedTail, type HistogramTail } from './histogram-tail.js';
import { scenarioWork } from './scenario-work.js';

/** What scenarios of a graphics device say. */
export interface GpuScenarioRisk extends ScenarioRisk {
  /** The adapter's name. */
  readonly device: string;
  readonly adapter: AdapterDescription;
  /** From the first command to the last number read, without the making of kernels and the way between the threads. */
  readonly elapsedMs: number;
}

/** Bins to count outcomes in. */
export interface BinChoice {
  /** 1 to 2,048; 1,024 by default. */
  readonly bins?: number;
  /** Money from the first bin to the last. Left out, 8 deviations about the mean of the first 4,096 scenarios. */
  readonly range?: readonly [number, number];
}

/** How many outcomes lie in each bin. */
export interface ScenarioHistogram extends Pick<
  ScenarioRisk,
  'model' | 'sampling' | 'scenarios' | 'steps' | 'seed' | 'liquidations' | 'barriers' | 'warning'
> {
  /** The lower edge of the first bin, and the width of each. */
  readonly low: number;
  readonly width: number;
  readonly bins: Uint32Array;
  /** Outcomes below the first bin and above the last. */
  readonly below: number;
  readonly above: number;
  readonly tails: readonly HistogramTail[];
  readonly device: string;
  readonly adapter: AdapterDescription;
  readonly elapsedMs: number;
}

type Run = (task: GpuTask) => Promise<GpuTaskAnswer>;

const BINS_MAX = 2_048;
/** What single precision holds with the number of bins a unit. */
const MONEY_MAX = 1e30;
const binSchema = z.strictObject({
  bins: z.number().int().min(1).max(BINS_MAX).default(1_024),
  range: z
    .tuple([z.number().min(-MONEY_MAX).max(MONEY_MAX), z.number().min(-MONEY_MAX).max(MONEY_MAX)])
    .refine(([low, high]) => high - low > 1 / MONEY_MAX, 'must rise')
    .optional(),
});

/** Runs scenarios by way of a device's thread. */
export async function runScenarioTask(
  run: Run,
  options: ScenarioOptions,
): Promise<GpuScenarioRisk> {
  const task = scenarioTask(options);
  const { work, warning } = scenarioWork(task);
  const answer = await run({ kind: 'scenarios', work });
  if (!('profit' in answer)) throw new TypeError('unexpected answer');
  const { adapter, elapsedMs, outcomes } = answer;
  return {
    ...task.risk,
    ...scenarioFigures(answer, work.scenarios, work.perpetuals),
    warning,
    device: adapter.name,
    adapter,
    elapsedMs,
    ...(outcomes === undefined ? {} : { outcomes: Float64Array.from(outcomes) }),
  };
}

/** Counts scenarios in bins by way of a device's thread. */
export async function runHistogramTask(
  run: Run,
  options: ScenarioOptions,
  choice: BinChoice,
): Promise<ScenarioHistogram> {
  const { bins, range } = parseConfig(binSchema, choice, 'bins', 'CONFIG_INVALID');
  const task = scenarioTask(options);
  for (const field of ['path', 'outcomes'] as const) {
    if (!task.options[field]) continue;
    throw new HoldfastError('GPU_TASK_UNSUPPORTED', `${field} must be false for a histogram`, {
      context: { field },
    });
  }
  const { work, warning } = scenarioWork(task);
  const answer = await run({
    kind: 'histogram',
    work: { scenarios: work, bins, range: range ?? null },
  });
  if (!('bins' in answer)) throw new TypeError('unexpected answer');
  const { events, adapter, distances, ...found } = answer;
  const rates = events.map((counts): Estimate => meanOf(counts, work.scenarios));
  return {
    ...task.risk,
    ...found,
    tails: work.levels.map((level) => binnedTail({ ...found, distances }, level, work.scenarios)),
    liquidations: rates.slice(0, work.perpetuals),
    barriers: rates.slice(work.perpetuals),
    warning,
    device: adapter.name,
    adapter,
  };
}
