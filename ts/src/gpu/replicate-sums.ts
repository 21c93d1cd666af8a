import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { KERNELS } from './kernels.generated.js';

/** Parts of a simulation whose answers are compared for its standard errors; `REPLICATES` of native code. */
export const REPLICATES = 16;
/** Sums of a column that a device leaves: two to a replicate. */
const CELLS = 2 * REPLICATES;
const BYTES = 4;

/** The replicate of a cell: neighbours in a pair, or scenarios on their own. */
const replicateOf = (cell: number, isPaired: boolean) =>
  isPaired ? Math.floor(cell / 2) : cell % REPLICATES;

/** The standard error of what the replicates answer: the twin of `Estimate` in native code. */
export function standardErrorOf(answers: readonly number[]): number {
  const mean = answers.reduce((sum, answer) => sum + answer, 0) / answers.length;
  const squares = answers.reduce((sum, answer) => sum + (answer - mean) ** 2, 0);
  return Math.sqrt(squares / (answers.length - 1) / answers.length);
}

/** Sums of a column by replicate, on their way from a device. */
export class ReplicateSums {
  readonly #device: KernelDevice;
  readonly #partials: GPUBuffer;
  readonly #isPaired: boolean;

  private constructor(device: KernelDevice, partials: GPUBuffer, isPaired: boolean) {
    this.#device = device;
    this.#partials = partials;
    this.#isPaired = isPaired;
  }

  /** Gives the commands. */
  static async order(
    device: KernelDevice,
    encoder: GPUCommandEncoder,
    column: GPUBuffer,
    { scenarios: count, antithetic }: { readonly scenarios: number; readonly antithetic: boolean },
  ): Promise<ReplicateSums> {
    const pipeline = await device.pipeline('replicate_sums');
    const { WORKGROUP_SIZE, PER_INVOCATION } = KERNELS.replicate_sums.overrides;
    const groups = Math.ceil(count / (WORKGROUP_SIZE * PER_INVOCATION));
    const bytes = groups * CELLS * BYTES;
    const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE;
    const partials = device.buffer('replicates', bytes, storage | copySource);
    const params = device.params('replicate_sums', { count });
    device.dispatch(encoder, pipeline, [params, column, partials], groups);
    const read = device.buffer('replicates read', bytes, mapRead | copyTarget);
    encoder.copyBufferToBuffer(partials, 0, read, 0, bytes);
    return new ReplicateSums(device, read, antithetic);
  }

  /** Adds the partial sums up in double precision. */
  async read(): Promise<readonly number[]> {
    const partials = new Float32Array(await this.#device.read(this.#partials));
    const sums = new Float64Array(REPLICATES);
    partials.forEach((partial, place) => {
      const replicate = replicateOf(place % CELLS, this.#isPaired);
      sums[replicate] = (sums[replicate] ?? 0) + partial;
    });
    return [...sums];
  }
}
