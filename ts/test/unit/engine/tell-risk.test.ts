import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { riskMeasure } from '#ts/core/risk-measure.js';
import { runBacktest } from '#ts/engine/index.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { randomWalkBars } from '#ts/testing/index.js';
import { openEngine } from '../../support/engine-by-hand.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { thrownBy } from '../../support/thrown-error.js';

const limits = { ...UNLIMITED, varFracMax: '0.01', riskAgeMsMax: '120000' };
const START_MS = 1_700_000_000_000;
const parts = [{ exposure: 0, varFrac: 0.05, cvarFrac: 0.08 }];
const measure = (asOfMs: number, value: number) =>
  riskMeasure({ asOfMs, var: value, cvar: value, score: 12.5, parts });

describe('tellRisk', () => {
  it('lets a strategy tell the gate, which judges by it and by its age', async () => {
    const said: string[] = [];
    let bars = 0;
    const strategy = defineStrategy({
      name: 'teller',
      onBar(bar, context) {
        bars += 1;
        if (bars === 2) context.tellRisk(measure(bar.tsMs, 0));
        if (bars > 3 && bars < 7) return;
        const result = context.buy(1);
        said.push(result.verdict === 'denied' ? result.codes.join() : result.verdict);
      },
    });
    const instrument = Instrument.create({ symbol: 'DEMO', tickSize: '0.01', lotSize: '1' });
    const data = { instruments: [instrument], chunks: randomWalkBars({ bars: 7, seed: 1 }) };
    await runBacktest({ strategy, data, limits });
    expect(said).toEqual(['PORTFOLIO_RISK_STALE', 'approved', 'approved', 'PORTFOLIO_RISK_STALE']);
  });

  it('lets whoever drives an engine tell it, and refuses what does not fit', () => {
    const engine = openEngine({ limits });
    const order = {
      side: 'buy',
      quantity: '0.001',
      orderType: 'limit',
      limitPrice: '50000',
    } as const;
    expect(engine.submit(order)).toMatchObject({ codes: ['PORTFOLIO_RISK_STALE'] });
    const later = () => engine.tellRisk(measure(START_MS + 1, 0));
    expect(thrownBy(later).code).toBe('RISK_MEASURE_INVALID');
    engine.tellRisk(measure(START_MS, 9_999));
    expect(engine.submit(order)).toMatchObject({ codes: ['VAR_EXCEEDED'] });
    engine.tellRisk(measure(START_MS, 100));
    expect(engine.submit(order).verdict).toBe('approved');
    engine.close();
  });
});
