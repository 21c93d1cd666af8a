import {
  type PortfolioRisk,
  type PortfolioSimulationOptions,
  simulatePortfolio as simulateOnProcessor,
} from '../quant/portfolio-simulation.js';
import { type DeviceChoice, type Fallback, runOnEither } from './device-choice.js';
import type { GpuPortfolioRisk } from './gpu.js';

/** A simulation, and where it ran. */
export type PortfolioRiskOnDevice = (PortfolioRisk | GpuPortfolioRisk) & {
  /** Why the processor ran it, where a graphics device was asked for. */
  readonly fallback: Fallback | null;
};

/** Numbers drawn in a simulation. */
function normalsOf({ exposures, scenarios = 1_048_576, steps = 1 }: PortfolioSimulationOptions) {
  return exposures.length * scenarios * steps;
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
  choice: DeviceChoice = {},
): Promise<PortfolioRiskOnDevice> {
  return runOnEither(
    {
      normals: normalsOf(options),
      onGpu: async (gpu) => gpu.simulatePortfolio(options),
      onProcessor: async () => simulateOnProcessor(options),
    },
    choice,
  );
}
