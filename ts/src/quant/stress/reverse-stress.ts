import { HoldfastError } from '../../core/holdfast-error.js';
import { dot, type Matrix, times } from '../matrix/dense.js';
import { type StressScenario, stressPositions } from './scenario-stress.js';
import type { StressPosition } from './stress-position.js';

/** The likeliest set of moves with a given loss. */
export interface ReverseStress {
  /** Move of each asset, in their order. */
  readonly moves: readonly number[];
  /** Size in standard deviations of the portfolio, the Mahalanobis distance of the moves. */
  readonly deviations: number;
}

/**
 * Returns the smallest moves, measured by their covariance, at which linear positions lose `loss`:
 * −Σw × loss ÷ (wᵀΣw). Source: Breuer, Jandačka, Rheinberger & Summer, "How to find plausible, severe,
 * and useful stress scenarios" (2009).
 *
 * @throws HoldfastError `VOLATILITY_ZERO` for a portfolio without risk, `ARGUMENT_INVALID` for a loss
 * that is not above 0
 */
export function reverseStress(portfolio: {
  readonly exposures: readonly number[];
  readonly covariance: Matrix;
  readonly loss: number;
}): ReverseStress {
  const { exposures, covariance, loss } = portfolio;
  if (!(loss > 0)) {
    throw new HoldfastError('ARGUMENT_INVALID', `loss must be above 0, was ${loss}`, {
      context: { loss },
    });
  }
  const image = times(covariance, exposures);
  const variance = dot(exposures, image);
  if (!(variance > 0)) {
    throw new HoldfastError('VOLATILITY_ZERO', 'a portfolio must have risk to lose by moves', {
      context: { variance },
    });
  }
  return {
    moves: image.map((sum) => (-sum * loss) / variance),
    deviations: loss / Math.sqrt(variance),
  };
}

const STEPS = 400;
const HALVINGS = 60;

/**
 * Returns the smallest multiple of a scenario, up to `multipleMax`, at which positions (options
 * repriced in full) lose `loss`; null when none does. The multiples are looked through in steps, then
 * the step of the breach is halved.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for an option that cannot be priced
 */
export function smallestBreach(
  positions: readonly StressPosition[],
  scenario: StressScenario,
  bound: { readonly loss: number; readonly multipleMax?: number },
): number | null {
  const { loss, multipleMax = 3 } = bound;
  const breaches = (multiple: number): boolean =>
    stressPositions(positions, scaled(scenario, multiple)).profit <= -loss;
  for (let step = 1; step <= STEPS; step += 1) {
    if (!breaches((step * multipleMax) / STEPS)) continue;
    let [low, high] = [((step - 1) * multipleMax) / STEPS, (step * multipleMax) / STEPS];
    for (let halving = 0; halving < HALVINGS; halving += 1) {
      const middle = (low + high) / 2;
      if (breaches(middle)) high = middle;
      else low = middle;
    }
    return high;
  }
  return null;
}

function scaled(scenario: StressScenario, multiple: number): StressScenario {
  const enlarged = (moves: Readonly<Record<string, number>> = {}): Record<string, number> =>
    Object.fromEntries(Object.entries(moves).map(([name, move]) => [name, move * multiple]));
  const { volatilityFactor, spreadFactor } = scenario;
  return {
    name: scenario.name,
    moves: enlarged(scenario.moves),
    gaps: enlarged(scenario.gaps),
    ...(volatilityFactor === undefined
      ? {}
      : { volatilityFactor: Math.max(0, 1 + (volatilityFactor - 1) * multiple) }),
    ...(spreadFactor === undefined ? {} : { spreadFactor: spreadFactor * multiple }),
  };
}
