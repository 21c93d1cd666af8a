import { ScenarioDraws, STREAMS } from '../distribution/philox.js';
import { ewmaVolatility, fitGarch, type VolatilityPath } from './volatility-model.js';

/** Paths of a horizon of more than one period. */
const PATHS_DEFAULT = 10_000;

/** Outcomes of a horizon with the model that filtered them. */
export interface FilteredOutcomes {
  /** Returns over the horizon, each as likely as the others. */
  readonly outcomes: readonly number[];
  readonly volatility: VolatilityPath;
}

/**
 * Simulates from a history whose changing volatility is taken out: residuals (return − mean) ÷ own
 * deviation are multiplied by the deviation that is expected next. Over one period every residual is
 * used once; over more, residuals are drawn with replacement and the volatility follows its
 * recursion along each path. Source: Barone-Adesi, Giannopoulos & Vosper, "VaR without correlations
 * for portfolios of derivative securities" (1999); Hull & White (1998) for one period.
 *
 * @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`, `FIT_FAILED`
 */
export function filteredSimulation(
  returns: readonly number[],
  options: {
    readonly model?: 'ewma' | 'garch';
    readonly horizon?: number;
    readonly paths?: number;
    readonly seed?: number;
  } = {},
): FilteredOutcomes {
  const { model = 'garch', horizon = 1, paths = PATHS_DEFAULT, seed = 0 } = options;
  const volatility = model === 'garch' ? fitGarch(returns) : ewmaVolatility(returns);
  const residuals = standardResiduals(returns, volatility);
  if (horizon === 1) {
    const deviation = Math.sqrt(volatility.next);
    return {
      outcomes: residuals.map((residual) => volatility.mean + residual * deviation),
      volatility,
    };
  }
  const outcomes = Array.from({ length: paths }, (_, scenario) => {
    const draws = new ScenarioDraws({ seed, scenario, stream: STREAMS.filtered });
    return pathReturn({ draws, residuals, volatility, horizon });
  });
  return { outcomes, volatility };
}

/** Returns each return in its own conditional deviations from the mean. */
export function standardResiduals(
  returns: readonly number[],
  { mean, variances }: Pick<VolatilityPath, 'mean' | 'variances'>,
): number[] {
  return returns.map((value, index) => (value - mean) / Math.sqrt(variances[index] ?? 1));
}

function pathReturn(path: {
  readonly draws: ScenarioDraws;
  readonly residuals: readonly number[];
  readonly volatility: VolatilityPath;
  readonly horizon: number;
}): number {
  const { mean, next, recursion } = path.volatility;
  let variance = next;
  let sum = 0;
  for (let step = 0; step < path.horizon; step += 1) {
    const place = Math.floor(path.draws.uniform() * path.residuals.length);
    const shock = (path.residuals[place] ?? 0) * Math.sqrt(variance);
    sum += mean + shock;
    variance = recursion.omega + recursion.alpha * shock * shock + recursion.beta * variance;
  }
  return sum;
}
