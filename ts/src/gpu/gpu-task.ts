import type { KernelDevice } from './kernel-device.js';
import { type GpuMatrix, type ProductWork, runProduct } from './matrix-program.js';
import {
  type DevicePace,
  type PortfolioFigures,
  type PortfolioWork,
  runPortfolio,
} from './portfolio-program.js';

/** What a device can be asked. */
export type GpuTask =
  | { readonly kind: 'portfolio'; readonly work: PortfolioWork }
  | { readonly kind: 'product'; readonly work: ProductWork };

export type GpuTaskAnswer = PortfolioFigures | GpuMatrix;

/** @throws HoldfastError `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID`, and what the task names */
export async function runTask(
  device: KernelDevice,
  task: GpuTask,
  pace: DevicePace,
): Promise<GpuTaskAnswer> {
  switch (task.kind) {
    case 'portfolio':
      return runPortfolio(device, task.work, pace);
    case 'product':
      return runProduct(device, task.work);
  }
}

/** Memory that goes to the other thread instead of being copied. */
export function transferOf(answer: GpuTaskAnswer): ArrayBuffer[] {
  const numbers = 'values' in answer ? answer.values : answer.outcomes;
  return numbers === undefined ? [] : [numbers.buffer];
}
