import { describe, expect, it } from 'vitest';

import { runBacktest } from '#ts/engine/backtest.js';
import { feeAssumptions } from '#ts/fees/index.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { STOCK, UNLIMITED } from '../../support/scripted-session.js';

const trading = defineStrategy({
  name: 'trading',
  onBar(_, context) {
    if (context.position().isFlat) context.buy(3);
    else context.closePosition();
  },
});

async function feesOf(assumptions: object): Promise<string> {
  const data = { instruments: [STOCK], chunks: randomWalkBars({ seed: 4, bars: 200 }) };
  const result = await runBacktest({ strategy: trading, data, limits: UNLIMITED, assumptions });
  expect(result.fillCount).toBeGreaterThan(50);
  return result.finalEquity;
}

describe('the fees of a schedule in a backtest', () => {
  it('are charged as if they had been written out', async () => {
    const named = await feesOf(feeAssumptions('kraken-spot', { volume: 60_000 }));
    expect(named).toBe(await feesOf({ takerFeeBps: '24', makerFeeBps: '14' }));
    expect(named).not.toBe(await feesOf({ takerFeeBps: '0', makerFeeBps: '0' }));
  });
});
