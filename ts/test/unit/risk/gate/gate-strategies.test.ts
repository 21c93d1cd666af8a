import { describe, expect, it } from 'vitest';

import { riskMeasure } from '#ts/core/risk-measure.js';
import { CapitalGovernor } from '#ts/risk/capital-governor.js';
import { BUY, COIN, openGate } from '../../../support/gate-alone.js';
import { thrownBy } from '../../../support/thrown-error.js';

const MS_NS = 1_000_000n;

describe('a gate with strategies', () => {
  const strategies = ['trend', 'carry'];

  it('RISK-01: judges an order by the limits of its strategy as well', () => {
    const { gate } = openGate({
      strategies,
      scopes: [{ strategy: 'carry', limits: { orderQtyMax: '0.05' } }],
    });
    expect(gate.check({ ...BUY, strategy: 'trend' }).allowed).toBe(true);
    expect(gate.check({ ...BUY, strategy: 'carry' })).toMatchObject({
      code: 'ORDER_QTY_EXCEEDED',
      suggestedQuantity: '0.05',
    });
    expect(gate.submit({ ...BUY, strategy: 'trend' }).allowed).toBe(true);
    expect(gate.order(1)?.strategy).toBe('trend');
    expect(gate.check({ ...BUY, strategy: 'trand' })).toMatchObject({ code: 'STRATEGY_UNKNOWN' });
    expect(thrownBy(() => gate.signals.enabled('trand')).code).toBe('STRATEGY_UNKNOWN');
  });

  it('INTENT_STALE: denies an order whose cause is too old, or that names none', () => {
    const { gate, clock } = openGate({ intentAgeMsMax: 500 });
    clock.advance(1_000n * MS_NS);
    const nowMs = Number(clock.read() / MS_NS);
    expect(gate.check({ ...BUY, causedAtMs: nowMs - 500 }).allowed).toBe(true);
    expect(gate.check({ ...BUY, causedAtMs: nowMs - 501 })).toMatchObject({ code: 'INTENT_STALE' });
    expect(gate.check({ ...BUY, causedAtMs: 1.5 })).toMatchObject({ code: 'ORDER_INVALID' });
  });

  it('RISK-25: a strategy has no more at risk than is allocated to it', () => {
    const { gate } = openGate({ strategies });
    const governor = new CapitalGovernor(strategies, {
      rule: 'fixed',
      reserveFrac: '0.2',
      strategies: { trend: { frac: '0.1' }, carry: { amount: '4000' } },
    });
    governor.rebalance(gate.limits);
    expect(gate.limits.allocations()).toEqual(['10000', '4000']);
    expect(gate.submit({ ...BUY, strategy: 'trend' }).allowed).toBe(true);
    const denied = gate.check({ ...BUY, strategy: 'carry' });
    expect(denied).toMatchObject({
      code: 'CAPITAL_ALLOCATION_EXCEEDED',
      suggestedQuantity: '0.08',
    });
    expect(gate.explain(denied)).toMatch(/4000 is allocated/);
    expect(gate.submit({ ...BUY, quantity: '0.11', strategy: 'trend' }).allowed).toBe(false);
  });

  it('RISK-28: judges by the measured risk of the portfolio, and denies without one', () => {
    const { gate, clock } = openGate({ varAmountMax: '1000', riskAgeMsMax: 60_000 });
    expect(gate.check(BUY)).toMatchObject({ codes: ['PORTFOLIO_RISK_STALE'] });
    const asOfMs = Number(clock.read() / MS_NS);
    const parts = [{ exposure: 0, varFrac: 0.1, cvarFrac: 0.15 }];
    gate.signals.riskMeasured(riskMeasure({ asOfMs, var: 0, cvar: 0, score: 10, parts }));
    expect(gate.check(BUY).allowed).toBe(true);
    const denied = gate.check({ ...BUY, quantity: '0.3' });
    expect(denied).toMatchObject({ code: 'VAR_EXCEEDED', suggestedQuantity: '0.2' });
    expect(gate.explain(denied)).toMatch(/value at risk could be 1500; 1000 is permitted/);
  });
});

describe('a batch of a gate', () => {
  it('RISK-17: answers for each order as check does, and reserves nothing', () => {
    const { gate } = openGate({ orderQtyMax: '1', positionQtyMax: '1.5', priceBandFracMax: '0.1' });
    const orders = [
      BUY,
      { ...BUY, quantity: '2' },
      { ...BUY, limitPrice: '70000' },
      { side: 'sell' as const, quantity: '0.5' },
      { ...BUY, quantity: 'nonsense' },
      { ...BUY, instrument: 'ETH/USDT' },
      { ...BUY, quantity: '1' },
    ];
    const before = gate.stateHash();
    const alone = gate.checkBatch(orders);
    orders.forEach((order, slot) => {
      const verdict = gate.check(order);
      expect(alone.passes(slot), String(slot)).toBe(verdict.allowed);
      if (!verdict.allowed && verdict.codes.length > 0 && !alone.refused(slot)) {
        expect(alone.failedCodes(slot)).toEqual(verdict.codes);
      }
    });
    expect([alone.refused(4), alone.refused(5), alone.passing]).toEqual([true, true, 3]);
    // As a basket 0.1 and 1 are bought, and 1 more than 1.5 would be.
    const basket = gate.checkBatch([...orders, { ...BUY, quantity: '1' }], { together: true });
    expect([basket.passes(6), basket.passes(7)]).toEqual([true, false]);
    expect(gate.stateHash()).toBe(before);
  });

  it('CAPACITY_EXHAUSTED beyond its room, STRATEGY_UNKNOWN for a name that limits lack', () => {
    const { gate } = openGate();
    const many = Array.from({ length: 4_097 }, () => BUY);
    expect(thrownBy(() => gate.checkBatch(many)).code).toBe('CAPACITY_EXHAUSTED');
    expect(thrownBy(() => gate.checkBatch([BUY], { strategy: 'x' })).code).toBe('STRATEGY_UNKNOWN');
  });
});

describe('the fuse of a gate', () => {
  it('denies the order that would pass a ceiling, gives its reservation back, and stays blown', () => {
    const { gate } = openGate({}, { fuse: { repeatsMax: 3 } });
    for (let order = 0; order < 3; order += 1) expect(gate.submit(BUY).allowed).toBe(true);
    expect(gate.fuse.state).toBe('armed');
    const refused = gate.submit(BUY);
    expect(refused).toMatchObject({ allowed: false, code: 'FUSE_REPEATED' });
    expect(gate.openOrderCount).toBe(3);
    expect(gate.order(4)?.status).toBe('denied');
    expect(gate.fuse).toMatchObject({ state: 'tripped', trip: { code: 'FUSE_REPEATED' } });
    expect(gate.submit({ ...BUY, quantity: '0.2' })).toMatchObject({ code: 'FUSE_TRIPPED' });
    // The way out stays open.
    gate.filled({ id: 1, tradeId: 1, price: '50000', quantity: '0.1' });
    expect(gate.reduce(COIN.symbol).allowed).toBe(true);
    gate.cancel(2);
  });

  it('is on without being asked for', () => {
    const { gate } = openGate();
    let allowed = 0;
    while (gate.submit(BUY).allowed) allowed += 1;
    expect(allowed).toBe(100);
  });
});
