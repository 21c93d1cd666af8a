import type { Breaker } from '../breaker/breaker.js';
import { type HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import type { AdapterChoice } from './adapter-choice.js';
import { Gpu } from './gpu.js';

/** Below this the processor has the answer before a device has its commands. */
const NORMALS_MIN = 1e8;
/** Why a device may not have run a task which the processor can. */
const FALLBACK_CODES: ReadonlySet<string> = new Set([
  'DEPENDENCY_MISSING',
  'GPU_UNAVAILABLE',
  'GPU_SOFTWARE_REFUSED',
  'GPU_DEVICE_LOST',
  'GPU_KERNEL_INVALID',
  'GPU_CAPACITY',
  'GPU_TASK_UNSUPPORTED',
  'CIRCUIT_OPEN',
  'CIRCUIT_HALF_OPEN_EXHAUSTED',
  'CIRCUIT_GLOBAL_OPEN',
  'CIRCUIT_DEPENDENCY_OPEN',
]);
/** These are the task's fault and not the device's. */
const TASK_CODES: ReadonlySet<string> = new Set(['GPU_CAPACITY', 'GPU_TASK_UNSUPPORTED']);

/** Where a simulation may run. */
export interface DeviceChoice extends AdapterChoice {
  /**
   * `auto` (the default): on a graphics device where there is one and the work is worth it, else on the processor;
   * `always`: on a graphics device or not at all; `never`: on the processor.
   */
  readonly gpu?: 'auto' | 'always' | 'never';
  /** Keeps a device that fails from being opened for every simulation; while it is open the processor runs them. */
  readonly breaker?: Breaker;
}

/** Why the processor ran what a graphics device was asked for. */
export interface Fallback {
  readonly code: HoldfastError['code'];
  readonly message: string;
}

/** A task that can run here or there. */
export interface EitherTask<OnGpu, OnProcessor> {
  /** Numbers that are drawn. */
  readonly normals: number;
  /** Refuses what no device can do, before one is opened. */
  readonly check?: () => void;
  readonly onGpu: (gpu: Gpu) => Promise<OnGpu>;
  readonly onProcessor: () => Promise<OnProcessor>;
}

/** A task that the device cannot hold says nothing about the device, and neither do wrong options. */
function isDeviceFailure(error: unknown): boolean {
  return isHoldfastError(error) && FALLBACK_CODES.has(error.code) && !TASK_CODES.has(error.code);
}

/** Whether an error says that no device ran a task, and nothing of the task's own numbers. */
export function isWithoutDevice(error: unknown): boolean {
  return isHoldfastError(error) && FALLBACK_CODES.has(error.code);
}

async function runOnGpu<Result>(
  choice: AdapterChoice,
  run: (gpu: Gpu) => Promise<Result>,
): Promise<Result> {
  const gpu = await Gpu.open(choice);
  try {
    return await run(gpu);
  } finally {
    await gpu.close();
  }
}

/**
 * Runs a task on a graphics device or on the processor, and says why where it was not the one that was asked for.
 *
 * @throws HoldfastError what the task throws, and with `gpu: 'always'` what `Gpu` does
 */
export async function runOnEither<OnGpu, OnProcessor>(
  { normals, check, onGpu, onProcessor }: EitherTask<OnGpu, OnProcessor>,
  { gpu = 'auto', breaker, ...choice }: DeviceChoice,
): Promise<(OnGpu | OnProcessor) & { readonly fallback: Fallback | null }> {
  const isWorthIt = gpu === 'always' || (gpu === 'auto' && normals >= NORMALS_MIN);
  if (!isWorthIt) return { ...(await onProcessor()), fallback: null };
  try {
    check?.();
    const run = () => runOnGpu(choice, onGpu);
    const found = await (breaker === undefined
      ? run()
      : breaker.run(run, { failsOn: isDeviceFailure }));
    return { ...found, fallback: null };
  } catch (error) {
    if (gpu === 'always' || !isHoldfastError(error) || !isWithoutDevice(error)) throw error;
    const { code, message } = error;
    return { ...(await onProcessor()), fallback: { code, message } };
  }
}
