import type { Instrument } from '../core/instrument.js';
import type { PositionView } from '../strategies/strategy-context.js';

/** What the native core writes of a position. */
export interface PositionFigures {
  readonly lots: bigint;
  readonly quantity: number;
  readonly markPx: number;
  readonly value: number;
  readonly openCost: number;
  readonly openProfit: number;
}

/** Makes the view of a position. */
export function positionView(instrument: Instrument, figures: PositionFigures): PositionView {
  const { lots, quantity, markPx, value, openCost, openProfit } = figures;
  // Cost and value share their multiplier, so their ratio scales the mark to the entry, or its reciprocal.
  const ratio = openCost / Math.abs(value);
  const entry = instrument.kind === 'inverse' ? 1 / ratio : ratio;
  return {
    lots,
    quantity,
    side: lots === 0n ? 'flat' : lots > 0n ? 'long' : 'short',
    isFlat: lots === 0n,
    avgPx: lots === 0n ? Number.NaN : entry * markPx,
    markPx,
    value,
    unrealizedPnl: openProfit,
  };
}
