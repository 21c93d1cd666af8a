import type { Breaker } from '../breaker/breaker.js';
import { type HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import {
  type PortfolioRisk,
  type PortfolioSimulationOptions,
  simulatePortfolio as simulateOnProcessor,
} from '../quant/portfolio-simulation.js';
import type { AdapterChoice } from './adapter-choice.js';
import { Gpu, type GpuPortfolioRisk } from './gpu.js';

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
  'CIRCUIT_OPEN',
  'CIRCUIT_HALF_OPEN_EXHAUSTED',
  'CIRCUIT_GLOBAL_OPEN',
  'CIRCUIT_DEPENDENCY_OPEN',
]);

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

/** A simulation, and where it ran. */
export type PortfolioRiskOnDevice = (PortfolioRisk | GpuPortfolioRisk) & {
  /** Why the processor ran it, where a graphics device was asked for. */
  readonly fallback: { readonly code: HoldfastError['code']; readonly message: string } | null;
};

/** Numbers drawn in a simulation. */
function normalsOf({ exposures, scenarios = 1_048_576, steps = 1 }: PortfolioSimulationOptions) {
  return exposures.length * scenarios * steps;
}

/** A task that the device cannot hold says nothing about the device, and neither do wrong options. */
function isDeviceFailure(error: unknown): boolean {
  return isHoldfastError(error) && FALLBACK_CODES.has(error.code) && error.code !== 'GPU_CAPACITY';
}

async function simulateOnGpu(
  options: PortfolioSimulationOptions,
  choice: AdapterChoice,
): Promise<GpuPortfolioRisk> {
  const gpu = await Gpu.open(choice);
  try {
    return await gpu.simulatePortfolio(options);
  } finally {
    await gpu.close();
  }
}

/**
 * Simulates a portfolio on a graphics device or on the processor; both draw the same paths. One that is simulated again and
 * again is better given to a `Gpu`, which stays open.
 *
 * @throws HoldfastError what `simulatePortfolio` of `holdfast/quant` throws, and with `gpu: 'always'` what `Gpu` does
 *
 * @example
 * const risk = await simulatePortfolio({ exposures, covariance, steps: 10 }, { gpu: 'auto' });
 * risk.device; // 'avx512', or the adapter's name
 * risk.fallback; // null, or why the processor did what a device was meant to
 */
export async function simulatePortfolio(
  options: PortfolioSimulationOptions,
  { gpu = 'auto', breaker, ...choice }: DeviceChoice = {},
): Promise<PortfolioRiskOnDevice> {
  const isWorthIt = gpu === 'always' || (gpu === 'auto' && normalsOf(options) >= NORMALS_MIN);
  if (!isWorthIt) return { ...(await simulateOnProcessor(options)), fallback: null };
  try {
    const simulate = () => simulateOnGpu(options, choice);
    const risk = await (breaker === undefined
      ? simulate()
      : breaker.run(simulate, { failsOn: isDeviceFailure }));
    return { ...risk, fallback: null };
  } catch (error) {
    if (gpu === 'always' || !isHoldfastError(error) || !FALLBACK_CODES.has(error.code)) throw error;
    const { code, message } = error;
    return { ...(await simulateOnProcessor(options)), fallback: { code, message } };
  }
}
