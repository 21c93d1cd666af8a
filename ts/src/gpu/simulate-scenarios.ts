import { parseConfig } from '../core/schema.js';
import {
  optionsSchema,
  type ParsedOptions,
  type ScenarioOptions,
} from '../quant/scenarios/scenario-options.js';
import {
  type ScenarioRisk,
  simulateScenarios as simulateOnProcessor,
} from '../quant/scenarios/simulate-scenarios.js';
import { type DeviceChoice, type Fallback, runOnEither } from './device-choice.js';
import type { GpuScenarioRisk } from './gpu-scenarios.js';
import { checkSupported } from './scenario-work.js';

/** Scenarios, and where they ran. */
export type ScenarioRiskOnDevice = (
  GpuScenarioRisk | (ScenarioRisk & { readonly device: 'processor' })
) & {
  /** Why the processor ran them, where a graphics device was asked for. */
  readonly fallback: Fallback | null;
};

/** Assets of a model, as far as its form says; whether its numbers fit together is seen later. */
function assetsOf({ model }: ParsedOptions): number {
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
 * A device samples at random or in antithetic pairs and has no control variate: asked for another way, `auto` runs it on the
 * processor and says so.
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
  const parsed = parseConfig(optionsSchema, options, 'scenarios', 'CONFIG_INVALID');
  return runOnEither(
    {
      normals: parsed.scenarios * parsed.steps * assetsOf(parsed),
      check: () => checkSupported(parsed),
      onGpu: async (gpu) => gpu.simulateScenarios(options),
      onProcessor: async () => ({
        ...(await simulateOnProcessor(options)),
        device: 'processor' as const,
      }),
    },
    choice,
  );
}
