import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { loadStrategy } from '#ts/cli/load-strategy.js';
import { Instrument } from '#ts/core/instrument.js';
import { runBacktest } from '#ts/engine/backtest.js';
import type { DataChunks } from '#ts/engine/backtest-options.js';
import type { Strategy } from '#ts/strategies/strategy.js';
import { barChunks, expectNoLookahead, randomWalkBars } from '#ts/testing/index.js';
import { sp500Bars } from '../support/sp500-bars.js';

const DAY_MS = 86_400_000;
const INDEX = Instrument.create({ symbol: 'SP500', tickSize: '0.01', lotSize: '1' });
let strategy: Strategy;

beforeAll(async () => {
  ({ strategy } = await loadStrategy(resolve('examples', 'trend-following.ts')));
});

describe('examples/trend-following.ts', () => {
  it('decides by nothing that it has not seen, on the data of the demo', async () => {
    const rows = sp500Bars().map(({ tsMs, open, high, low, close }) => ({
      time: tsMs + 1 - DAY_MS,
      ...{ open, high, low, close, volume: 1_000_000_000 },
    }));
    const chunks = barChunks(rows, { instruments: [INDEX], intervalMs: DAY_MS });
    await expectNoLookahead(strategy, { data: { instruments: [INDEX], chunks } });
  });

  it('ORD-13: holds to its limits on any random market: never short, never more than it has', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const walk = {
        seed,
        bars: 1_500,
        startTicks: 100_000,
        stepTicksMax: 900,
        intervalNs: BigInt(DAY_MS) * 1_000_000n,
      };
      const data: DataChunks = { instruments: [INDEX], chunks: randomWalkBars(walk) };
      const result = await runBacktest({ strategy, data });
      expect(result.fillCount).toBeGreaterThan(10);
      expect(result.roundTrips.totals.short).toBe(0);
      for (const day of result.days) {
        expect(day.positionValue).toBeGreaterThanOrEqual(0);
        expect(day.cash).toBeGreaterThan(0);
      }
    }
  });
});
