import { correlation } from '../correlation.js';

/** A position as the measures of exposure need it. */
export interface OpenPosition {
  readonly symbol: string;
  /** Signed money. */
  readonly exposure: number;
  /** Money lost if the stop is met; without a stop the whole exposure counts. */
  readonly lossAtStop?: number;
}

export interface ExposureMeasures {
  /** Gross exposure ÷ equity. */
  readonly leverage: number;
  /** Net exposure ÷ equity. */
  readonly netLeverage: number;
  /** Largest exposure ÷ equity (PORT-03). */
  readonly concentrationFrac: number;
  /** Σ (share of gross exposure)², from 1 ÷ positions to 1; 0 when flat. */
  readonly herfindahl: number;
  /** Σ loss at stop ÷ equity: portfolio heat (PORT-09). */
  readonly heatFrac: number;
}

/** Measures what is exposed, as shares of equity; all infinite without equity. */
export function exposureMeasures(
  positions: readonly OpenPosition[],
  equity: number,
): ExposureMeasures {
  const sizes = positions.map(({ exposure }) => Math.abs(exposure));
  const gross = sizes.reduce((sum, size) => sum + size, 0);
  const net = positions.reduce((sum, { exposure }) => sum + exposure, 0);
  const heat = positions.reduce(
    (sum, { exposure, lossAtStop }) => sum + (lossAtStop ?? Math.abs(exposure)),
    0,
  );
  const of = (money: number): number => {
    if (equity > 0) return money / equity;
    return money === 0 ? 0 : Number.POSITIVE_INFINITY;
  };
  return {
    leverage: of(gross),
    netLeverage: equity > 0 ? net / equity : 0,
    concentrationFrac: of(sizes.reduce((most, size) => Math.max(most, size), 0)),
    herfindahl: gross === 0 ? 0 : sizes.reduce((sum, size) => sum + (size / gross) ** 2, 0),
    heatFrac: of(heat),
  };
}

/** Largest correlation of a new position with those held (RISK-04). */
export interface CorrelationCheck {
  /** Null when nothing is held or no correlation can be computed. */
  readonly correlation: number | null;
  readonly symbol: string | null;
  /** False only for a correlation above the limit, or one that cannot be computed. */
  readonly allowed: boolean;
}

/** RISK-04: at most this, and rejected only above it. */
export const CORRELATION_MAX = 0.7;

/**
 * Compares the returns of a candidate with those of every position held. A position on the other
 * side counts with the opposite sign, since it hedges. What cannot be computed is not allowed.
 */
export function checkCorrelation(
  candidate: { readonly side: 1 | -1; readonly returns: readonly number[] },
  held: readonly {
    readonly symbol: string;
    readonly side: 1 | -1;
    readonly returns: readonly number[];
  }[],
  correlationMax: number = CORRELATION_MAX,
): CorrelationCheck {
  let most: CorrelationCheck = { correlation: null, symbol: null, allowed: true };
  for (const { symbol, side, returns } of held) {
    const found =
      returns.length === candidate.returns.length ? correlation(candidate.returns, returns) : null;
    if (found === null) return { correlation: null, symbol, allowed: false };
    const joint = found * side * candidate.side;
    if (most.correlation === null || joint > most.correlation) {
      most = { correlation: joint, symbol, allowed: joint <= correlationMax };
    }
  }
  return most;
}
