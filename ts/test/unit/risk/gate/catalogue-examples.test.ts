import { describe, expect, it } from 'vitest';

import { Gate } from '#ts/risk/gate/gate.js';
import type { GateOrder } from '#ts/risk/gate/gate-order.js';
import type { LimitsPreset } from '#ts/risk/presets.js';

const COIN = {
  symbol: 'BTC-USD',
  tickSize: '0.01',
  lotSize: '0.0001',
  baseCurrency: 'BTC',
} as const;
const ORDER: GateOrder = {
  instrument: 'BTC-USD',
  side: 'buy',
  quantity: '0.1',
  limitPrice: '100000',
};

/** A portfolio of 100,000 without positions, at a price of 100,000. */
function check(preset: LimitsPreset, order: GateOrder) {
  const gate = Gate.create({
    preset,
    instruments: [COIN],
    account: { cash: '100000' },
    clock: () => 1_700_000_000_000_000_000n,
  });
  gate.price('BTC-USD', '100000');
  const verdict = gate.check(order);
  gate.close();
  return verdict;
}

describe('RISK-22, AX-02: an order of a tenth of the portfolio', () => {
  it('passes the 15 % of lightning', () => {
    expect(check('lightning', ORDER)).toEqual({ allowed: true, id: null });
    const larger = { ...ORDER, quantity: '0.1501' };
    expect(check('lightning', larger)).toMatchObject({
      codes: ['POSITION_LIMIT_EXCEEDED'],
      suggestedQuantity: '0.15',
    });
  });

  it('RISK-09, RISK-11: is past the 2 % of bot4, which suggests 0.02', () => {
    expect(check('bot4', { ...ORDER, stopLoss: '95000' })).toMatchObject({
      allowed: false,
      codes: ['POSITION_LIMIT_EXCEEDED'],
      suggestedQuantity: '0.02',
    });
  });

  it('RISK-03: without a stop loss bot4 rejects it, and no size would do', () => {
    expect(check('bot4', ORDER)).toMatchObject({
      codes: ['POSITION_LIMIT_EXCEEDED', 'STOP_LOSS_REQUIRED'],
      suggestedQuantity: null,
    });
  });
});
