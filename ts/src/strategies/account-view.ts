import type { Amount } from '../core/amount.js';
import type { InstrumentKind } from '../core/contract.js';

/** One currency of the account; every amount is in it. */
export interface CurrencyView {
  readonly currency: string;
  /** What one unit costs in the account's currency; null for that currency itself and before the first rate. */
  readonly rate: string | null;
  readonly rateAgeMs: number | null;
  readonly cash: Amount;
  readonly equity: Amount;
  readonly fees: Amount;
  readonly funding: Amount;
  readonly interest: Amount;
  readonly marginUsed: Amount;
  readonly maintenanceMargin: Amount;
  readonly available: Amount;
  /** Maintenance margin of cross positions over what backs them, rounded up; null when nothing does. */
  readonly marginRatioFrac: number | null;
}

/** One side of a position; amounts are in its settlement currency. */
export interface LegView {
  readonly symbol: string;
  readonly kind: InstrumentKind;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly avgPx: number | null;
  readonly openCost: Amount;
  readonly realizedPnl: Amount;
  readonly unrealizedPnl: Amount;
  readonly marginUsed: Amount;
  readonly maintenanceMargin: Amount;
  /** Maintenance is breached at this price and below; null when no price does it. */
  readonly liquidationAtOrBelow: string | null;
  readonly liquidationAtOrAbove: string | null;
}

/** The account in exact amounts; those without a currency of their own are in the account's, at the last rates. */
export interface AccountView {
  readonly currency: string;
  readonly positionMode: 'netting' | 'hedging';
  readonly equity: Amount;
  readonly interest: Amount;
  /** Initial margin of positions and open orders. */
  readonly marginUsed: Amount;
  readonly maintenanceMargin: Amount;
  /** Left for the initial margin of further orders. */
  readonly available: Amount;
  readonly currencies: readonly CurrencyView[];
  readonly positions: readonly LegView[];
  /** Notional that may still be opened, by symbol, in the instrument's settlement currency. */
  readonly buyingPower: Readonly<Record<string, Amount>>;
}
