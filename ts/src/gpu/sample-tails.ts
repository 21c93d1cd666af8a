import { HoldfastError } from '../core/holdfast-error.js';
import type { Tail } from '../native/portfolio-simulation.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { KERNELS } from './kernels.generated.js';
import { REPLICATES } from './replicate-sums.js';

/** What a `SampleMeasure` runs. */
export const SAMPLE_KERNELS = [
  'sample_moments',
  'select_histogram',
  'select_pick',
  'tail_sums',
] as const;
/** Passes of a radix select over digits of eight bits, the highest first. */
const SHIFTS = [24, 16, 8, 0];
const DIGITS = 256;
/** Lower, quantile and upper: the outer ones tell how sure the quantile is. */
const RANKS = 3;
const PARTIAL_BYTES = 16;
/** The part of a sample that is all of it. */
const WHOLE = 0;

/** Where the tail of a level begins in a sample in its order. */
interface TailRanks {
  readonly level: number;
  /** (1 − level) × count. */
  readonly mass: number;
  readonly whole: number;
  readonly lower: number;
  readonly rank: number;
  readonly upper: number;
}

/**
 * Ranks that a level asks for; the twin of `tail` in native code, which says where they come from.
 *
 * @throws HoldfastError `SAMPLE_TOO_SMALL`
 */
export function tailRanks(count: number, level: number): TailRanks {
  const mass = (1 - level) * count;
  const whole = Math.floor(mass + 1e-9);
  const rank = whole;
  if (rank < 1 || rank >= count) {
    const needed = Math.ceil(1 / (1 - level)) + 1;
    throw new HoldfastError(
      'SAMPLE_TOO_SMALL',
      `sample must hold at least ${needed} outcomes for level ${level}, has ${count}`,
      { context: { count } },
    );
  }
  const spread = Math.max(1, Math.ceil(2 * Math.sqrt(mass * level)));
  const upper = Math.min(rank + spread, count - 1);
  return { level, mass, whole, rank, upper, lower: Math.max(0, rank - spread) };
}

/** Groups of a kernel that goes over a whole sample. */
function groupsOver(kernel: 'sample_moments' | 'select_histogram' | 'tail_sums', count: number) {
  const { WORKGROUP_SIZE, PER_INVOCATION } = KERNELS[kernel].overrides;
  return Math.ceil(count / (WORKGROUP_SIZE * PER_INVOCATION));
}

/** A number of `of_sort_key` in `gpu-kernels/shared/sample.wgsl`. */
function ofSortKey(key: number): number {
  const bits = (key & 0x8000_0000) === 0 ? key ^ 0xffff_ffff : key ^ 0x8000_0000;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits >>> 0);
  return view.getFloat32(0);
}

/** A tail on its way: commands were given, the numbers stand in buffers to be mapped. */
interface PendingTail {
  readonly ranks: TailRanks;
  readonly selections: GPUBuffer;
  readonly partials: GPUBuffer;
}

/** Measures a sample that lies on a device: all of its passes are given at once, and read together. */
export class SampleMeasure {
  readonly #device: KernelDevice;
  readonly #outcomes: GPUBuffer;
  readonly #count: number;

  constructor(device: KernelDevice, outcomes: GPUBuffer, count: number) {
    this.#device = device;
    this.#outcomes = outcomes;
    this.#count = count;
  }

  /** Gives the commands for mean and deviation, and returns what to read. */
  async moments(encoder: GPUCommandEncoder, reference: number): Promise<GPUBuffer> {
    const device = this.#device;
    const pipeline = await device.pipeline('sample_moments');
    const groups = groupsOver('sample_moments', this.#count);
    const partials = this.#partials(groups);
    const fields = { count: this.#count, reference };
    const params = device.params('sample_moments', fields, ['reference']);
    device.dispatch(encoder, pipeline, [params, this.#outcomes, partials], groups);
    return this.#toBeRead(encoder, partials);
  }

  /**
   * Gives the commands of a radix select of a level's ranks and of its tail's sums, in the whole sample or in one replicate of
   * antithetic pairs, whose part is its number and one.
   */
  async tail(encoder: GPUCommandEncoder, level: number, part = WHOLE): Promise<PendingTail> {
    const count = part === WHOLE ? this.#count : this.#count / REPLICATES;
    const ranks = tailRanks(count, level);
    const device = this.#device;
    const [histogram, pick, sums] = await Promise.all([
      device.pipeline('select_histogram'),
      device.pipeline('select_pick'),
      device.pipeline('tail_sums'),
    ]);
    const { storage, copySource, copyTarget } = BUFFER_USAGE;
    const wanted = new Uint32Array([0, ranks.lower, 0, ranks.rank, 0, ranks.upper]);
    const selections = device.filled('selections', wanted, storage | copySource);
    const counts = device.buffer('counts', RANKS * DIGITS * 4, storage | copyTarget);
    const groups = groupsOver('select_histogram', count);
    for (const shift of SHIFTS) {
      const params = device.params('select_histogram', { count, shift, part });
      device.dispatch(encoder, histogram, [params, this.#outcomes, selections, counts], groups);
      device.dispatch(encoder, pick, [params, selections, counts], RANKS);
    }
    const summed = groupsOver('tail_sums', count);
    const partials = this.#partials(summed);
    const params = device.params('tail_sums', { count, part });
    device.dispatch(encoder, sums, [params, this.#outcomes, selections, partials], summed);
    return {
      ranks,
      selections: this.#toBeRead(encoder, selections),
      partials: this.#toBeRead(encoder, partials),
    };
  }

  #partials(groups: number): GPUBuffer {
    const { storage, copySource } = BUFFER_USAGE;
    return this.#device.buffer('partials', groups * PARTIAL_BYTES, storage | copySource);
  }

  #toBeRead(encoder: GPUCommandEncoder, source: GPUBuffer): GPUBuffer {
    const { mapRead, copyTarget } = BUFFER_USAGE;
    const target = this.#device.buffer(`${source.label} read`, source.size, mapRead | copyTarget);
    encoder.copyBufferToBuffer(source, 0, target, 0, source.size);
    return target;
  }

  /**
   * Adds the partial sums up.
   *
   * @throws HoldfastError `SIMULATION_NOT_FINITE`
   */
  async readMoments(
    partials: GPUBuffer,
    reference: number,
  ): Promise<{ readonly mean: number; readonly standardDeviation: number }> {
    const view = new DataView(await this.#device.read(partials));
    let [sum, squares, notFinite] = [0, 0, 0];
    for (let offset = 0; offset < view.byteLength; offset += PARTIAL_BYTES) {
      sum += view.getFloat32(offset, true);
      squares += view.getFloat32(offset + 4, true);
      notFinite += view.getUint32(offset + 8, true);
    }
    if (notFinite > 0) {
      throw new HoldfastError(
        'SIMULATION_NOT_FINITE',
        `outcomes must be finite, ${notFinite} were not`,
        { context: { count: notFinite } },
      );
    }
    const distance = sum / this.#count;
    const variance = squares / this.#count - distance * distance;
    return { mean: reference + distance, standardDeviation: Math.sqrt(Math.max(variance, 0)) };
  }

  /** Reads a tail's ranks and sums, and measures it. */
  async readTail({ ranks, selections, partials }: PendingTail): Promise<Tail> {
    const found = new Uint32Array(await this.#device.read(selections));
    const [lower, quantile, upper] = [0, 2, 4].map((at) => ofSortKey(found[at] ?? 0));
    const view = new DataView(await this.#device.read(partials));
    let [distances, squares] = [0, 0];
    for (let offset = 0; offset < view.byteLength; offset += PARTIAL_BYTES) {
      distances += view.getFloat32(offset + 4, true);
      squares += view.getFloat32(offset + 8, true);
    }
    return tailOf(ranks, [lower ?? 0, quantile ?? 0, upper ?? 0], { distances, squares });
  }
}

/** The definitions of `tail` in native code, with sums of distances from the quantile in place of the outcomes. */
function tailOf(
  { level, mass, rank, lower, upper }: TailRanks,
  [low, quantile, high]: readonly [number, number, number],
  { distances, squares }: { readonly distances: number; readonly squares: number },
): Tail {
  // Outcomes equal to the quantile have no distance from it, whatever share of them belongs to the tail.
  const centre = distances / mass;
  const shortfall = quantile + centre;
  const excess = squares - 2 * centre * distances + rank * centre * centre;
  const boundary = level * (quantile - shortfall) ** 2;
  return {
    level,
    var: -quantile,
    cvar: -shortfall,
    varStandardError: ((high - low) * Math.sqrt(mass * level)) / (upper - lower),
    cvarStandardError: Math.sqrt((Math.max(excess, 0) / mass + boundary) / mass),
  };
}
