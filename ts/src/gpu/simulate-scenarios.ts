import type { ScenarioOptions } from '../quant/scenarios/scenario-options.js';
import {
  type ScenarioRisk,
  simulateScenarios as simulateOnProcessor,
} from '../quant/scenarios/simulate-scenarios.js';
import { type DeviceChoice, type Fallback, runOnEither } from './device-choice.js';
import type { GpuScenarioRisk } from './gpu-scenarios.js';

/** Scenarios, and where they ran. */
export type ScenarioRiskOnDevice = (
  GpuScenarioRisk | (ScenarioRisk & { readonly device: 'processor' })
) & {
  /** Why the processor ran them, where a graphics device was asked for. */
  readonly fallback: Fallback | null;
};

/** Assets of a model, as far as its form says; one that is wrong is refused later. */
function assetsOf({ model }: ScenarioOptions): number {
  switch (model.kind) {
    case 'brownian':
    case 'jumps':
      return model.covariance.length;
    case 'factors':
      return model.deviations.length;
    case 'copula':
      return model.margins.length;
    case 'heston':
      return model.variances.length;
    case 'filtered-history':
    case 'bootstrap':
      return model.returns[0]?.length ?? 0;
    case 'regimes':
      return model.regimes[0]?.covariance.length ?? 0;
  }
}

/**
 * Simulates a book on a graphics device or on the processor; both draw the same scenarios, in single and in double precision.
 * A device samples at random and has no control variate: asked for another way, `auto` runs it on the processor and says so.
 *
 * @throws HoldfastError what `simulateScenarios` of `holdfast/quant` throws, and with `gpu: 'always'` what `Gpu` does
 *
 * @example
 * const risk = await simulateScenarios(
 *   { model: { kind: 'bootstrap', returns }, positions: [{ kind: 'linear', asset: 0, exposure: 1e6 }] },
 *   { gpu: 'auto' },
 * );
 * risk.device; // 'processor', or the adapter's name
 * risk.fallback; // null, or why the processor did what a device was meant to
 */
export async function simulateScenarios(
  options: ScenarioOptions,
  choice: DeviceChoice = {},
): Promise<ScenarioRiskOnDevice> {
  const { scenarios = 65_536, steps = 1 } = options;
  return runOnEither(
    {
      normals: scenarios * steps * assetsOf(options),
      onGpu: async (gpu) => gpu.simulateScenarios(options),
      onProcessor: async () => ({
        ...(await simulateOnProcessor(options)),
        device: 'processor' as const,
      }),
    },
    choice,
  );
}
