import { correlationMatrix, maxPairCorrelation } from '../../quant/correlation.js';
import type { EquityPoint, LimitValue, SessionResult } from '../session-result.js';

/** A risk metric above its limit, and what would bring it back. */
export interface RebalanceSignal {
  readonly metric: 'concentration' | 'max_pairwise_correlation' | 'leverage';
  readonly instruments: readonly string[];
  readonly observed: number;
  readonly limit: number;
  readonly action: 'reduce';
  /** Notional, in the session's currency, to which the named positions must shrink together. */
  readonly targetNotional: number;
}

/** Risk of the positions held when the session ended. */
export interface PortfolioState {
  /**
   * Pearson correlations of daily returns, in the order of the instruments; null where undefined.
   */
  readonly correlations: readonly (readonly (number | null)[])[];
  /** Largest position notional ÷ equity; 0 when flat, null when equity is not positive. */
  readonly concentrationFrac: number | null;
  /** Gross notional ÷ equity. */
  readonly leverage: number | null;
  /**
   * Largest correlation, by absolute value, between two instruments held; null with fewer than two.
   */
  readonly maxPairwiseCorrelation: number | null;
  readonly rebalanceSignals: readonly RebalanceSignal[];
}

/** Measures the end portfolio and compares each metric with its limit. */
export function portfolioState(result: SessionResult): PortfolioState {
  const equity = Number(result.finalEquity);
  const held = result.positions.map((position) => ({
    symbol: position.instrument,
    notional: Number(position.notional),
  }));
  const correlations = correlationMatrix(
    result.instruments.map((_, index) => closeReturns(result.days, index)),
  );
  const pair = heldPair(result, correlations);
  const gross = held.reduce((sum, position) => sum + position.notional, 0);
  const largest = held.reduce((most, position) => Math.max(most, position.notional), 0);
  return {
    correlations,
    concentrationFrac: equity > 0 ? largest / equity : null,
    leverage: equity > 0 ? gross / equity : null,
    maxPairwiseCorrelation: pair?.correlation ?? null,
    rebalanceSignals: equity > 0 ? rebalanceSignals(result, { equity, held, gross, pair }) : [],
  };
}

interface HeldPosition {
  readonly symbol: string;
  readonly notional: number;
}

interface HeldPair {
  readonly symbols: readonly string[];
  readonly correlation: number;
}

function rebalanceSignals(
  result: SessionResult,
  state: {
    readonly equity: number;
    readonly held: readonly HeldPosition[];
    readonly gross: number;
    readonly pair: HeldPair | null;
  },
): readonly RebalanceSignal[] {
  const { positionFracMax, grossExposureFracMax, pairCorrelationMax } = result.limits;
  const { equity, held, pair } = state;
  const signals: RebalanceSignal[] = [];
  for (const position of held) {
    const breach = breachOf(position.notional / equity, positionFracMax);
    if (breach === null) continue;
    signals.push(signal('concentration', [position.symbol], breach, breach.limit * equity));
  }
  const levered = breachOf(state.gross / equity, grossExposureFracMax);
  if (levered !== null) {
    const symbols = held.map((position) => position.symbol);
    signals.push(signal('leverage', symbols, levered, levered.limit * equity));
  }
  const paired = pair === null ? null : breachOf(Math.abs(pair.correlation), pairCorrelationMax);
  if (pair !== null && paired !== null) {
    // Correlation cannot be traded away by size: keeping only the larger of the two ends the pair.
    const target = held
      .filter((position) => pair.symbols.includes(position.symbol))
      .reduce((most, member) => Math.max(most, member.notional), 0);
    signals.push(signal('max_pairwise_correlation', pair.symbols, paired, target));
  }
  return signals;
}

interface Breach {
  readonly observed: number;
  readonly limit: number;
}

function breachOf(observed: number, limit: LimitValue): Breach | null {
  return limit !== 'unlimited' && observed > limit ? { observed, limit } : null;
}

function signal(
  metric: RebalanceSignal['metric'],
  instruments: readonly string[],
  breach: Breach,
  targetNotional: number,
): RebalanceSignal {
  return { metric, instruments, ...breach, action: 'reduce', targetNotional };
}

/** Daily returns of one instrument's closes; null on a day without two closes in a row. */
function closeReturns(days: readonly EquityPoint[], index: number): readonly (number | null)[] {
  return days.slice(1).map((day, before) => {
    const previous = days[before]?.closes[index] ?? null;
    const current = day.closes[index] ?? null;
    return previous === null || current === null || previous <= 0 ? null : current / previous - 1;
  });
}

function heldPair(
  result: SessionResult,
  correlations: readonly (readonly (number | null)[])[],
): HeldPair | null {
  const symbols = new Set(result.positions.map((position) => position.instrument));
  const heldIndexes = result.instruments.flatMap((instrument, index) =>
    symbols.has(instrument.symbol) ? [index] : [],
  );
  const pair = maxPairCorrelation(
    heldIndexes.map((row) => heldIndexes.map((column) => correlations[row]?.[column] ?? null)),
  );
  if (pair === null) return null;
  const names = [pair.leftIndex, pair.rightIndex].map(
    (position) => result.instruments[heldIndexes[position] ?? 0]?.symbol ?? '',
  );
  return { symbols: names, correlation: pair.correlation };
}
