import type { ShockFactor } from './historical-shocks.js';
import type { OptionContract } from './black-scholes-price.js';

/** A position that a scenario can be applied to. */
export interface StressPosition {
  readonly symbol: string;
  /** Signed money that the position is worth. */
  readonly exposure: number;
  /** Move of the position for a move of 1 of each factor; 1 to itself is the usual beta. */
  readonly betas?: Readonly<Partial<Record<ShockFactor, number>>>;
  /** For an option, which is repriced in full; betas and gaps then move its underlying. */
  readonly option?: OptionHolding;
  /** Mean of (ask − bid) ÷ mid, for shocks of liquidity. */
  readonly spreadFrac?: number;
}

/** Signed units of an option, with the price of its underlying. */
export interface OptionHolding extends OptionContract {
  readonly quantity: number;
  readonly spot: number;
}

/** Profit of each position and of all; losses are negative. */
export interface StressResult {
  readonly name: string;
  readonly profit: number;
  readonly profits: readonly { readonly symbol: string; readonly profit: number }[];
  /** Positions that no factor of the scenario moves. */
  readonly unmoved: readonly string[];
}
