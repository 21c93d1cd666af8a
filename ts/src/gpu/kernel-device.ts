import { HoldfastError } from '../core/holdfast-error.js';
import { openAdapter } from './adapter.js';
import type { AdapterChoice, AdapterDescription } from './adapter-choice.js';
import { KERNELS, type KernelName } from './kernels.generated.js';

/** Pipelines kept: each is made for one portfolio, and making one takes as long as thousands of scenarios. */
const PIPELINES_MAX = 64;
const GROUPS_ACROSS_MAX = 32_768;
/** `GPUBufferUsage`, which the package gives as a global only. */
export const BUFFER_USAGE = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;
const MAP_READ = 0x1;

type Fields = Readonly<Record<string, number>>;

/** A graphics device with the kernels that were asked of it. */
export class KernelDevice {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #buffers: GPUBuffer[] = [];
  #isClosing = false;
  #lossReason: string | null = null;
  /** Rejects when the device is lost; never settles otherwise. */
  readonly lost: Promise<never>;

  private constructor(
    device: GPUDevice,
    readonly description: AdapterDescription,
  ) {
    this.#device = device;
    this.lost = device.lost.then(({ reason, message }) => {
      // Asked for by close(): nobody waits any more.
      if (this.#isClosing) return new Promise<never>(() => {});
      this.#lossReason = message || reason;
      throw this.lossError();
    });
    // Nobody may be waiting when it happens.
    this.lost.catch(() => {});
  }

  /**
   * Opens a device with the largest buffers that its adapter has.
   *
   * @throws HoldfastError `DEPENDENCY_MISSING`, `GPU_UNAVAILABLE`, `GPU_SOFTWARE_REFUSED`
   */
  static async open(choice: AdapterChoice): Promise<KernelDevice> {
    const { adapter, description } = await openAdapter(choice);
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    try {
      const requiredLimits = { maxBufferSize, maxStorageBufferBindingSize };
      return new KernelDevice(await adapter.requestDevice({ requiredLimits }), description);
    } catch (cause) {
      throw new HoldfastError('GPU_UNAVAILABLE', `${description.name} must give a device`, {
        context: { adapter: description.name },
        cause,
      });
    }
  }

  get isLost(): boolean {
    return this.#lossReason !== null;
  }

  lossError(): HoldfastError {
    const { name } = this.description;
    return new HoldfastError('GPU_DEVICE_LOST', `${name} was lost: ${this.#lossReason}`, {
      context: { adapter: name, reason: this.#lossReason ?? 'unknown' },
    });
  }

  /** Bytes of the largest buffer that a kernel can see. */
  get bufferBytesMax(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    return Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  /** Makes a buffer that lives until `release`. */
  buffer(label: string, bytes: number, usage: number): GPUBuffer {
    const buffer = this.#device.createBuffer({ label, size: bytes, usage });
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Makes a buffer with content. */
  filled(label: string, words: Uint32Array<ArrayBuffer>, usage: number): GPUBuffer {
    const buffer = this.buffer(label, words.byteLength, usage | BUFFER_USAGE.copyTarget);
    this.#device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** Makes the parameters of a kernel from its fields; those named in `floats` are single-precision numbers. */
  params(kernel: KernelName, fields: Fields, floats: readonly string[] = []): GPUBuffer {
    const { bytes, fields: offsets } = KERNELS[kernel].params;
    const view = new DataView(new ArrayBuffer(bytes));
    for (const [name, offset] of Object.entries(offsets)) {
      const value = fields[name];
      if (value === undefined) {
        // A field of two words is given as its halves.
        view.setUint32(offset, fields[`${name}Low`] ?? 0, true);
        view.setUint32(offset + 4, fields[`${name}High`] ?? 0, true);
      } else if (floats.includes(name)) view.setFloat32(offset, value, true);
      else view.setUint32(offset, value, true);
    }
    return this.filled(`${kernel} params`, new Uint32Array(view.buffer), BUFFER_USAGE.uniform);
  }

  /** Gives back the buffers made since the last release. */
  release(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }

  /**
   * Returns a kernel ready to run. `model` is the part that is made for a task.
   *
   * @throws HoldfastError `GPU_KERNEL_INVALID` with the driver's message
   */
  async pipeline(kernel: KernelName, model = ''): Promise<GPUComputePipeline> {
    const key = `${kernel}\n${model}`;
    const known = this.#pipelines.get(key);
    // Asked for again it becomes the youngest.
    this.#pipelines.delete(key);
    const made = known ?? this.#compile(kernel, model);
    this.#pipelines.set(key, made);
    for (const oldest of this.#pipelines.keys()) {
      if (this.#pipelines.size <= PIPELINES_MAX) break;
      this.#pipelines.delete(oldest);
    }
    try {
      return await made;
    } catch (error) {
      this.#pipelines.delete(key);
      throw error;
    }
  }

  async #compile(kernel: KernelName, model: string): Promise<GPUComputePipeline> {
    // Scopes are of the device, so that they may not stay open across a wait.
    this.#device.pushErrorScope('validation');
    const module = this.#device.createShaderModule({
      label: kernel,
      code: model + KERNELS[kernel].source,
    });
    const invalid = this.#device.popErrorScope();
    const { messages } = await module.getCompilationInfo();
    const wrong = messages.find(({ type }) => type === 'error');
    const failed = await invalid;
    const error = (message: string, context: object, cause?: unknown) =>
      new HoldfastError('GPU_KERNEL_INVALID', `kernel ${kernel} must compile: ${message}`, {
        context: { kernel, adapter: this.description.name, ...context },
        ...(cause === undefined ? {} : { cause }),
      });
    if (wrong !== undefined) {
      throw error(wrong.message, { line: wrong.lineNum, column: wrong.linePos });
    }
    if (failed !== null) throw error(failed.message, {});
    try {
      const compute = { module, entryPoint: 'main' };
      return await this.#device.createComputePipelineAsync({
        label: kernel,
        layout: 'auto',
        compute,
      });
    } catch (cause) {
      throw error(cause instanceof Error ? cause.message : String(cause), {}, cause);
    }
  }

  /** Starts a list of commands. */
  commands(): GPUCommandEncoder {
    return this.#device.createCommandEncoder();
  }

  /** Adds a kernel to a list of commands; its buffers in the order of their bindings. */
  dispatch(
    encoder: GPUCommandEncoder,
    pipeline: GPUComputePipeline,
    buffers: readonly GPUBuffer[],
    groups: number,
  ): void {
    const pass = encoder.beginComputePass({ label: pipeline.label });
    pass.setPipeline(pipeline);
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const layout = pipeline.getBindGroupLayout(0);
    pass.setBindGroup(0, this.#device.createBindGroup({ layout, entries }));
    const across = Math.min(groups, GROUPS_ACROSS_MAX);
    pass.dispatchWorkgroups(across, Math.ceil(groups / across));
    pass.end();
  }

  submit(encoder: GPUCommandEncoder): void {
    this.#device.queue.submit([encoder.finish()]);
  }

  /** Waits until what was submitted has run. */
  async idle(): Promise<void> {
    await Promise.race([this.#device.queue.onSubmittedWorkDone(), this.lost]);
  }

  /** Reads a buffer that was made to be mapped. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    await Promise.race([buffer.mapAsync(MAP_READ), this.lost]);
    const copy = buffer.getMappedRange().slice(0);
    buffer.unmap();
    return copy;
  }

  /**
   * Runs work and reports what the device found wrong with it.
   *
   * @throws HoldfastError `GPU_CAPACITY`, `GPU_DEVICE_LOST`, and what the work throws
   */
  async checked<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#device.pushErrorScope('validation');
    this.#device.pushErrorScope('out-of-memory');
    const settled = await work().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    const memory = await this.#device.popErrorScope().catch(() => null);
    const validation = await this.#device.popErrorScope().catch(() => null);
    this.release();
    if (this.isLost) throw this.lossError();
    const wrong = memory ?? validation;
    if (wrong !== null) {
      throw new HoldfastError(
        'GPU_CAPACITY',
        `${this.description.name} must hold the task: ${wrong.message}`,
        { context: { adapter: this.description.name } },
      );
    }
    if ('error' in settled) throw settled.error;
    return settled.result;
  }

  /** Ends the device; what was submitted still runs. */
  close(): void {
    this.#isClosing = true;
    this.release();
    this.#device.destroy();
  }
}
