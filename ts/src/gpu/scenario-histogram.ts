import { HoldfastError } from '../core/holdfast-error.js';
import type { AdapterDescription } from './adapter-choice.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { REPLICATES } from './replicate-sums.js';
import { SampleMeasure } from './sample-tails.js';
import {
  type BinScale,
  eventBuffer,
  OTHER_CELLS,
  pathBuffers,
  pathsPipeline,
  submitScenarios,
} from './scenario-paths.js';
import { checkScenarioCapacity, eventsOf } from './scenario-program.js';
import type { ScenarioWork } from './scenario-work.js';

/** Scenarios that tell where the bins of a task without a range are to lie. */
const PILOT_SCENARIOS = 4_096;
/** Deviations of the pilot on either side of its mean. */
const PILOT_DEVIATIONS = 8;

/** A simulation of which only the bins are wanted. */
export interface HistogramWork {
  readonly scenarios: ScenarioWork;
  readonly bins: number;
  /** Money at the lower edge of the first bin and at the upper edge of the last; null where a pilot is to tell. */
  readonly range: readonly [number, number] | null;
}

export interface HistogramDeviceFigures {
  readonly low: number;
  readonly width: number;
  readonly bins: Uint32Array<ArrayBuffer>;
  /** Of each bin, the sum of its outcomes' distances from its lower edge, in widths; rounded down to 2⁻²⁰ an outcome. */
  readonly distances: Float64Array<ArrayBuffer>;
  readonly below: number;
  readonly above: number;
  readonly events: readonly (readonly number[])[];
  readonly adapter: AdapterDescription;
  readonly elapsedMs: number;
}

async function pilotRange(
  device: KernelDevice,
  work: ScenarioWork,
): Promise<readonly [number, number]> {
  const scenarios = Math.min(PILOT_SCENARIOS, work.scenarios);
  const pipeline = await pathsPipeline(device, work, 0);
  const buffers = pathBuffers(device, work, scenarios);
  const counts = eventBuffer(device, work, 0);
  submitScenarios(device, { pipeline, work, buffers: [...buffers.all, counts] }, { scenarios });
  const measure = new SampleMeasure(device, buffers.outcomes, scenarios);
  const encoder = device.commands();
  const moments = await measure.moments(encoder, 0);
  device.submit(encoder);
  const { mean, standardDeviation } = await measure.readMoments(moments, 0);
  // A book that neither gains nor loses still has a bin to lie in.
  const half = Math.max(PILOT_DEVIATIONS * standardDeviation, Math.abs(mean) * 1e-6, 1e-30);
  return [mean - half, mean + half];
}

/**
 * Simulates a book and counts its outcomes in bins, which is all that is written: the number of scenarios is not bound to
 * the device's memory.
 *
 * @throws HoldfastError `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID`, `SIMULATION_NOT_FINITE`
 */
export async function runHistogram(
  device: KernelDevice,
  { scenarios: work, bins, range }: HistogramWork,
): Promise<HistogramDeviceFigures> {
  checkScenarioCapacity(device, work.words.byteLength);
  return device.checked(async () => {
    const pipeline = await pathsPipeline(device, work, bins);
    const startMs = performance.now();
    const [low, high] = range ?? (await pilotRange(device, work));
    const scale: BinScale = {
      low: Math.fround(low),
      binsPerUnit: Math.fround(bins / (high - low)),
    };
    const { copyTarget, mapRead } = BUFFER_USAGE;
    const counts = eventBuffer(device, work, bins);
    const buffers = [...pathBuffers(device, work, 0).all, counts];
    const { scenarios } = work;
    submitScenarios(device, { pipeline, work, buffers }, { scenarios, scale });
    const encoder = device.commands();
    const read = device.buffer('bins read', counts.size, mapRead | copyTarget);
    encoder.copyBufferToBuffer(counts, 0, read, 0, counts.size);
    device.submit(encoder);
    const words = new Uint32Array(await device.read(read));
    const first = (work.perpetuals + work.barriers) * REPLICATES;
    const cells = words.slice(first, first + bins + OTHER_CELLS);
    checkFinite(cells[bins + 2] ?? 0);
    return {
      low: scale.low,
      width: 1 / scale.binsPerUnit,
      bins: cells.slice(1, bins + 1),
      distances: distancesOf(words.subarray(first + bins + OTHER_CELLS), bins),
      below: cells[0] ?? 0,
      above: cells[bins + 1] ?? 0,
      events: eventsOf(words, work),
      adapter: device.description,
      elapsedMs: performance.now() - startMs,
    };
  });
}

/** `BIN_PARTS` of `scenario.wgsl`. */
const BIN_PARTS = 2 ** 20;

/** Low words of the sums, then high ones. */
function distancesOf(words: Uint32Array, bins: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    { length: bins },
    (_, bin) => ((words[bin] ?? 0) + (words[bins + bin] ?? 0) * 2 ** 32) / BIN_PARTS,
  );
}

function checkFinite(count: number): void {
  if (count === 0) return;
  throw new HoldfastError('SIMULATION_NOT_FINITE', `outcomes must be finite, ${count} were not`, {
    context: { count },
  });
}
