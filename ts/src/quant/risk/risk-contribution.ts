import { HoldfastError } from '../../core/holdfast-error.js';
import { dot, type Matrix, times } from '../matrix/dense.js';
import type { Multipliers } from './parametric-risk.js';
import { type ScenarioTail, type TailFigures, weightedTail } from './weighted-tail.js';

/** What one position does to the risk of the whole. */
export interface RiskContribution {
  /** Adds up over positions to the total. */
  readonly componentVar: number;
  readonly componentCvar: number;
  /** Change of the total for one more unit of money in the position. */
  readonly marginalVar: number;
  readonly marginalCvar: number;
  /** Total less the total without the position; these do not add up. */
  readonly incrementalVar: number;
  readonly incrementalCvar: number;
}

export interface RiskContributions {
  readonly total: TailFigures;
  /** In the order of the exposures. */
  readonly positions: readonly RiskContribution[];
}

/**
 * Splits parametric VaR and CVaR by position: with exposures w, covariance Σ, means μ and a
 * multiplier k the total is k √(wᵀΣw) − wᵀμ, the marginal figure its gradient k (Σw)ᵢ ÷ √(wᵀΣw) − μᵢ,
 * and the component wᵢ times that, which adds up by Euler's theorem. Source: Jorion, *Value at Risk*,
 * chapter 7.
 *
 * @throws HoldfastError `VOLATILITY_ZERO` when the portfolio has no risk to split
 */
export function parametricContributions(portfolio: {
  readonly exposures: readonly number[];
  readonly covariance: Matrix;
  readonly means?: readonly number[];
  readonly level: number;
  readonly multipliers: Multipliers;
}): RiskContributions {
  const { exposures, covariance, level, multipliers } = portfolio;
  const means = portfolio.means ?? exposures.map(() => 0);
  const image = times(covariance, exposures);
  const variance = dot(exposures, image);
  const deviation = Math.sqrt(variance);
  if (!(deviation > 0)) {
    throw new HoldfastError('VOLATILITY_ZERO', 'a portfolio must have risk to split it', {
      context: { variance },
    });
  }
  const total = {
    level,
    var: multipliers.var * deviation - dot(exposures, means),
    cvar: multipliers.cvar * deviation - dot(exposures, means),
  };
  const positions = exposures.map((exposure, index) => {
    const slope = (image[index] ?? 0) / deviation;
    const mean = means[index] ?? 0;
    const own = covariance[index]?.[index] ?? 0;
    // Variance without the position, from the parts that are known.
    const rest = Math.sqrt(
      Math.max(0, variance - 2 * exposure * (image[index] ?? 0) + exposure * exposure * own),
    );
    const split = (multiplier: number) => ({
      marginal: multiplier * slope - mean,
      incremental: multiplier * (deviation - rest) - exposure * mean,
    });
    return contribution(exposure, split(multipliers.var), split(multipliers.cvar));
  });
  return { total, positions };
}

/**
 * Splits VaR and CVaR of scenarios (historical, filtered or simulated) by position. The component of
 * CVaR is the position's mean loss over the tail, the component of VaR its loss in the one scenario
 * at which the level lies; both add up, the latter is as noisy as a single scenario is. Source:
 * Tasche, "Risk contributions and performance measurement" (1999).
 *
 * @throws HoldfastError as `weightedTail`
 */
export function scenarioContributions(scenarios: {
  /** A row a scenario, returns of each asset. */
  readonly rows: Matrix;
  readonly exposures: readonly number[];
  readonly level: number;
  readonly weights?: readonly number[];
}): RiskContributions {
  const { rows, exposures, level, weights } = scenarios;
  const profits = times(rows, exposures);
  const tail = weightedTail(profits, level, weights);
  const losses = tailLosses(tail, rows, exposures.length);
  const positions = exposures.map((exposure, index) => {
    const without = profits.map((profit, row) => profit - exposure * (rows[row]?.[index] ?? 0));
    const rest = weightedTail(without, level, weights);
    const { atQuantile = 0, beyond = 0 } = losses[index] ?? {};
    return contribution(
      exposure,
      { marginal: atQuantile, incremental: tail.var - rest.var },
      { marginal: beyond, incremental: tail.cvar - rest.cvar },
    );
  });
  return { total: { level, var: tail.var, cvar: tail.cvar }, positions };
}

/** Loss of one unit of each asset in the scenario at the level, and its mean over the tail. */
function tailLosses(
  tail: ScenarioTail,
  rows: Matrix,
  assets: number,
): readonly { readonly atQuantile: number; readonly beyond: number }[] {
  return Array.from({ length: assets }, (_, asset) => ({
    atQuantile: -(rows[tail.quantileIndex]?.[asset] ?? 0),
    beyond: -tail.shares.reduce(
      (sum, { index, share }) => sum + share * (rows[index]?.[asset] ?? 0),
      0,
    ),
  }));
}

interface Split {
  readonly marginal: number;
  readonly incremental: number;
}

function contribution(exposure: number, atRisk: Split, beyond: Split): RiskContribution {
  return {
    componentVar: exposure * atRisk.marginal,
    componentCvar: exposure * beyond.marginal,
    marginalVar: atRisk.marginal,
    marginalCvar: beyond.marginal,
    incrementalVar: atRisk.incremental,
    incrementalCvar: beyond.incremental,
  };
}

/** Components of the positions of one group; those of all groups add up to the total. */
export interface GroupContribution {
  readonly group: string;
  readonly positions: number;
  readonly componentVar: number;
  readonly componentCvar: number;
}

/**
 * Adds components up by group, such as desk, strategy or factor, in the order in which groups first
 * appear.
 */
export function groupContributions(
  positions: readonly RiskContribution[],
  groups: readonly string[],
): readonly GroupContribution[] {
  const sums = new Map<string, GroupContribution>();
  positions.forEach(({ componentVar, componentCvar }, index) => {
    const group = groups[index] ?? '';
    const before = sums.get(group);
    sums.set(group, {
      group,
      positions: (before?.positions ?? 0) + 1,
      componentVar: (before?.componentVar ?? 0) + componentVar,
      componentCvar: (before?.componentCvar ?? 0) + componentCvar,
    });
  });
  return [...sums.values()];
}
