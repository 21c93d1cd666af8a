import { setTimeout as sleep } from 'node:timers/promises';

import { HoldfastError } from '../core/holdfast-error.js';
import type { Tail } from '../native/portfolio-simulation.js';
import type { AdapterDescription } from './adapter-choice.js';
import { scenariosPerSubmission } from './batch-size.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import type { PortfolioModel } from './portfolio-model.js';
import { pathColumns, pathsPipeline, submitPaths } from './portfolio-paths.js';
import { SAMPLE_KERNELS, SampleMeasure, tailRanks } from './sample-tails.js';

/** With each of these goes the share of a normal. */
const SUBMISSION_WORK = { software: 2 ** 24, hardware: 2 ** 31 };
const BYTES = 4;
/** Part of an expected wait that is slept through. */
const SLEPT_FRAC = 0.7;
/** A wait shorter than this is not worth a sleep. */
export const SLEEP_MS_MIN = 5;

/** What a device is to simulate. */
export interface PortfolioWork {
  readonly model: PortfolioModel;
  readonly scenarios: number;
  readonly seed: bigint;
  readonly levels: readonly number[];
  /** Whether the outcomes themselves are wanted. */
  readonly keepOutcomes: boolean;
}

export interface PortfolioFigures {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly tails: readonly Tail[];
  readonly adapter: AdapterDescription;
  /** From the first command to the last number read, without the making of kernels. */
  readonly elapsedMs: number;
  readonly outcomes?: Float32Array<ArrayBuffer>;
}

/** Remembers how fast a device was at best: waiting for one burns a core, so that part of the wait is slept through. */
export class DevicePace {
  #msPerNormal = Number.POSITIVE_INFINITY;

  /** Less than the wait will be: what is slept is never learnt as work, and a pace that was too slow mends itself. */
  sleepMs(normals: number): number {
    const expected = this.#msPerNormal * normals;
    return Number.isFinite(expected) ? expected * SLEPT_FRAC : 0;
  }

  learn(normals: number, ms: number): void {
    this.#msPerNormal = Math.min(this.#msPerNormal, ms / normals);
  }
}

function batchOf(device: KernelDevice, { model }: PortfolioWork): number {
  const products = model.factor.length * model.steps;
  return scenariosPerSubmission(SUBMISSION_WORK, products, device.description.isSoftware);
}

/** The mean of linear outcomes; near that of geometric ones. */
function expectedMean({ exposures, drifts, steps, geometric }: PortfolioModel): number {
  if (geometric) return 0;
  return exposures.reduce(
    (sum, exposure, asset) => sum + exposure * (drifts[asset] ?? 0) * steps,
    0,
  );
}

function checkCapacity(device: KernelDevice, { scenarios }: PortfolioWork): void {
  const context = { adapter: device.description.name };
  const max = Math.floor(device.bufferBytesMax / BYTES);
  if (scenarios > max) {
    throw new HoldfastError(
      'GPU_CAPACITY',
      `scenarios must number at most ${max} on ${context.adapter}, were ${scenarios}`,
      { context: { ...context, scenarios, max } },
    );
  }
}

/**
 * Simulates a portfolio and measures its tails on a device; only the figures come back, unless the outcomes are asked for.
 *
 * @throws HoldfastError `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID`, `SAMPLE_TOO_SMALL`, `SIMULATION_NOT_FINITE`
 */
export async function runPortfolio(
  device: KernelDevice,
  work: PortfolioWork,
  pace: DevicePace,
): Promise<PortfolioFigures> {
  checkCapacity(device, work);
  for (const level of work.levels) tailRanks(work.scenarios, level);
  return device.checked(async () => {
    const paths = await pathsPipeline(device, work.model);
    await Promise.all(SAMPLE_KERNELS.map((kernel) => device.pipeline(kernel)));
    const startMs = performance.now();
    const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE;
    const bytes = work.scenarios * BYTES;
    const outcomes = device.buffer('outcomes', bytes, storage | copySource);
    const columns = pathColumns(device, paths.kernel, work.model);
    submitPaths(device, { ...paths, columns }, { ...work, batch: batchOf(device, work) }, outcomes);
    const measure = new SampleMeasure(device, outcomes, work.scenarios);
    const encoder = device.commands();
    const reference = Math.fround(expectedMean(work.model));
    const moments = await measure.moments(encoder, reference);
    const tails = [];
    for (const level of work.levels) tails.push(await measure.tail(encoder, level));
    const kept = work.keepOutcomes
      ? device.buffer('outcomes read', bytes, mapRead | copyTarget)
      : null;
    if (kept !== null) encoder.copyBufferToBuffer(outcomes, 0, kept, 0, bytes);
    device.submit(encoder);
    const normals = work.scenarios * work.model.steps * work.model.exposures.length;
    const sleepMs = pace.sleepMs(normals);
    if (sleepMs >= SLEEP_MS_MIN) await sleep(sleepMs);
    const measured = await measure.readMoments(moments, reference);
    const read: Tail[] = [];
    for (const tail of tails) read.push(await measure.readTail(tail));
    const elapsedMs = performance.now() - startMs;
    pace.learn(normals, elapsedMs);
    return {
      ...measured,
      tails: read,
      adapter: device.description,
      elapsedMs,
      ...(kept === null ? {} : { outcomes: new Float32Array(await device.read(kept)) }),
    };
  });
}
