import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CODES } from '#ts/core/codes.generated.js';
import { Gate } from '#ts/risk/gate/gate.js';
import type { GateOrder } from '#ts/risk/gate/gate-order.js';
import { BUY, COIN, openGate } from '../../../support/gate-alone.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { thrownBy } from '../../../support/thrown-error.js';

const MAX_UINT64_TEXT = '18446744073709551616';

/** What plain JavaScript may pass. */
const order = (fields: object) => ({ ...BUY, ...fields }) as GateOrder;

describe('an order that is none is denied with a code, and nothing is thrown', () => {
  it.each([
    ['DECIMAL_INVALID', { quantity: Number.NaN }],
    ['DECIMAL_INVALID', { quantity: Number.POSITIVE_INFINITY }],
    ['DECIMAL_INVALID', { limitPrice: Number.NEGATIVE_INFINITY }],
    ['ORDER_INVALID', { quantity: -0 }],
    ['ORDER_INVALID', { quantity: 0 }],
    ['ORDER_INVALID', { quantity: '-0.1' }],
    ['QTY_OFF_LOT', { quantity: 1e-8 }],
    ['DECIMAL_INVALID', { quantity: '1e-8' }],
    ['QTY_OFF_LOT', { quantity: '0.00000001' }],
    ['QTY_OUT_OF_RANGE', { quantity: '123456789012345678901234567890' }],
    ['QTY_OFF_LOT', { quantity: '0.123456789012345678901234567890' }],
    ['PRICE_OUT_OF_RANGE', { limitPrice: '123456789012345678901234567890' }],
    ['PRICE_OFF_TICK', { limitPrice: '50000.25' }],
    ['QTY_OUT_OF_RANGE', { quantity: MAX_UINT64_TEXT }],
    ['QTY_OUT_OF_RANGE', { quantity: 2n ** 64n }],
    ['DECIMAL_INVALID', { quantity: '' }],
    ['DECIMAL_INVALID', { quantity: null }],
    ['DECIMAL_INVALID', { quantity: undefined }],
    ['DECIMAL_INVALID', { quantity: {} }],
    ['DECIMAL_INVALID', { quantity: { mantissa: 1n, scale: -1 } }],
    ['DECIMAL_INVALID', { quantity: { toFixed: () => 1 } }],
    ['DECIMAL_INVALID', { quantity: { toFixed: () => 'NaN' } }],
    ['INSTRUMENT_UNKNOWN', { instrument: 'ETH/USDT' }],
    ['INSTRUMENT_UNKNOWN', { instrument: 1 }],
    ['INSTRUMENT_UNKNOWN', { instrument: -1 }],
    ['INSTRUMENT_UNKNOWN', { instrument: 0.5 }],
    ['INSTRUMENT_UNKNOWN', { instrument: null }],
    ['ORDER_INVALID', { side: 'Buy' }],
    ['ORDER_INVALID', { side: undefined }],
    ['ORDER_INVALID', { orderType: 'lmit' }],
    ['ORDER_INVALID', { orderType: 'market' }],
    ['ORDER_INVALID', { timeInForce: 'gtx' }],
    ['ORDER_INVALID', { reduceOnly: 'yes' }],
    ['ORDER_INVALID', { stopLos: '49000' }],
    ['ORDER_INVALID', { expiresAtMs: 1.5 }],
    ['ORDER_INVALID', { expiresAtMs: Number.MAX_SAFE_INTEGER, timeInForce: 'gtd' }],
    ['ORDER_INVALID', { trailingFrac: '0.00000001' }],
    ['ORDER_INVALID', { orderType: 'trailing_stop', limitPrice: undefined, trailingFrac: '1.5' }],
  ])('%s: %o', (code, fields) => {
    const { gate } = openGate();
    const before = gate.stateHash();
    expect(gate.check(order(fields))).toMatchObject({ allowed: false, id: null, code });
    expect(gate.stateHash()).toBe(before);
    expect(gate.submit(order(fields))).toMatchObject({ allowed: false, id: null, code });
    expect(gate.openOrderCount).toBe(0);
  });

  it('a misspelt key is found wherever a known one stood before, and again after it was found', () => {
    const { gate } = openGate();
    const entries = Object.entries(order({ stopLoss: '49000' }));
    const misspelt = entries.map(([key], place) =>
      Object.fromEntries(
        entries.map(([own, value], at) => [at === place ? `${key}s` : own, value]),
      ),
    );
    for (const wrong of [...misspelt, ...misspelt]) {
      expect(gate.check(Object.fromEntries(entries) as unknown as GateOrder).allowed).toBe(true);
      expect(gate.check(wrong as unknown as GateOrder)).toMatchObject({ code: 'ORDER_INVALID' });
      expect(gate.submit(wrong as unknown as GateOrder)).toMatchObject({ code: 'ORDER_INVALID' });
    }
    expect(gate.openOrderCount).toBe(0);
  });

  it.each([null, undefined, 7, 'buy', Symbol('order')])('%o is no order', (given) => {
    const { gate } = openGate();
    // @ts-expect-error -- plain JavaScript may pass anything
    expect(gate.submit(given)).toMatchObject({ allowed: false, code: 'ORDER_INVALID' });
  });

  it('an order whose fields throw is denied', () => {
    const { gate } = openGate();
    const hostile = {
      ...BUY,
      get quantity(): string {
        throw new Error('no');
      },
    };
    expect(gate.submit(hostile)).toMatchObject({ allowed: false, code: 'ORDER_INVALID' });
  });

  it('a missing quote, a quote that is too old, and a clock that runs back', () => {
    const { gate, clock } = openGate({ priceAgeMsMax: '1000' });
    const unquoted = Gate.create({
      limits: UNLIMITED,
      instruments: [COIN],
      account: { cash: '100' },
    });
    expect(unquoted.submit(BUY)).toMatchObject({ code: 'PRICE_STALE' });
    clock.advance(1_000_000_001n);
    expect(gate.submit(BUY)).toMatchObject({
      code: 'PRICE_STALE',
      failed: [{ ageMs: 1_000.000_001 }],
    });
    clock.advance(-2n);
    expect(gate.submit(BUY)).toMatchObject({ allowed: false, code: 'EVENT_INVALID' });
    expect(gate.check(BUY)).toMatchObject({ allowed: false, code: 'EVENT_INVALID' });
    expect(thrownBy(() => gate.price(0, '50000')).code).toBe('EVENT_INVALID');
    expect(thrownBy(() => gate.quote({ bid: '2', ask: '1' })).code).toBe('EVENT_INVALID');
    unquoted.close();
  });

  it('equity that is gone', () => {
    const { gate } = openGate({ positionFracMax: '100', grossExposureFracMax: '100' });
    const id = gate.submit({ ...BUY, quantity: '20' }).id ?? 0;
    gate.filled({ id, tradeId: 1, price: '50000', quantity: '20' });
    gate.price(0, '40000');
    expect(gate.submit(BUY)).toMatchObject({ allowed: false });
    expect(gate.submit(BUY)).toMatchObject({
      codes: expect.arrayContaining(['ACCOUNT_UNAVAILABLE']),
    });
  });

  it('whatever else comes: a code, or an order that the venue could take', () => {
    const { gate } = openGate({
      orderQtyMax: '1',
      positionQtyMax: '1000000',
      priceBandFracMax: '0.1',
    });
    const anything = fc.oneof(
      fc.anything(),
      fc.double(),
      fc.constantFrom('0.1', '50000', 'buy', 'limit', -0, '1e3', 0.1),
      fc.bigInt(),
    );
    const fields = fc.record(
      {
        instrument: fc.oneof(anything, fc.constant('BTC/USDT')),
        side: fc.oneof(anything, fc.constantFrom('buy', 'sell')),
        quantity: fc.oneof(anything, fc.constant('0.1')),
        orderType: fc.oneof(anything, fc.constantFrom('limit', 'market', 'stop_market')),
        timeInForce: fc.oneof(anything, fc.constant('gtc')),
        limitPrice: fc.oneof(anything, fc.constant('50000')),
        triggerPrice: anything,
        stopLoss: anything,
        reduceOnly: anything,
        displayQuantity: anything,
        trailingFrac: anything,
      },
      { requiredKeys: ['side', 'quantity'] },
    );
    fc.assert(
      fc.property(fields, (given) => {
        const verdict = gate.check(given as unknown as GateOrder);
        if (!verdict.allowed) {
          expect(Object.hasOwn(CODES, verdict.code)).toBe(true);
          expect(gate.explain(verdict)).not.toBe('');
          return;
        }
        const quantity = Number(given.quantity);
        expect(quantity).toBeGreaterThan(0);
        expect(quantity).toBeLessThanOrEqual(1);
      }),
      { numRuns: 5_000 },
    );
  });
});
