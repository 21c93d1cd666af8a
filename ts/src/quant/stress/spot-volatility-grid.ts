import { profitOf } from './scenario-stress.js';
import type { StressPosition } from './stress-position.js';

/** Profits at each pair of moves, every option repriced in full. */
export interface SpotVolatilityGrid {
  readonly spotMoves: readonly number[];
  /** Factors on implied volatility. */
  readonly volatilityFactors: readonly number[];
  /** A row a volatility, a column a spot. */
  readonly profits: readonly (readonly number[])[];
  readonly worst: {
    readonly profit: number;
    readonly spotMove: number;
    readonly volatilityFactor: number;
  };
}

const SPOT_MOVES = [-0.3, -0.2, -0.15, -0.1, -0.05, 0, 0.05, 0.1, 0.15, 0.2, 0.3];
const VOLATILITY_FACTORS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

/**
 * Moves all underlyings together and multiplies all volatilities, and prices every pair. A position
 * moves by `spotMove` times its beta to `us_equity`, 1 where it has none.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for an option that cannot be priced
 */
export function spotVolatilityGrid(
  positions: readonly StressPosition[],
  options: {
    readonly spotMoves?: readonly number[];
    readonly volatilityFactors?: readonly number[];
  } = {},
): SpotVolatilityGrid {
  const { spotMoves = SPOT_MOVES, volatilityFactors = VOLATILITY_FACTORS } = options;
  let worst = { profit: Number.POSITIVE_INFINITY, spotMove: 0, volatilityFactor: 1 };
  const profits = volatilityFactors.map((volatility) =>
    spotMoves.map((spotMove) => {
      const profit = positions.reduce((sum, position) => {
        const move = spotMove * (position.betas?.us_equity ?? 1);
        return sum + profitOf(position, { move, volatility });
      }, 0);
      if (profit < worst.profit) worst = { profit, spotMove, volatilityFactor: volatility };
      return profit;
    }),
  );
  return { spotMoves, volatilityFactors, profits, worst };
}
