import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import type { AssumptionsOptions } from '#ts/engine/backtest-options.js';
import { runBacktest } from '#ts/engine/backtest.js';
import { RoundTripTracker } from '#ts/engine/round-trip-tracker.js';
import type { SessionResult } from '#ts/engine/session-result.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { decimalRaw, decimalSum } from '../../support/exact-decimal.js';
import { interleavedWalks } from '../../support/interleaved-walks.js';
import { playScript, STOCK, UNLIMITED } from '../../support/scripted-session.js';

/** What all round trips of a session made, exactly. */
function tripTotal({ roundTrips: { totals } }: SessionResult): string {
  return decimalSum([totals.grossProfit, `-${totals.grossLoss}`]);
}

const difference = (left: string, right: string) =>
  decimalSum([left, right.startsWith('-') ? right.slice(1) : `-${right}`]);

/** A strategy that buys, sells, closes and cancels by chance, with stops and targets by chance. */
const chance = defineStrategy({
  name: 'chance',
  onBar(bar, context) {
    const dice = context.random();
    const { instrument } = context;
    const quantity = instrument.floorQuantity(1 + Math.floor(context.random() * 40));
    if (dice < 0.15) context.buy(quantity);
    else if (dice < 0.3) context.sell(quantity);
    else if (dice < 0.4) {
      const stopLoss = instrument.floorPrice(bar.close * 0.99);
      context.buy(quantity, { stopLoss, takeProfit: instrument.ceilPrice(bar.close * 1.01) });
    } else if (dice < 0.5) {
      context.sell(quantity, {
        orderType: 'limit',
        limitPrice: instrument.ceilPrice(bar.close * 1.001),
        timeInForce: 'day',
      });
    } else if (dice < 0.55) context.closePosition();
  },
});

async function chanceSession(
  seed: number,
  contractMultiplier: string,
  assumptions: AssumptionsOptions,
): Promise<SessionResult> {
  const rules = { tickSize: '0.05', lotSize: '0.5', contractMultiplier };
  const instruments = [Instrument.create({ symbol: 'A', ...rules }), STOCK];
  const data = { instruments, chunks: interleavedWalks({ seed, bars: 150, instruments: 2 }) };
  return await runBacktest({ strategy: chance, data, limits: UNLIMITED, seed, assumptions });
}

describe('RoundTripTracker', () => {
  it('ORD-14: all trips sum to final equity − start, and so does the account, to the last unit', async () => {
    const costs = fc.record({
      slippageBps: fc.constantFrom('0', '1', '7.77'),
      takerFeeBps: fc.constantFrom('0', '1', '3.33', '-0.5'),
      makerFeeBps: fc.constantFrom('0', '-1.25', '2'),
      feePerUnit: fc.constantFrom('0', '0.0035'),
    });
    let trips = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom('1', '50', '0.1'),
        costs,
        async (seed, multiplier, assumptions) => {
          const result = await chanceSession(seed, multiplier, assumptions);
          expect(tripTotal(result)).toBe(difference(result.finalEquity, result.startCash));
          const { startCash, realizedPnl, unrealizedPnl, fees, finalEquity } = result;
          expect(decimalSum([startCash, realizedPnl, unrealizedPnl])).toBe(
            decimalSum([finalEquity, fees]),
          );
          expect(decimalRaw(result.roundTrips.totals.fees)).toBe(decimalRaw(fees));
          trips += result.roundTrips.totals.count;
        },
      ),
      { numRuns: 40 },
    );
    expect(trips).toBeGreaterThan(300);
  });

  it('follows a position from flat to flat: additions and reductions belong to one trip', async () => {
    const { result } = await playScript([10, 10, 12, 12, 14, 14], {
      0: (context) => context.buy(10),
      1: (context) => context.buy(10),
      2: (context) => context.sell(5),
      3: (context) => context.closePosition(),
    });
    expect(result.roundTrips.listed).toEqual([
      {
        instrument: 'STOCK',
        side: 'long',
        entryTsMs: Date.UTC(2020, 0, 7),
        exitTsMs: Date.UTC(2020, 0, 10),
        entryPx: 11,
        exitPx: 13.5,
        quantity: '20',
        pnl: '50',
        fees: '0',
        bars: 3,
        exitReason: 'signal',
      },
    ]);
  });

  it('splits a fill that turns a position over into the end of one trip and the start of the next', async () => {
    const { result } = await playScript(
      [10, 10, 12, 11],
      {
        0: (context) => context.buy(10),
        1: (context) => context.sell(15),
        2: (context) => context.closePosition(),
      },
      { assumptions: { slippageBps: '0', takerFeeBps: '10', participationFracMax: 'unlimited' } },
    );
    const trips = result.roundTrips.listed.map(({ side, quantity, pnl, fees }) => ({
      side,
      quantity,
      pnl,
      fees,
    }));
    // Fees: 0.10 in, 15 × 12 × 0.001 = 0.18 of which two thirds close, 0.055 out.
    expect(trips).toEqual([
      { side: 'long', quantity: '10', pnl: '19.78', fees: '0.22' },
      { side: 'short', quantity: '5', pnl: '4.885', fees: '0.115' },
    ]);
  });

  it('names why a trip ended', async () => {
    const days = [10, [10, 10, 8, 9], 9, [9, 12, 9, 12], 12, 12] as const;
    const { result } = await playScript(days, {
      0: (context) => context.buy(1, { stopLoss: '9' }),
      2: (context) => context.buy(2, { takeProfit: '11' }),
      4: (context) => context.buy(3),
    });
    expect(result.roundTrips.listed.map(({ exitReason, exitPx }) => [exitReason, exitPx])).toEqual([
      ['stop_loss', 9],
      ['take_profit', 11],
      ['end', 12],
    ]);
    expect(result.roundTrips.totals.byExitReason).toEqual({
      signal: 0,
      stop_loss: 1,
      take_profit: 1,
      liquidation: 0,
      end: 1,
    });
  });

  it('counts the bars of its own instrument, however many others there are', async () => {
    const instruments = [STOCK, Instrument.create({ symbol: 'B', tickSize: '0.01', lotSize: '1' })];
    const strategy = defineStrategy({
      name: 'three-bars',
      state: () => ({ bar: 0 }),
      onBar(bar, context) {
        if (bar.instrument !== 0) return;
        if (context.state.bar === 1) context.buy(1);
        if (context.state.bar === 4) context.closePosition();
        context.state.bar += 1;
      },
    });
    const data = { instruments, chunks: interleavedWalks({ seed: 1, bars: 10, instruments: 2 }) };
    const { roundTrips } = await runBacktest({ strategy, data, limits: UNLIMITED });
    expect(roundTrips.listed.map((trip) => trip.bars)).toEqual([3]);
  });

  it('counts the bars of a trip that was turned over apart from those of the next', async () => {
    const { result } = await playScript([10, 10, 11, 12, 13, 14, 15], {
      0: (context) => context.buy(10),
      2: (context) => context.sell(15),
      4: (context) => context.buy(20),
    });
    const trips = result.roundTrips.listed;
    expect(trips.map(({ side, bars, quantity }) => [side, bars, quantity])).toEqual([
      ['long', 2, '10'],
      ['short', 2, '5'],
      ['long', 2, '15'],
    ]);
  });

  it('ends both sides of a hedged instrument at the mark, each with its own profit', async () => {
    const account = { positionMode: 'hedging' } as const;
    const { result } = await playScript(
      [10, 10, 12, 13],
      { 0: (context) => context.buy(10), 1: (context) => context.sell(4) },
      { account },
    );
    expect(result.roundTrips.listed).toMatchObject([
      { side: 'long', quantity: '10', entryPx: 10, exitPx: 13, pnl: '30', exitReason: 'end' },
      { side: 'short', quantity: '4', entryPx: 12, exitPx: 13, pnl: '-4', exitReason: 'end' },
    ]);
    expect(tripTotal(result)).toBe(difference(result.finalEquity, result.startCash));
  });

  it('takes a position that somebody else closed for closed by a signal, as tables have no other word', () => {
    const tracker = new RoundTripTracker([STOCK]);
    const sums = { lots: 2n, mostLots: 2n, entryTickLots: 200n, exitTickLots: 220n };
    tracker.onClosed({
      kind: 'closed',
      tsNs: 5_000_000n,
      instrument: 0,
      tradeId: 1,
      clientOrderId: 2,
      role: 'external',
      openedBy: 1,
      openedNs: 1_000_000n,
      side: 'long',
      ...sums,
      pnlRaw: 0n,
      feesRaw: 0n,
      otherFees: [],
    });
    expect(tracker.log.record().listed).toMatchObject([
      { entryTsMs: 1, exitTsMs: 5, bars: 0, exitReason: 'signal' },
    ]);
  });
});
