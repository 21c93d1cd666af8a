import type { Amount } from '../../../core/amount.js';
import type { Code } from '../../../core/codes.generated.js';
import type { Price } from '../../../core/price.js';
import type { LiquiditySide } from '../../../core/vocabulary.generated.js';
import type { SubmitResult } from '../../../strategies/strategy-context.js';

/**
 * How a venue is chosen: by the price alone, by the fee alone, or by everything that is known: price, fee, depth at the
 * touch, the venue's time to answer, and how often it did not.
 */
export const ROUTING_STRATEGIES = ['best_price', 'lowest_fee', 'smart_route'] as const;
export type RoutingStrategy = (typeof ROUTING_STRATEGIES)[number];

/** What an order is expected to cost at a venue, in the settlement currency; every part rounds against the trader. */
export interface RouteCost {
  readonly liquidity: LiquiditySide;
  /** The touch that a taker meets, or the own limit of an order that rests. */
  readonly price: Price;
  readonly notional: Amount;
  /** Negative is a rebate. */
  readonly fee: Amount;
  /** For what exceeds the quantity at the touch; none for a maker. */
  readonly depth: Amount;
  /** For the price that may move while the venue takes its time to answer. */
  readonly delay: Amount;
  /** For commands that the venue leaves without an answer. */
  readonly failure: Amount;
  /** Fee, depth, delay and failure. */
  readonly total: Amount;
}

/** How a venue has answered lately. */
export interface VenueStandingView {
  /** Smoothed time from request to answer; null before the first. */
  readonly latencyMs: number | null;
  readonly answered: number;
  /** Commands whose outcome became unknown. */
  readonly lost: number;
}

/** One instrument that the order could go to. */
export interface RouteCandidate {
  readonly symbol: string;
  readonly venue: string;
  /** Why it is none; empty for one that may be chosen. */
  readonly refused: readonly Code[];
  /** Null where a price or a fee was missing. */
  readonly cost: RouteCost | null;
  readonly standing: VenueStandingView;
}

/** Which venue was chosen, and what the others would have been. */
export interface Route {
  readonly strategy: RoutingStrategy;
  readonly symbol: string;
  readonly venue: string;
  /** Best first; those that were refused at the end. */
  readonly candidates: readonly RouteCandidate[];
}

/** What the gate said, and where the order went. Null for a key that was used before: the first route stands. */
export type RoutedResult = SubmitResult & { readonly route: Route | null };
