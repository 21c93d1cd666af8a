import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { KERNELS } from './kernels.generated.js';

/** Parts of a simulation whose answers are compared for its standard errors; `REPLICATES` of native code. */
export const REPLICATES = 16;
const BYTES = 4;

/** Sums of a column by replicate, on their way from a device. */
export class ReplicateSums {
  readonly #device: KernelDevice;
  readonly #partials: GPUBuffer;

  private constructor(device: KernelDevice, partials: GPUBuffer) {
    this.#device = device;
    this.#partials = partials;
  }

  /** Gives the commands. */
  static async order(
    device: KernelDevice,
    encoder: GPUCommandEncoder,
    column: GPUBuffer,
    count: number,
  ): Promise<ReplicateSums> {
    const pipeline = await device.pipeline('replicate_sums');
    const { WORKGROUP_SIZE, PER_INVOCATION } = KERNELS.replicate_sums.overrides;
    const groups = Math.ceil(count / (WORKGROUP_SIZE * PER_INVOCATION));
    const bytes = groups * REPLICATES * BYTES;
    const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE;
    const partials = device.buffer('replicates', bytes, storage | copySource);
    const params = device.params('replicate_sums', { count });
    device.dispatch(encoder, pipeline, [params, column, partials], groups);
    const read = device.buffer('replicates read', bytes, mapRead | copyTarget);
    encoder.copyBufferToBuffer(partials, 0, read, 0, bytes);
    return new ReplicateSums(device, read);
  }

  /** Adds the partial sums up in double precision. */
  async read(): Promise<readonly number[]> {
    const partials = new Float32Array(await this.#device.read(this.#partials));
    const sums = new Float64Array(REPLICATES);
    partials.forEach((partial, place) => {
      const replicate = place % REPLICATES;
      sums[replicate] = (sums[replicate] ?? 0) + partial;
    });
    return [...sums];
  }
}
