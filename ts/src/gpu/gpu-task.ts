import { type CholeskyWork, runCholesky } from './cholesky-program.js';
import type { KernelDevice } from './kernel-device.js';
import { type GpuMatrix, type ProductWork, runProduct } from './matrix-program.js';
import {
  type DevicePace,
  type PortfolioFigures,
  type PortfolioWork,
  runPortfolio,
} from './portfolio-program.js';
import {
  type HistogramDeviceFigures,
  type HistogramWork,
  runHistogram,
} from './scenario-histogram.js';
import { runScenarios, type ScenarioDeviceFigures } from './scenario-program.js';
import type { ScenarioWork } from './scenario-work.js';

/** What a device can be asked. */
export type GpuTask =
  | { readonly kind: 'portfolio'; readonly work: PortfolioWork }
  | { readonly kind: 'product'; readonly work: ProductWork }
  | { readonly kind: 'cholesky'; readonly work: CholeskyWork }
  | { readonly kind: 'scenarios'; readonly work: ScenarioWork }
  | { readonly kind: 'histogram'; readonly work: HistogramWork };

export type GpuTaskAnswer =
  PortfolioFigures | GpuMatrix | ScenarioDeviceFigures | HistogramDeviceFigures;

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
    case 'cholesky':
      return runCholesky(device, task.work);
    case 'scenarios':
      return runScenarios(device, task.work, pace);
    case 'histogram':
      return runHistogram(device, task.work);
  }
}

/** Memory that goes to the other thread instead of being copied. */
export function transferOf(answer: GpuTaskAnswer): ArrayBuffer[] {
  if ('values' in answer) return [answer.values.buffer];
  if ('bins' in answer) return [answer.bins.buffer];
  return answer.outcomes === undefined ? [] : [answer.outcomes.buffer];
}
