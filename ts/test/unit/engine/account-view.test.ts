import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { Instrument } from '#ts/core/instrument.js';
import { renderReport } from '#ts/engine/report/html-report.js';
import { buildSummary } from '#ts/engine/report/summary.js';
import type { AccountView } from '#ts/strategies/account-view.js';
import type { PositionView, SubmitResult } from '#ts/strategies/strategy-context.js';
import { playScript } from '../../support/scripted-session.js';

const margin = { tiers: [{ initialFrac: '0.1', maintenanceFrac: '0.05' }] };
const LINEAR = Instrument.create({
  symbol: 'BTCUSD',
  kind: 'linear',
  perpetual: true,
  tickSize: '0.5',
  lotSize: '0.001',
  margin,
});
const INVERSE = Instrument.create({
  symbol: 'BTCUSD-INV',
  kind: 'inverse',
  baseCurrency: 'BTC',
  perpetual: true,
  tickSize: '0.5',
  lotSize: '1',
  contractMultiplier: '100',
  margin,
});
/** A day on which the price goes from 40,000 to 42,000. */
const RISE = [40_000, 42_000, 40_000, 42_000] as const;

describe('ORD-14: the account as a strategy sees it', () => {
  it('tells margin, buying power and the liquidation price of a linear position', async () => {
    const seen: AccountView[] = [];
    const { result, fills } = await playScript(
      [40_000, RISE],
      { 0: (context) => void context.buy('0.1'), 1: (context) => void seen.push(context.account) },
      { instrument: LINEAR, cash: 1_000 },
    );
    const [view] = seen;
    expect(view?.equity.toString()).toBe('1200');
    expect([view?.marginUsed, view?.maintenanceMargin, view?.available].map(String)).toEqual([
      '420',
      '210',
      '780',
    ]);
    expect(view?.buyingPower['BTCUSD']?.toString()).toBe('7800');
    expect(view?.positions).toHaveLength(1);
    expect(view?.positions[0]).toMatchObject({
      side: 'long',
      kind: 'linear',
      quantity: '0.1',
      avgPx: 40_000,
      liquidationAtOrBelow: '31578.5',
      liquidationAtOrAbove: null,
    });
    expect(view?.positions[0]?.unrealizedPnl.toString()).toBe('200');
    expect(view?.currencies[0]).toMatchObject({ currency: 'USD', rate: null, rateAgeMs: null });
    expect(view?.currencies[0]?.marginRatioFrac).toBe(0.175);
    // Only profit passes through cash.
    expect(result.cash).toBe('1000');
    expect(result.finalEquity).toBe('1200');
    expect(fills[0]?.fee.currency).toBe('USD');
  });

  it('MARGIN_INSUFFICIENT: denies what the available margin does not cover', async () => {
    const verdicts: SubmitResult[] = [];
    await playScript(
      [40_000, 40_000],
      { 0: (context) => void verdicts.push(context.buy('0.251'), context.buy('0.25')) },
      { instrument: LINEAR, cash: 1_000 },
    );
    expect(verdicts[0]).toMatchObject({
      verdict: 'denied',
      codes: ['MARGIN_INSUFFICIENT'],
      failed: [{ limit: '1000', observed: '1004', unit: 'amount' }],
    });
    expect(verdicts[1]?.verdict).toBe('approved');
  });

  it('settles an inverse contract in its base currency, at a rate that the strategy feeds', async () => {
    const seen: { account: AccountView; position: PositionView }[] = [];
    const account = {
      currency: 'USD',
      balances: [{ currency: 'BTC', amount: '2' }],
      rateAgeMsMax: 3_600_000,
    };
    const { result, fills } = await playScript(
      [40_000, [40_000, 50_000, 40_000, 50_000]],
      {
        0: (context) => {
          context.setRate('BTC', 40_000);
          context.buy(500);
        },
        1: (context) => {
          context.setRate('BTC', '50000');
          seen.push({ account: context.account, position: context.position() });
        },
      },
      { instrument: INVERSE, cash: 10_000, account },
    );
    const view = seen[0]?.account;
    expect(view?.equity.toString()).toBe('122500');
    expect(view?.currencies.map(({ currency, rate }) => [currency, rate])).toEqual([
      ['USD', null],
      ['BTC', '50000'],
    ]);
    expect(view?.currencies[1]?.equity.toString()).toBe('2.25');
    expect(view?.currencies[1]?.rateAgeMs).toBe(0);
    expect(seen[0]?.position.avgPx).toBeCloseTo(40_000, 6);
    expect(seen[0]?.position.unrealizedPnl).toBe(0.25);
    expect(fills[0]?.fee.currency).toBe('BTC');
    expect([result.currency, result.finalEquity]).toEqual(['USD', '122500']);
  });

  it('RATE_STALE, RATE_INVALID, CURRENCY_UNKNOWN: money without a good rate is refused', async () => {
    const found: unknown[] = [];
    const account = { currency: 'USD', rateAgeMsMax: 1_000 } as const;
    await playScript(
      [40_000, 40_000],
      {
        0: (context) => {
          found.push(context.buy(1));
          for (const [currency, rate] of [
            ['BTC', '0'],
            ['EUR', '1'],
          ] as const) {
            try {
              context.setRate(currency, rate);
            } catch (error) {
              found.push(error instanceof HoldfastError ? error.code : error);
            }
          }
          context.setRate('BTC', 40_000);
        },
        1: (context) => void found.push(context.buy(1)),
      },
      { instrument: INVERSE, account },
    );
    // Without a rate equity in BTC is unknown, too; after a day the rate is too old.
    expect(found[0]).toMatchObject({ codes: expect.arrayContaining(['RATE_STALE']) });
    expect(found.slice(1, 3)).toEqual(['RATE_INVALID', 'CURRENCY_UNKNOWN']);
    expect(found[3]).toMatchObject({ codes: ['RATE_STALE', 'MARGIN_INSUFFICIENT'] });
  });

  it('keeps a long and a short side when hedging, and closes both', async () => {
    const seen: AccountView[] = [];
    const views: PositionView[] = [];
    const { result } = await playScript(
      [40_000, 40_000, RISE, 42_000, 42_000],
      {
        0: (context) => {
          context.buy('0.3');
          context.sell('0.1');
        },
        2: (context) => {
          seen.push(context.account);
          views.push(context.position());
          context.closePosition();
        },
        4: (context) => void views.push(context.position()),
      },
      { instrument: LINEAR, cash: 10_000, account: { positionMode: 'hedging' } },
    );
    const legs = seen[0]?.positions.map((leg) => [leg.side, String(leg.unrealizedPnl)]);
    expect(legs).toEqual([
      ['long', '600'],
      ['short', '-200'],
    ]);
    expect(views[0]).toMatchObject({ side: 'long', quantity: 0.2, unrealizedPnl: 400 });
    expect(views[0]?.avgPx).toBeNaN();
    expect(views[1]?.isFlat).toBe(true);
    expect(result.finalEquity).toBe('10400');
    const trips = result.roundTrips.listed.map(({ side, quantity, pnl }) => [side, quantity, pnl]);
    expect(trips).toHaveLength(2);
    expect(trips).toEqual(
      expect.arrayContaining([
        ['long', '0.3', '600'],
        ['short', '0.1', '-200'],
      ]),
    );
    expect(result.assumptions.map(({ name }) => name)).toContain('positions');
  });

  it('tells interest on what is borrowed in the result, the summary and the report', async () => {
    const account = { borrow: [{ currency: 'USD', rateFrac: '0.001', per: 'day' as const }] };
    const days = [10, 10, 10];
    const { result } = await playScript(
      days,
      { 0: (context) => void context.buy(2_000) },
      {
        cash: 10_000,
        account,
      },
    );
    // 10,000 below zero for a day, then 10,010: what was charged left cash at once.
    expect(Number(result.interest)).toBeCloseTo(20.01, 5);
    expect(buildSummary(result).capital.interest).toBe(result.interest);
    expect(renderReport(result)).toContain('Interest, USD');
    const paid = 10_000 - Number(result.interest);
    expect(Number(result.finalEquity)).toBeCloseTo(paid, 9);
    const plain = await playScript(days, {}, {});
    expect(Object.keys(buildSummary(plain.result).capital)).not.toContain('interest');
    expect(renderReport(plain.result)).not.toContain('Interest, USD');
  });

  it('values the sides that are still open at the end apart', async () => {
    const { result } = await playScript(
      [40_000, RISE],
      {
        0: (context) => {
          context.buy('0.3');
          context.sell('0.1');
        },
      },
      { instrument: LINEAR, cash: 10_000, account: { positionMode: 'hedging' } },
    );
    const trips = result.roundTrips.listed.map(({ side, pnl }) => [side, pnl]);
    expect(trips).toEqual([
      ['long', '600'],
      ['short', '-200'],
    ]);
  });
});
