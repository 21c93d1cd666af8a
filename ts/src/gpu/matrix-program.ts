import { HoldfastError } from '../core/holdfast-error.js';
import type { AdapterDescription } from './adapter-choice.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';

const TILE = 16;
const BYTES = 4;

/** The product of one matrix's transpose with another, both row by row. */
export interface ProductWork {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
  /** Of both. */
  readonly rows: number;
  readonly leftColumns: number;
  readonly rightColumns: number;
  /** Whether the left numbers are log-returns, of which the gain e^x − 1 is wanted. */
  readonly grow: boolean;
  readonly scale: number;
}

/** A matrix in single precision, row by row. */
export interface GpuMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly adapter: AdapterDescription;
  /** From the first command to the last number read, without the making of kernels and the way between the threads. */
  readonly elapsedMs: number;
}

/** @throws HoldfastError `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID` */
export async function runProduct(device: KernelDevice, work: ProductWork): Promise<GpuMatrix> {
  const { left, right, rows, leftColumns, rightColumns } = work;
  const bytes = leftColumns * rightColumns * BYTES;
  const largest = Math.max(bytes, left.byteLength, right.byteLength);
  if (largest > device.bufferBytesMax) {
    const context = { adapter: device.description.name, bytes: largest };
    throw new HoldfastError(
      'GPU_CAPACITY',
      `a matrix must have at most ${device.bufferBytesMax} bytes on ${context.adapter}, has ${largest}`,
      { context },
    );
  }
  return device.checked(async () => {
    const pipeline = await device.pipeline('matrix_product');
    const startMs = performance.now();
    const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE;
    const product = device.buffer('product', bytes, storage | copySource);
    const read = device.buffer('product read', bytes, mapRead | copyTarget);
    const fields = { rows, leftColumns, rightColumns, grow: Number(work.grow) };
    const buffers = [
      device.params('matrix_product', fields),
      device.filled('left', new Uint32Array(left.buffer), storage),
      device.filled('right', new Uint32Array(right.buffer), storage),
      product,
    ];
    const tiles = Math.ceil(leftColumns / TILE) * Math.ceil(rightColumns / TILE);
    const encoder = device.commands();
    device.dispatch(encoder, pipeline, buffers, tiles);
    encoder.copyBufferToBuffer(product, 0, read, 0, bytes);
    device.submit(encoder);
    const sums = new Float32Array(await device.read(read));
    const values = work.scale === 1 ? sums : sums.map((sum) => sum * work.scale);
    const elapsedMs = performance.now() - startMs;
    const adapter = device.description;
    return { rows: leftColumns, columns: rightColumns, values, adapter, elapsedMs };
  });
}
