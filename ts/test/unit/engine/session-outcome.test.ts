import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { playScript, UNLIMITED } from '../../support/scripted-session.js';

describe('sessionResult', () => {
  it('counts orders: what the gate refused is not among those sent', async () => {
    const { result } = await playScript(
      [10, 10, 10],
      {
        0: (context) => [
          context.buy(1),
          context.buy(100),
          context.buy(1, { orderType: 'limit', limitPrice: '5', timeInForce: 'ioc' }),
        ],
      },
      { limits: { ...UNLIMITED, orderQtyMax: '10' } },
    );
    expect(result.orders).toEqual({
      submitted: 2,
      accepted: 2,
      denied: 1,
      filled: 1,
      partiallyFilled: 0,
      canceled: 1,
      expired: 0,
      rejected: 0,
      strategySent: 2,
      strategyFilled: 1,
    });
    expect(result.denials).toMatchObject([
      { code: 'ORDER_QTY_EXCEEDED', count: 1, worstObserved: '100', limit: '10' },
    ]);
  });

  it('lists open positions without a sign, at exact prices', async () => {
    const instrument = Instrument.create({
      symbol: 'FUT',
      tickSize: '0.25',
      lotSize: '1',
      contractMultiplier: '50',
      quoteCurrency: 'EUR',
    });
    const { result } = await playScript(
      [100, 100.25, 99.5],
      { 0: (context) => context.sell(2) },
      { instrument },
    );
    expect(result.positions).toEqual([
      {
        instrument: 'FUT',
        side: 'short',
        quantity: '2',
        avgPx: '100.25',
        markPx: '99.5',
        notional: '9950',
        unrealizedPnl: '75',
      },
    ]);
    expect(result.currency).toBe('EUR');
    expect(result.instruments).toEqual([
      { symbol: 'FUT', tickSize: '0.25', lotSize: '1', contractMultiplier: '50' },
    ]);
  });

  it('states the limits in force: as numbers for the report, and as they were written', async () => {
    const limits = {
      ...UNLIMITED,
      positionFracMax: '1.5',
      dailyTradesMax: '20',
      stopLossRequired: false,
    };
    const { result } = await playScript([10], {}, { limits, limitsPreset: 'own' });
    expect(result.limits).toMatchObject({
      preset: 'own',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      dailyTradesMax: 20,
      positionFracMax: 1.5,
      grossExposureFracMax: 'unlimited',
      values: { position_frac_max: '1.5', daily_trades_max: '20', stop_loss_required: false },
    });
    const other = await playScript([10], {}, { limits: { ...limits, dailyTradesMax: '21' } });
    expect(other.result.limits.fingerprint).not.toBe(result.limits.fingerprint);
  });

  it('says which versions decided it', async () => {
    const { result } = await playScript([10], {});
    expect(result.versions).toEqual({
      holdfast: expect.stringMatching(/^\d+\.\d+\.\d+/),
      journal: '1',
    });
    expect(result.sessionId).toMatch(/^scripted-[0-9a-f]{8}$/);
  });
});
