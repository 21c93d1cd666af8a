import { setTimeout as sleep } from 'node:timers/promises';

import { HoldfastError } from '../core/holdfast-error.js';
import type { Tail } from '../native/portfolio-simulation.js';
import type { AdapterDescription } from './adapter-choice.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { type DevicePace, SLEEP_MS_MIN } from './portfolio-program.js';
import { REPLICATES, ReplicateSums, standardErrorOf } from './replicate-sums.js';
import { SAMPLE_KERNELS, SampleMeasure, tailRanks } from './sample-tails.js';
import { eventBuffer, pathBuffers, pathsPipeline, submitScenarios } from './scenario-paths.js';
import type { ScenarioWork } from './scenario-work.js';

const BYTES = 4;

/** A column of the scenarios, as a device measured it. */
export interface ColumnFigures {
  /** Sums by replicate. */
  readonly sums: readonly number[];
  readonly tails: readonly Tail[];
}

export interface ScenarioDeviceFigures {
  readonly profit: ColumnFigures;
  readonly standardDeviation: number;
  /** Largest falls as losses, where they were asked for. */
  readonly falls: ColumnFigures | null;
  /** Sums by replicate of the shares of steps under water. */
  readonly underWater: readonly number[] | null;
  /** Liquidations of each perpetual and hits of each barrier, by replicate. */
  readonly events: readonly (readonly number[])[];
  readonly adapter: AdapterDescription;
  /** From the first command to the last number read, without the making of kernels. */
  readonly elapsedMs: number;
  readonly outcomes?: Float32Array<ArrayBuffer>;
}

/** @throws HoldfastError `GPU_CAPACITY` */
export function checkScenarioCapacity(device: KernelDevice, bytes: number): void {
  const most = device.bufferBytesMax;
  if (bytes <= most) return;
  const context = { adapter: device.description.name, bytes };
  throw new HoldfastError(
    'GPU_CAPACITY',
    `a column must have at most ${most} bytes on ${context.adapter}, has ${bytes}`,
    { context },
  );
}

type OrderedTail = Awaited<ReturnType<SampleMeasure['tail']>>;

/** What was ordered of a column, to be read later. */
interface Ordered {
  readonly measure: SampleMeasure;
  readonly sums: ReplicateSums;
  /** By level: that of the whole column, and of antithetic pairs that of each replicate, for the errors. */
  readonly tails: { readonly whole: OrderedTail; readonly parts: readonly OrderedTail[] }[];
}

async function order(
  device: KernelDevice,
  encoder: GPUCommandEncoder,
  column: GPUBuffer,
  work: ScenarioWork,
): Promise<Ordered> {
  const measure = new SampleMeasure(device, column, work.scenarios);
  const sums = await ReplicateSums.order(device, encoder, column, work);
  const tails = [];
  for (const level of work.levels) {
    const whole = await measure.tail(encoder, level);
    const parts: OrderedTail[] = [];
    const replicates = work.antithetic ? REPLICATES : 0;
    for (let part = 1; part <= replicates; part += 1) {
      parts.push(await measure.tail(encoder, level, part));
    }
    tails.push({ whole, parts });
  }
  return { measure, sums, tails };
}

async function readColumn({ measure, sums, tails }: Ordered): Promise<ColumnFigures> {
  const read: Tail[] = [];
  for (const { whole, parts } of tails) {
    const tail = await measure.readTail(whole);
    const answers: Tail[] = [];
    for (const part of parts) answers.push(await measure.readTail(part));
    read.push(answers.length === 0 ? tail : { ...tail, ...errorsOf(answers) });
  }
  return { sums: await sums.read(), tails: read };
}

/** Scenarios that are not independent have the errors of their replicates, as in `profit_tail` of native code. */
function errorsOf(answers: readonly Tail[]) {
  return {
    varStandardError: standardErrorOf(answers.map((answer) => answer.var)),
    cvarStandardError: standardErrorOf(answers.map(({ cvar }) => cvar)),
  };
}

/** Refuses levels whose tails are empty, of the sample or of a part whose answer its errors need. */
function checkTails({ scenarios, levels, antithetic }: ScenarioWork): void {
  const least = antithetic ? scenarios / REPLICATES : scenarios;
  for (const level of levels) tailRanks(least, level);
}

/**
 * Simulates a book and measures it on a device; only the figures come back, unless the outcomes are asked for.
 *
 * @throws HoldfastError `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID`, `SAMPLE_TOO_SMALL`, `SIMULATION_NOT_FINITE`
 */
export async function runScenarios(
  device: KernelDevice,
  work: ScenarioWork,
  pace: DevicePace,
): Promise<ScenarioDeviceFigures> {
  const { scenarios } = work;
  checkScenarioCapacity(device, Math.max(scenarios * BYTES, work.words.byteLength));
  checkTails(work);
  return device.checked(async () => {
    const pipeline = await pathsPipeline(device, work, 0);
    const kernels = [...SAMPLE_KERNELS, 'replicate_sums'] as const;
    await Promise.all(kernels.map((kernel) => device.pipeline(kernel)));
    const startMs = performance.now();
    const { copyTarget, mapRead } = BUFFER_USAGE;
    const buffers = pathBuffers(device, work, scenarios);
    const counts = eventBuffer(device, work, 0);
    submitScenarios(device, { pipeline, work, buffers: [...buffers.all, counts] }, { scenarios });
    const encoder = device.commands();
    const profit = await order(device, encoder, buffers.outcomes, work);
    const moments = await profit.measure.moments(encoder, 0);
    const falls = work.along ? await order(device, encoder, buffers.falls, work) : null;
    const wet = work.along
      ? await ReplicateSums.order(device, encoder, buffers.underWater, work)
      : null;
    const counted = device.buffer('events read', counts.size, mapRead | copyTarget);
    encoder.copyBufferToBuffer(counts, 0, counted, 0, counts.size);
    const bytes = scenarios * BYTES;
    const kept = work.keepOutcomes
      ? device.buffer('outcomes read', bytes, mapRead | copyTarget)
      : null;
    if (kept !== null) encoder.copyBufferToBuffer(buffers.outcomes, 0, kept, 0, bytes);
    device.submit(encoder);
    const normals = scenarios * work.normals;
    const sleepMs = pace.sleepMs(normals);
    if (sleepMs >= SLEEP_MS_MIN) await sleep(sleepMs);
    const { standardDeviation } = await profit.measure.readMoments(moments, 0);
    const figures = {
      profit: await readColumn(profit),
      standardDeviation,
      falls: falls === null ? null : await readColumn(falls),
      underWater: wet === null ? null : await wet.read(),
      events: eventsOf(new Uint32Array(await device.read(counted)), work),
    };
    const elapsedMs = performance.now() - startMs;
    pace.learn(normals, elapsedMs);
    return {
      ...figures,
      adapter: device.description,
      elapsedMs,
      ...(kept === null ? {} : { outcomes: new Float32Array(await device.read(kept)) }),
    };
  });
}

/** Counts of each event by replicate. */
export function eventsOf(
  counts: Uint32Array,
  { perpetuals, barriers }: ScenarioWork,
): readonly (readonly number[])[] {
  return Array.from({ length: perpetuals + barriers }, (_, event) => [
    ...counts.subarray(event * REPLICATES, (event + 1) * REPLICATES),
  ]);
}
