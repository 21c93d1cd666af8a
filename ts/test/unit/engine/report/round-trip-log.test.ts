import { describe, expect, it } from 'vitest';
import {
  ROUND_TRIPS_LISTED_MAX,
  ROUND_TRIPS_RANKED_MAX,
  RoundTripLog,
} from '#ts/engine/report/round-trip-log.js';
import { rawOfAmount } from '#ts/engine/report/amount-text.js';
import type { RoundTrip } from '#ts/engine/session-result.js';

function trip(pnl: string, change: Partial<RoundTrip> = {}): RoundTrip {
  return {
    instrument: 'SPX',
    side: 'long',
    entryTsMs: 1,
    exitTsMs: 2,
    entryPx: 100,
    exitPx: 101,
    quantity: '1',
    pnl,
    fees: '0.1',
    bars: 3,
    exitReason: 'signal',
    ...change,
  };
}

function add(log: RoundTripLog, one: RoundTrip): void {
  log.add({ ...one, pnlRaw: rawOfAmount(one.pnl), feesRaw: rawOfAmount(one.fees) }, () => one);
}

describe('RoundTripLog', () => {
  it('adds money exactly', () => {
    const log = new RoundTripLog();
    for (let index = 0; index < 10; index += 1) add(log, trip('0.1'));
    add(log, trip('-0.3', { side: 'short', exitReason: 'stop_loss' }));
    add(log, trip('0', { exitReason: 'end' }));
    expect(log.record().totals).toEqual({
      count: 12,
      wins: 10,
      losses: 1,
      long: 11,
      short: 1,
      grossProfit: '1',
      grossLoss: '0.3',
      fees: '1.2',
      bars: 36,
      byExitReason: { signal: 10, stop_loss: 1, take_profit: 0, liquidation: 0, end: 1 },
    });
  });

  it('ranks the best and the worst, the earlier of equals first, in bounded memory', () => {
    const log = new RoundTripLog();
    for (let index = 0; index < ROUND_TRIPS_LISTED_MAX + 5; index += 1) {
      add(log, trip(String(((index * 7) % 41) - 20), { entryTsMs: index }));
    }
    const record = log.record();
    expect(record.totals.count).toBe(ROUND_TRIPS_LISTED_MAX + 5);
    expect(record.listed).toHaveLength(ROUND_TRIPS_LISTED_MAX);
    expect(record.best).toHaveLength(ROUND_TRIPS_RANKED_MAX);
    expect(record.best.every((one) => one.pnl === '20')).toBe(true);
    expect(record.worst.every((one) => one.pnl === '-20')).toBe(true);
    const entries = record.best.map((one) => one.entryTsMs);
    expect(entries).toEqual([...entries].sort((left, right) => left - right));
  });

  it('does not rank a loss among the best', () => {
    const log = new RoundTripLog();
    add(log, trip('-1'));
    add(log, trip('-2'));
    expect(log.record().best).toEqual([]);
    expect(log.record().worst.map((one) => one.pnl)).toEqual(['-2', '-1']);
  });

  it('builds only what is listed or ranked', () => {
    const log = new RoundTripLog();
    let built = 0;
    for (let index = 0; index < ROUND_TRIPS_LISTED_MAX + 1_000; index += 1) {
      const one = trip('0.1');
      log.add({ ...one, pnlRaw: 10n, feesRaw: 1n }, () => {
        built += 1;
        return one;
      });
    }
    expect(built).toBe(ROUND_TRIPS_LISTED_MAX);
  });
});
