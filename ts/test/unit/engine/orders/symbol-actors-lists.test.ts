import { describe, expect, it } from 'vitest';

import { Engine } from '#ts/engine/orders/engine.js';
import type { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import { EPOCH, openActors, optionsOf, pricesAt } from '../../../support/actor-session.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { thrownBy } from '../../../support/thrown-error.js';

const LIMITS = { limits: UNLIMITED };
const ENTRY = { side: 'buy', quantity: 10, orderType: 'limit', limitPrice: 99 } as const;
const EXIT = { side: 'sell', quantity: 10, orderType: 'limit', limitPrice: 105 } as const;
const STOP = { side: 'sell', quantity: 10, orderType: 'stop_market', triggerPrice: 95 } as const;

/** One engine over all instruments, at a price of 100. */
function openOne(): Engine {
  const { actors: _, threads: __, ...account } = optionsOf(LIMITS);
  const engine = Engine.open(account);
  for (const each of pricesAt('100')) engine.trade(each);
  return engine;
}

function fill(desk: SymbolActors | Engine, clientOrderId: number, tradeId: number): void {
  desk.reportBatch.clear();
  desk.reportBatch.add({ kind: 'fill', clientOrderId, tradeId, lastTicks: 9_900, lastLots: 10 });
  desk.applyReports();
}

/** What leaves, without the ids, which two desks give otherwise. */
function left(desk: SymbolActors | Engine) {
  return desk.drainRequests().map((request) => {
    const { kind, symbol } = request;
    return [kind, symbol, 'side' in request ? request.side : null];
  });
}

describe('lists of symbol actors', () => {
  it.each(['oco', 'ouo', 'oto', 'bracket'] as const)(
    '%s: leaves and ends as on one engine',
    (contingency) => {
      const [actors, one] = [openActors({ ...LIMITS, threads: 2 }), openOne()];
      const lists = { oco: [EXIT, STOP], ouo: [EXIT, STOP], oto: [ENTRY, EXIT] } as const;
      const exits = [STOP, EXIT].map((order) => ({ ...order, reduceOnly: true }));
      const plain = contingency === 'bracket' ? [ENTRY, ...exits] : lists[contingency];
      for (const [number, symbol] of ['E', 'B'].entries()) {
        const orders = plain.map((order) => ({ ...order, instrument: symbol }));
        const [there, here] = [
          actors.submitList(contingency, orders),
          one.submitList(contingency, orders),
        ];
        expect(there.verdict).toBe('approved');
        expect(here.verdict).toBe('approved');
        expect(there.clientOrderIds).toHaveLength(here.clientOrderIds.length);
        expect(left(actors)).toEqual(left(one));
        fill(actors, there.clientOrderIds[0] ?? 0, number + 1);
        fill(one, here.clientOrderIds[0] ?? 0, number + 1);
        const after = left(actors);
        expect(after).toEqual(left(one));
        // Either the others are cancelled, or those that waited are sent.
        expect(after.length).toBeGreaterThan(0);
      }
      const { cash, equity, state_hash: _ } = one.snapshot();
      expect(actors.figures()).toMatchObject({ cash, equity, openOrders: one.openOrderCount });
      one.close();
      actors.close();
    },
  );

  it('ORDER_INVALID: a list over instruments of two actors is refused, one within an actor is not', () => {
    const actors = openActors(LIMITS);
    const over = (...symbols: readonly string[]) =>
      [EXIT, STOP].map((order, index) => ({ ...order, instrument: symbols[index] ?? '' }));
    expect(thrownBy(() => actors.submitList('oco', over('A', 'B'))).code).toBe('ORDER_INVALID');
    expect(actors.drainRequests()).toEqual([]);
    // An exchange of one order for another is of one instrument, on one engine too.
    const one = openOne();
    const [there, here] = [actors, one].map((desk) => {
      try {
        return desk.submitList('oco', over('C', 'E')).verdict;
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    expect(there).toBe(here);
    expect(thrownBy(() => actors.submitList('pairs' as never, [])).code).toBe('ARGUMENT_INVALID');
    one.close();
  });

  it('denied lists tell what failed, and leave nothing', () => {
    const actors = openActors();
    const orders = [EXIT, { ...STOP, quantity: 61 }].map((order) => ({
      ...order,
      instrument: 'B',
    }));
    const denied = actors.submitList('oco', orders);
    expect(denied).toMatchObject({ verdict: 'denied', codes: ['ORDER_QTY_EXCEEDED'] });
    expect(actors.drainRequests()).toEqual([]);
    expect(actors.openOrders()).toEqual([]);
  });
});

describe('amendments and cancels of symbol actors', () => {
  it('amend an order by its actor, with the verdict as the result', () => {
    const actors = openActors({ threads: 2 });
    actors.orderBatch.add({ instrument: 4, side: 'buy', lots: 5, limitTicks: 9_900 });
    actors.submitBatch();
    const id = actors.orderBatch.clientOrderId(0);
    actors.drainRequests();
    actors.reportBatch.add({ kind: 'accepted', clientOrderId: id });
    actors.applyReports();
    const denied = actors.amend(id, { quantity: 61 });
    expect(denied).toMatchObject({ verdict: 'denied', codes: ['ORDER_QTY_EXCEEDED'] });
    expect(actors.amend(id, { quantity: 7 })).toEqual({ verdict: 'approved', clientOrderId: id });
    expect(actors.drainRequests()).toMatchObject([
      { kind: 'replace', clientOrderId: id, symbol: 'E' },
    ]);
    expect(actors.order(id)).toMatchObject({ isPendingReplace: true });
    expect(thrownBy(() => actors.amend(id + 1, { quantity: 1 })).code).toBe('ORDER_UNKNOWN');
    expect(thrownBy(() => actors.amend(7, { quantity: 1 })).code).toBe('ORDER_UNKNOWN');
  });

  it('cancel everything that is open, of an instrument or of all, once', () => {
    const actors = openActors({ threads: 2 });
    for (const instrument of [4, 0, 1, 3, 0]) {
      actors.orderBatch.add({ instrument, side: 'buy', lots: 1, limitTicks: 9_900 });
    }
    actors.submitBatch();
    actors.drainRequests();
    actors.cancelAll('A');
    const cancels = () =>
      actors
        .drainRequests()
        .map(({ kind, symbol, clientOrderId }) => [
          kind,
          symbol,
          Math.floor(clientOrderId / 2 ** 32) - EPOCH,
        ]);
    expect(cancels()).toEqual([
      ['cancel', 'A', 0],
      ['cancel', 'A', 0],
    ]);
    actors.cancelAll();
    expect(cancels()).toEqual([
      ['cancel', 'D', 0],
      ['cancel', 'B', 1],
      ['cancel', 'E', 2],
    ]);
    actors.cancelAll();
    expect(cancels()).toEqual([]);
    expect(thrownBy(() => actors.cancelAll('Z')).code).toBe('INSTRUMENT_UNKNOWN');
    expect(actors.openOrders().every(({ isPendingCancel }) => isPendingCancel)).toBe(true);
  });
});
