import { batchWithin, scenariosPerSubmission } from './batch-size.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { KERNELS } from './kernels.generated.js';
import { REPLICATES } from './replicate-sums.js';
import type { ScenarioWork } from './scenario-work.js';

/** Draws and options are counted among these. */
const SUBMISSION_WORK = { software: 2 ** 25, hardware: 2 ** 33 };
const BYTES = 4;
/** Scenarios of an invocation that counts bins, as in `scenario.wgsl`. */
const BINNED = 32;
/** Cells beside the bins: below, above, and what is no finite number. */
export const OTHER_CELLS = 3;
/** Words of a bin's sum. */
const SUM_WORDS = 2;
/** Most bytes of the margins of a batch. */
const KEPT_BYTES_MAX = 2 ** 26;

/** Makes the kernel of a task; with bins it counts them in place of writing columns. */
export async function pathsPipeline(
  device: KernelDevice,
  { kernel, model }: ScenarioWork,
  bins: number,
): Promise<GPUComputePipeline> {
  return device.pipeline(kernel, `${model}const BINS: u32 = ${bins}u;\n`);
}

/** What paths read and write, but for what is counted; `all` in the order of their bindings. */
export interface PathBuffers {
  readonly outcomes: GPUBuffer;
  readonly falls: GPUBuffer;
  readonly underWater: GPUBuffer;
  readonly all: readonly GPUBuffer[];
}

/** Columns that a task does not want have one number. */
export function pathBuffers(
  device: KernelDevice,
  work: ScenarioWork,
  scenarios: number,
): PathBuffers {
  const { storage, copySource } = BUFFER_USAGE;
  const column = (label: string, wanted: boolean) =>
    device.buffer(label, (wanted ? scenarios : 1) * BYTES, storage | copySource);
  const words = device.filled('words', work.words, storage);
  const outcomes = column('outcomes', scenarios > 0);
  const falls = column('falls', work.along);
  const underWater = column('under water', work.along);
  return { outcomes, falls, underWater, all: [words, outcomes, falls, underWater] };
}

/** Counts of events by replicate, and of cells behind them. */
export function eventBuffer(
  device: KernelDevice,
  { perpetuals, barriers }: ScenarioWork,
  bins: number,
): GPUBuffer {
  const cells = bins === 0 ? 0 : bins + OTHER_CELLS + SUM_WORDS * bins;
  const counts = Math.max((perpetuals + barriers) * REPLICATES + cells, 1);
  const { storage, copySource } = BUFFER_USAGE;
  return device.buffer('events', counts * BYTES, storage | copySource);
}

/** Where bins begin, and how many there are to a unit of money. */
export interface BinScale {
  readonly low: number;
  readonly binsPerUnit: number;
}

/** Submits the paths of the first scenarios, a batch at a time. */
export function submitScenarios(
  device: KernelDevice,
  paths: {
    readonly pipeline: GPUComputePipeline;
    readonly work: ScenarioWork;
    readonly buffers: readonly GPUBuffer[];
  },
  { scenarios, scale }: { readonly scenarios: number; readonly scale?: BinScale },
): void {
  const { kernel, seed, keptMargins } = paths.work;
  const halves = { seedLow: Number(seed & 0xffff_ffffn), seedHigh: Number(seed >> 32n) };
  const bins = { low: scale?.low ?? 0, bins_per_unit: scale?.binsPerUnit ?? 0 };
  const { isSoftware } = device.description;
  const { WORKGROUP_SIZE } = KERNELS[kernel].overrides;
  const perGroup = WORKGROUP_SIZE * (scale === undefined ? 1 : BINNED);
  const kept = keptMargins * BYTES;
  const most = scenariosPerSubmission(SUBMISSION_WORK, paths.work.products, isSoftware);
  const within = kept === 0 ? most : batchWithin(KEPT_BYTES_MAX, kept, perGroup / WORKGROUP_SIZE);
  const batch = Math.min(most, within);
  const places = Math.ceil(Math.min(batch, scenarios) / perGroup) * WORKGROUP_SIZE;
  const margins = device.buffer('margins', Math.max(places * kept, BYTES), BUFFER_USAGE.storage);
  for (let first = 0; first < scenarios; first += batch) {
    const count = Math.min(batch, scenarios - first);
    const params = device.params(kernel, { ...halves, ...bins, first, count, places }, [
      'low',
      'bins_per_unit',
    ]);
    const encoder = device.commands();
    device.dispatch(
      encoder,
      paths.pipeline,
      [params, ...paths.buffers, margins],
      Math.ceil(count / perGroup),
    );
    device.submit(encoder);
  }
}
