import { describe, expect, it } from 'vitest';

import { runBacktest } from '#ts/engine/backtest.js';
import { SessionRecorder } from '#ts/engine/session-recorder.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import { playScript, STOCK, UNLIMITED } from '../../support/scripted-session.js';

const recorderOf = () =>
  new SessionRecorder({ instruments: [STOCK, STOCK], account: new Float64Array(8), files: null });

describe('SessionRecorder', () => {
  it('knows the period, the last prices and the falls', () => {
    const recorder = recorderOf();
    expect([recorder.firstTsMs, recorder.lastTsMs, recorder.closes]).toEqual([0, 0, [null, null]]);
    recorder.onMark(1, 5, 20);
    recorder.onMark(0, 10, 8);
    recorder.onMark(0, 20, 6);
    recorder.onMark(1, 30, 25);
    expect([recorder.firstTsMs, recorder.lastTsMs, recorder.closes]).toEqual([5, 30, [6, 25]]);
    expect(recorder.firstBenchmark).toEqual({ tsMs: 10, close: 8 });
    expect(recorder.benchmarkDrawdown.worst).toEqual({
      frac: 0.25,
      peakTsMs: 10,
      troughTsMs: 20,
      recoveredTsMs: null,
    });
    expect(recorder.equityDrawdown.worst).toBeNull();
  });

  it('RISK-17: counts the trades of the busiest day as the control does: what opens, and what was sent', async () => {
    const { result } = await playScript(
      [10, 10, 10, 10],
      {
        0: (context) => [context.buy(1), context.buy(1), context.buy(1_000)],
        1: (context) => [
          context.buy(2),
          context.sell(1),
          context.sell(1),
          context.buy(5),
          context.buy(5),
        ],
        2: (context) => context.buy(1),
      },
      { limits: { ...UNLIMITED, orderQtyMax: '100' } },
    );
    expect(result.busiestDay).toEqual({ tsMs: Date.UTC(2020, 0, 7), trades: 3 });
  });

  it('ARC-06: keeps every fill in its counts, and a bounded sample for the charts', async () => {
    const strategy = defineStrategy({
      name: 'restless',
      onBar: (_, context) =>
        void (context.position().isFlat ? context.buy(1) : context.closePosition()),
    });
    const data = { instruments: [STOCK], chunks: randomWalkBars({ seed: 1, bars: 20_000 }) };
    const assumptions = { participationFracMax: 'unlimited' } as const;
    const result = await runBacktest({ strategy, data, limits: UNLIMITED, assumptions });
    expect(result.fillCount).toBe(19_999);
    expect(result.fills.length).toBeLessThanOrEqual(4_000);
    expect(result.fills.length).toBeGreaterThan(1_000);
    expect(result.roundTrips.totals.count).toBe(10_000);
  });
});
