import { HISTORICAL_SHOCKS, type ShockFactor } from './historical-shocks.js';
import { blackScholesPrice } from './black-scholes-price.js';
import type { StressPosition, StressResult } from './stress-position.js';

/** A set of moves that come together. */
export interface StressScenario {
  readonly name: string;
  /** Moves of factors, as fractions. */
  readonly moves?: Readonly<Partial<Record<ShockFactor, number>>>;
  /** Moves of single positions by symbol, such as a gap or a lost peg; in place of the factors. */
  readonly gaps?: Readonly<Record<string, number>>;
  /** Factor on implied volatility of options, such as 1.5; in place of the factor's move. */
  readonly volatilityFactor?: number;
  /** Factor on spreads: closing everything at once costs half of the wider spread. */
  readonly spreadFactor?: number;
}

/**
 * Applies a scenario to positions: linear positions move by Σ beta × move (never below a loss of the
 * whole), options are repriced in full at the moved spot and volatility, and a shock of liquidity
 * takes half of the wider spread from every position.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for an option that cannot be priced
 */
export function stressPositions(
  positions: readonly StressPosition[],
  scenario: StressScenario,
): StressResult {
  const outcomes = positions.map((position) => {
    const move = moveOf(position, scenario);
    const cost =
      scenario.spreadFactor === undefined
        ? 0
        : 0.5 * Math.abs(position.exposure) * (position.spreadFrac ?? 0) * scenario.spreadFactor;
    const profit =
      profitOf(position, { move: move ?? 0, volatility: volatilityOf(scenario) }) - cost;
    const isUnmoved = move === null && cost === 0 && profit === 0;
    return { symbol: position.symbol, profit, isUnmoved };
  });
  return {
    name: scenario.name,
    profit: outcomes.reduce((sum, { profit }) => sum + profit, 0),
    profits: outcomes.map(({ symbol, profit }) => ({ symbol, profit })),
    unmoved: outcomes.filter(({ isUnmoved }) => isUnmoved).map(({ symbol }) => symbol),
  };
}

/** Applies every dated shock of history, the worst first. */
export function historicalStress(positions: readonly StressPosition[]): readonly StressResult[] {
  return HISTORICAL_SHOCKS.map(({ id, name, moves }) =>
    stressPositions(positions, { name: `${name} (${id})`, moves }),
  ).toSorted((left, right) => left.profit - right.profit);
}

/** A sum of betas and moves; null when none of the factors touches the position. */
function moveOf(position: StressPosition, { moves, gaps }: StressScenario): number | null {
  const gap = gaps?.[position.symbol];
  if (gap !== undefined) return gap;
  let move: number | null = null;
  for (const [factor, beta] of Object.entries(position.betas ?? {})) {
    const shock = Object.entries(moves ?? {}).find(([name]) => name === factor)?.[1];
    if (shock !== undefined && factor !== 'implied_volatility') move = (move ?? 0) + beta * shock;
  }
  return move;
}

function volatilityOf({ moves, volatilityFactor }: StressScenario): number {
  return volatilityFactor ?? 1 + (moves?.implied_volatility ?? 0);
}

/** An underlying that lost everything keeps this share, so that it can be priced. */
const SPOT_LEAST_FRAC = 1e-12;

/** Profit of one position when its asset moves and its volatility is multiplied. */
export function profitOf(
  { exposure, option }: StressPosition,
  shock: { readonly move: number; readonly volatility: number },
): number {
  // Nothing falls below zero.
  const move = Math.max(-1, shock.move);
  if (option === undefined) return exposure * move;
  const spot = Math.max(option.spot * (1 + move), option.spot * SPOT_LEAST_FRAC);
  const stressed = { ...option, volAnn: Math.max(0, option.volAnn * shock.volatility) };
  return (
    option.quantity * (blackScholesPrice(spot, stressed) - blackScholesPrice(option.spot, option))
  );
}
