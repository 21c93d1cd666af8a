import { HoldfastError } from '../core/holdfast-error.js';
import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import type { GpuMatrix } from './matrix-program.js';

const TILE = 16;
const BYTES = 4;
/** Rows of the largest matrix: a covariance of as many assets as a simulation has. */
const ORDER_MAX = 512;

/** A symmetric matrix, row by row. */
export interface CholeskyWork {
  readonly order: number;
  readonly matrix: Float32Array<ArrayBuffer>;
}

function invalid(what: string, context: Readonly<Record<string, number>>): never {
  throw new HoldfastError('MATRIX_INVALID', `matrix must be ${what}`, { context });
}

/** @throws HoldfastError `MATRIX_INVALID` */
export function choleskyWork(rows: readonly (readonly number[])[]): CholeskyWork {
  const order = rows.length;
  if (order === 0 || order > ORDER_MAX) invalid(`of 1 to ${ORDER_MAX} rows`, { order });
  const matrix = new Float32Array(order * order);
  rows.forEach((values, row) => {
    if (values.length !== order) invalid('square', { row, columns: values.length });
    values.forEach((value, column) => {
      const other = rows[column]?.[row] ?? Number.NaN;
      const size = Math.max(Math.abs(value), Math.abs(other));
      if (!Number.isFinite(Math.fround(value)) || !(Math.abs(value - other) <= 1e-12 * size)) {
        invalid(`finite and symmetric, is not at ${row}, ${column}`, { row, column });
      }
      matrix[row * order + column] = value;
    });
  });
  return { order, matrix };
}

/**
 * Factors a matrix panel by panel; all panels are submitted together.
 *
 * @throws HoldfastError `MATRIX_NOT_DEFINITE` naming the row, `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID`
 */
export async function runCholesky(
  device: KernelDevice,
  { order, matrix }: CholeskyWork,
): Promise<GpuMatrix> {
  return device.checked(async () => {
    const [panel, update] = await Promise.all([
      device.pipeline('cholesky_panel'),
      device.pipeline('cholesky_update'),
    ]);
    const startMs = performance.now();
    const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE;
    const rest = device.filled('rest', new Uint32Array(matrix.buffer), storage);
    const factor = device.buffer('factor', matrix.byteLength, storage | copySource);
    const wrong = device.filled('wrong', Uint32Array.of(order), storage | copySource);
    const encoder = device.commands();
    for (let first = 0; first < order; first += TILE) {
      const blocks = Math.ceil((order - first) / TILE);
      const fields = { order, first };
      const params = device.params('cholesky_panel', fields);
      device.dispatch(encoder, panel, [params, rest, factor, wrong], blocks);
      if (blocks === 1) break;
      const after = device.params('cholesky_update', fields);
      device.dispatch(encoder, update, [after, factor, rest], (blocks - 1) ** 2);
    }
    const read = device.buffer('factor read', matrix.byteLength, mapRead | copyTarget);
    const status = device.buffer('wrong read', BYTES, mapRead | copyTarget);
    encoder.copyBufferToBuffer(factor, 0, read, 0, matrix.byteLength);
    encoder.copyBufferToBuffer(wrong, 0, status, 0, BYTES);
    device.submit(encoder);
    const values = new Float32Array(await device.read(read));
    const [row = order] = new Uint32Array(await device.read(status));
    if (row < order) {
      throw new HoldfastError(
        'MATRIX_NOT_DEFINITE',
        `matrix must be positive definite in single precision, is not from row ${row} on`,
        { context: { row } },
      );
    }
    const elapsedMs = performance.now() - startMs;
    return { rows: order, columns: order, values, adapter: device.description, elapsedMs };
  });
}
