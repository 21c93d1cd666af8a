import { describe, expect, it } from 'vitest';
import { portfolioState } from '#ts/engine/report/portfolio-state.js';
import type { EndPosition, SessionResult } from '#ts/engine/session-result.js';
import { sp500Session } from '../../../support/sp500-session.js';

const base = sp500Session();

function position(instrument: string, notional: string): EndPosition {
  return {
    instrument,
    side: 'long',
    quantity: '1',
    avgPx: notional,
    markPx: notional,
    notional,
    unrealizedPnl: '0',
  };
}

/** Two instruments: the second mirrors the first. */
function pair(change: Partial<SessionResult>): SessionResult {
  const [instrument] = base.instruments;
  if (instrument === undefined) throw new Error('the sample has an instrument');
  return {
    ...base,
    instruments: [instrument, { ...instrument, symbol: 'TWIN' }],
    days: base.days.map((day) => ({
      ...day,
      closes: [day.closes[0] ?? null, (day.closes[0] ?? 0) * 2],
    })),
    finalEquity: '1000',
    positions: [position('SPX', '600'), position('TWIN', '300')],
    limits: {
      ...base.limits,
      positionFracMax: 'unlimited',
      grossExposureFracMax: 'unlimited',
      pairCorrelationMax: 'unlimited',
    },
    ...change,
  };
}

describe('portfolioState', () => {
  it('PORT-02: gives a one by one matrix for one instrument, and zero risk when flat', () => {
    const state = portfolioState({ ...base, positions: [] });
    expect(state).toEqual({
      correlations: [[1]],
      concentrationFrac: 0,
      leverage: 0,
      maxPairwiseCorrelation: null,
      rebalanceSignals: [],
    });
  });

  it('PORT-03: measures concentration, leverage and the largest pairwise correlation', () => {
    const state = portfolioState(pair({}));
    expect(state.concentrationFrac).toBe(0.6);
    expect(state.leverage).toBe(0.9);
    expect(state.maxPairwiseCorrelation).toBeCloseTo(1, 12);
    expect(state.rebalanceSignals).toEqual([]);
  });

  it('PORT-04: signals each metric above its limit, with the notional that would meet it', () => {
    const limits = {
      ...base.limits,
      positionFracMax: 0.5,
      grossExposureFracMax: 0.8,
      pairCorrelationMax: 0.7,
    };
    const { rebalanceSignals } = portfolioState(pair({ limits }));
    expect(rebalanceSignals).toMatchObject([
      { metric: 'concentration', instruments: ['SPX'], limit: 0.5, targetNotional: 500 },
      { metric: 'leverage', instruments: ['SPX', 'TWIN'], limit: 0.8, targetNotional: 800 },
      { metric: 'max_pairwise_correlation', instruments: ['SPX', 'TWIN'], targetNotional: 600 },
    ]);
  });

  it('PORT-04: does not signal a metric at its limit', () => {
    const limits = { ...base.limits, positionFracMax: 0.6, grossExposureFracMax: 0.9 };
    const quiet = { ...limits, pairCorrelationMax: 'unlimited' as const };
    expect(portfolioState(pair({ limits: quiet })).rebalanceSignals).toEqual([]);
  });

  it('gives no share of an equity that is gone', () => {
    const state = portfolioState(pair({ finalEquity: '-5' }));
    expect(state).toMatchObject({ concentrationFrac: null, leverage: null, rebalanceSignals: [] });
  });
});
