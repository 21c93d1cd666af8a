import { HoldfastError } from '../../core/holdfast-error.js';

/** What it costs and how long it takes to leave a position. */
export interface PositionLiquidity {
  readonly symbol: string;
  /** Signed money. */
  readonly exposure: number;
  /** Mean of (ask − bid) ÷ mid. */
  readonly spreadFrac: number;
  /** Deviation of the same. */
  readonly spreadDeviationFrac: number;
  /** Money that trades in a period. */
  readonly volume: number;
}

export interface LiquidityAdjustedVar {
  readonly var: number;
  /** VaR while positions are sold piece by piece. */
  readonly overLiquidation: number;
  /** Half of the bad spread on every position. */
  readonly spreadCost: number;
  /** Both together. */
  readonly adjustedVar: number;
  /** Periods until the slowest position is sold. */
  readonly liquidationPeriods: number;
}

/**
 * Deviations of the spread that a bad one lies above its mean; spreads have fat tails. Source:
 * Bangia, Diebold, Schuermann & Stroughair (1999), who find 2.0 to 4.5.
 */
const SPREAD_DEVIATIONS = 3;

/**
 * Adjusts a VaR of one period for liquidity. The spread costs ½ Σ |exposure| (mean + k × deviation)
 * (Bangia et al. 1999); a position sold evenly over n periods carries √((n + 1) (2 n + 1) ÷ (6 n))
 * times the VaR of one period (Jorion, *Value at Risk*, section 13.3), with n of the slowest position
 * when at most `participation` of the volume may be taken.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for a volume or participation that is not positive
 */
export function liquidityAdjustedVar(
  onePeriodVar: number,
  positions: readonly PositionLiquidity[],
  options: { readonly participation?: number; readonly spreadDeviations?: number } = {},
): LiquidityAdjustedVar {
  const { participation = 0.1, spreadDeviations = SPREAD_DEVIATIONS } = options;
  const illiquid = positions.find(({ volume }) => !(volume * participation > 0));
  if (illiquid !== undefined) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `volume of ${illiquid.symbol} and participation must be above 0`,
      { context: { symbol: illiquid.symbol, volume: illiquid.volume, participation } },
    );
  }
  const liquidationPeriods = positions.reduce(
    (most, { exposure, volume }) =>
      Math.max(most, Math.ceil(Math.abs(exposure) / (volume * participation))),
    1,
  );
  const n = liquidationPeriods;
  const overLiquidation = onePeriodVar * Math.sqrt(((n + 1) * (2 * n + 1)) / (6 * n));
  const spreadCost = positions.reduce(
    (sum, { exposure, spreadFrac, spreadDeviationFrac }) =>
      sum + 0.5 * Math.abs(exposure) * (spreadFrac + spreadDeviations * spreadDeviationFrac),
    0,
  );
  return {
    var: onePeriodVar,
    overLiquidation,
    spreadCost,
    adjustedVar: overLiquidation + spreadCost,
    liquidationPeriods,
  };
}
