import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import type { Engine } from '#ts/engine/orders/engine.js';
import { CHECKS_MAX, type CheckOrder } from '#ts/native/check-batch.js';
import { BTC, openEngine } from '../../support/engine-by-hand.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { thrownBy } from '../../support/thrown-error.js';

const ETH = Instrument.create({
  symbol: 'ETH',
  tickSize: '0.5',
  lotSize: '0.001',
  baseCurrency: 'ETH',
});
const LIMITS = {
  ...UNLIMITED,
  orderQtyMax: '2',
  orderNotionalQuoteMax: '90000',
  positionFracMax: '0.15',
  grossExposureFracMax: '0.25',
  priceBandFracMax: '0.05',
};
const engines: Engine[] = [];

function open(limits = LIMITS): Engine {
  const engine = openEngine({ instruments: [BTC, ETH], limits });
  engines.push(engine);
  return engine;
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

const order = (more: Partial<CheckOrder> = {}): CheckOrder => ({
  instrument: 0,
  side: 'buy',
  lots: 100,
  limitTicks: 100_000,
  ...more,
});

/** What a submission to another engine in the same state says. */
function submitted(orders: readonly CheckOrder[], together: boolean): readonly string[][] {
  const shared = open();
  return orders.map(({ instrument, side, lots, limitTicks }) => {
    const engine = together ? shared : open();
    const { orderBatch } = engine;
    const asked = { instrument, side, lots };
    orderBatch.clear();
    orderBatch.add(limitTicks === undefined ? asked : { ...asked, limitTicks });
    engine.submitBatch();
    return orderBatch.outcome(0) === 'refused' ? ['refused'] : [...orderBatch.failedCodes(0)];
  });
}

const candidates = fc.array(
  fc.record(
    {
      instrument: fc.integer({ min: 0, max: 1 }),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({ min: -1, max: 4_000 }),
      limitTicks: fc.integer({ min: 90_000, max: 110_000 }),
    },
    { requiredKeys: ['instrument', 'side', 'lots'] },
  ),
  { minLength: 1, maxLength: 12 },
);

describe('checkBatch', () => {
  it.each([false, true])('answers as submissions do, counted together: %s', (together) => {
    fc.assert(
      fc.property(candidates, (orders) => {
        const engine = open();
        const before = engine.snapshot().state_hash;
        const checks = engine.checkBatch(orders, { together });
        const said = orders.map((_, slot) =>
          checks.refused(slot) ? ['refused'] : [...checks.failedCodes(slot)],
        );
        expect(said).toEqual(submitted(orders, together));
        expect(said.map((codes) => codes.length === 0)).toEqual(
          orders.map((_, slot) => checks.passes(slot)),
        );
        expect(engine.snapshot().state_hash).toBe(before);
        for (const each of engines.splice(0)) each.close();
      }),
      { numRuns: 40 },
    );
  });

  it('names every control that an order fails and counts those that pass', () => {
    const checks = open().checkBatch([
      order(),
      order({ lots: 2_001, limitTicks: 94_000 }),
      order({ instrument: 1, side: 'sell' }),
    ]);
    expect(checks.passes(0)).toBe(true);
    expect(checks.failedCodes(1)).toEqual([
      'ORDER_QTY_EXCEEDED',
      'ORDER_NOTIONAL_EXCEEDED',
      'PRICE_BAND_EXCEEDED',
    ]);
    expect(checks.failedBits(1)).toBe((1n << 2n) | (1n << 3n) | (1n << 8n));
    expect([checks.length, checks.passing]).toEqual([3, 2]);
  });

  it('counts the orders ahead in a basket, and only those that pass', () => {
    const engine = open();
    const basket = [order({ lots: 1_500 }), order({ lots: 9_000 }), order({ lots: 1_501 })];
    const codes = (together: boolean) => {
      const checks = engine.checkBatch(basket, { together });
      return basket.map((_, slot) => checks.failedCodes(slot));
    };
    expect(codes(false)[2]).toEqual([]);
    expect(codes(true)[0]).toEqual([]);
    expect(codes(true)[2]).toEqual(['POSITION_LIMIT_EXCEEDED']);
    engine.checkBatch([order({ lots: 1_500 })], { together: true });
    expect(engine.checkBatch([order({ lots: 1_500 })]).passes(0)).toBe(true);
  });

  it.each([
    ['a quantity that is no integer', order({ lots: 1.5 })],
    ['a quantity that is no number', order({ lots: Number.NaN })],
    ['an infinite quantity', order({ lots: Number.POSITIVE_INFINITY })],
    ['a quantity beyond the safe integers', order({ lots: 2 ** 53 })],
    ['no quantity', order({ lots: -0 })],
    ['a negative price', order({ limitTicks: -1 })],
    ['a price that is no number', order({ limitTicks: Number.NaN })],
    ['a stop that is no number', order({ stopLossTicks: Number.NaN })],
    ['an instrument that is not known', order({ instrument: 2 })],
    ['an instrument that is no index', order({ instrument: -0.5 })],
    ['a stop on a reduce-only order', order({ reduceOnly: true, stopLossTicks: 1 })],
  ])('refuses %s and never lets it pass', (_, bad) => {
    for (const together of [false, true]) {
      const checks = open().checkBatch([bad, bad, bad, bad, bad, order()], { together });
      for (let slot = 0; slot < 5; slot += 1) {
        expect([checks.refused(slot), checks.passes(slot)]).toEqual([true, false]);
        expect(checks.failedCodes(slot)).toEqual([]);
      }
      expect(checks.passes(5)).toBe(true);
    }
  });

  it('lets nothing pass that was not checked, and throws for what cannot be added', () => {
    const engine = open();
    const { checks } = engine;
    checks.add(order());
    expect([checks.passes(0), checks.refused(0), checks.passes(1), checks.failedBits(1)]).toEqual([
      false,
      true,
      false,
      1n << 63n,
    ]);
    // @ts-expect-error -- a typo
    expect(thrownBy(() => checks.add({ ...order(), side: 'by' })).code).toBe('ORDER_INVALID');
    while (checks.length < CHECKS_MAX) checks.add(order());
    expect(thrownBy(() => checks.add(order())).code).toBe('CAPACITY_EXHAUSTED');
    expect(engine.checkBatch().passing).toBe(CHECKS_MAX);
    expect(thrownBy(() => engine.checkBatch([], { tsNs: 1n })).code).toBe('EVENT_INVALID');
  });

  it('judges at the time of the call: a price that is too old by then denies', () => {
    const engine = open({ ...LIMITS, priceAgeMsMax: 1_000 });
    const tsNs = 1_700_000_000_000_000_000n;
    const codes = (later: bigint) =>
      engine.checkBatch([order()], { tsNs: tsNs + later }).failedCodes(0);
    expect(codes(1_000_000_000n)).toEqual([]);
    expect(codes(1_000_000_001n)).toEqual(['PRICE_STALE']);
    expect(codes(0n)).toEqual([]);
  });
});
