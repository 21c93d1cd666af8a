import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import type { SymbolActorsOptions } from '#ts/engine/orders/symbol-actors-options.js';
import { replayJournal } from '#ts/native/journal-tools.js';
import {
  EPOCH,
  fuses,
  openActors as open,
  optionsOf,
  played,
  pricesAt,
  rounds,
  SYMBOLS,
} from '../../../support/actor-session.js';
import { HandClock } from '../../../support/engine-by-hand.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

describe('symbol actors', () => {
  it('ord_09: 0 to 4 threads give equal outcomes, requests, events and states', () => {
    const counts = new Map<string | null, number>();
    fc.assert(
      fc.property(rounds, fuses, (drawn, fuse) => {
        const { seen, reached } = played(0, drawn, fuse);
        for (const threads of [1, 2, 3, 4]) {
          expect(played(threads, drawn, fuse).seen).toEqual(seen);
        }
        for (const word of reached) counts.set(word, (counts.get(word) ?? 0) + 1);
      }),
      { numRuns: 100 },
    );
    const words = ['ORDER_QTY_EXCEEDED', 'partially_filled', 'filled', 'canceled'];
    const said = ['list approved', 'list denied', 'list ORDER_INVALID', 'amend approved'];
    for (const word of [null, ...words, ...said, 'amend ORDER_UNKNOWN', 'armed', 'tripped']) {
      expect([word, counts.get(word)]).toEqual([word, expect.toSatisfy((n: number) => n > 10)]);
    }
  });

  it('give requests and events in the order of the orders, with the instruments of the account', () => {
    const events: EngineEvent[] = [];
    const actors = open({ threads: 2, onEvent: (event) => events.push(event) });
    const places = [4, 0, 1, 3, 2, 0];
    for (const instrument of places) {
      actors.orderBatch.add({ instrument, side: 'buy', lots: 1, limitTicks: 10_000 });
    }
    actors.submitBatch();
    const requests = actors.drainRequests();
    const symbols = places.map((place) => SYMBOLS[place]);
    expect(requests.map(({ symbol }) => symbol)).toEqual(symbols);
    const ids = places.map((_, slot) => actors.orderBatch.clientOrderId(slot));
    expect(requests.map(({ clientOrderId }) => clientOrderId)).toEqual(ids);
    const owners = ids.map((id) => Math.floor(id / 2 ** 32) - EPOCH);
    expect(owners).toEqual([2, 0, 1, 0, 2, 0]);
    const told = events.flatMap((event) => (event.kind === 'order' ? [event.order] : []));
    const submitted = told.filter(({ status }) => status === 'submitted');
    expect(submitted.map(({ instrument }) => instrument.symbol)).toEqual(symbols);
    actors.reportBatch.add({
      kind: 'fill',
      clientOrderId: ids[0] ?? 0,
      tradeId: 1,
      lastTicks: 9_900,
      lastLots: 1,
      feeUnits: 5,
      feeScale: 1,
    });
    actors.applyReports();
    expect(actors.reportBatch.status(0)).toBe('filled');
    const fill = events.find((event) => event.kind === 'fill');
    expect(fill?.kind === 'fill' && fill.fill.instrument.symbol).toBe('E');
    expect(actors.figures().actors.map(({ fees }) => fees)).toEqual(['0', '0', '0.5']);
    actors.close();
  });

  it('hold the books of one engine where no limit binds', () => {
    const limits = UNLIMITED;
    const actors = open({ threads: 2, limits });
    const { actors: _, threads: __, ...account } = optionsOf({ limits });
    const engine = Engine.open(account);
    for (const each of pricesAt('100')) engine.trade(each);
    for (const desk of [actors, engine]) {
      for (let slot = 0; slot < 10; slot += 1) {
        desk.orderBatch.add({ instrument: slot % 5, side: slot < 7 ? 'buy' : 'sell', lots: 10 });
      }
      desk.submitBatch();
      for (let slot = 0; slot < 10; slot += 1) {
        desk.reportBatch.add({
          kind: 'fill',
          clientOrderId: desk.orderBatch.clientOrderId(slot),
          tradeId: slot + 1,
          lastTicks: 10_000 + slot,
          lastLots: 10,
          feeUnits: 1,
        });
      }
      desk.applyReports();
    }
    const { cash, equity, fees } = engine.snapshot();
    expect(actors.figures()).toMatchObject({ cash, equity, fees });
    engine.close();
    actors.close();
  });

  it('ACTOR_PLAN_INVALID: is thrown for an account that is not divided without a rest', () => {
    const code = (options: Partial<SymbolActorsOptions>) =>
      thrownBy(() => SymbolActors.open(optionsOf(options))).code;
    const all = { symbols: SYMBOLS, budget: '100000' };
    expect(code({ actors: [{ ...all, budget: '99999' }] })).toBe('ACTOR_PLAN_INVALID');
    expect(code({ actors: [{ ...all, symbols: ['A', 'B', 'C', 'D'] }] })).toBe(
      'ACTOR_PLAN_INVALID',
    );
    expect(code({ actors: [{ ...all, symbols: [...SYMBOLS, 'A'] }] })).toBe('ACTOR_PLAN_INVALID');
    expect(code({ actors: [{ ...all, symbols: [...SYMBOLS, 'F'] }] })).toBe('ACTOR_PLAN_INVALID');
    expect(code({ orders: { maxOpenOrders: 2 } })).toBe('ACTOR_PLAN_INVALID');
    expect(code({ threads: 257 })).toBe('CONFIG_INVALID');
    expect(code({ threads: 0.5 })).toBe('CONFIG_INVALID');
    for (const key of ['answerMsMax', 'about']) {
      expect(code({ [key]: {} })).toBe('CONFIG_UNKNOWN_KEY');
    }
  });

  it('refuse what is no order of theirs, each with its code, and go on', () => {
    const clock = new HandClock();
    const actors = open({ threads: 1, clock: clock.read });
    actors.orderBatch.add({ instrument: 9, side: 'buy', lots: 1 });
    actors.orderBatch.add({ instrument: 0, side: 'buy', lots: 0 });
    actors.orderBatch.add({ instrument: 0, side: 'buy', lots: 61 });
    actors.orderBatch.add({ instrument: 0, side: 'buy', lots: 1, limitTicks: 10_000 });
    actors.submitBatch();
    expect([0, 1, 2, 3].map((slot) => actors.orderBatch.code(slot))).toEqual([
      'INSTRUMENT_UNKNOWN',
      'ORDER_INVALID',
      'ORDER_QTY_EXCEEDED',
      null,
    ]);
    actors.reportBatch.add({ kind: 'accepted', clientOrderId: 1 });
    actors.applyReports();
    expect(actors.reportBatch.code(0)).toBe('ORDER_UNKNOWN');
    const id = actors.orderBatch.clientOrderId(3);
    actors.loseTrack(id);
    expect(actors.drainRequests().map(({ kind }) => kind)).toEqual(['place', 'query']);
    actors.cancel(id);
    expect(thrownBy(() => actors.cancel(id + 1)).code).toBe('ORDER_UNKNOWN');
    actors.setMode('paused', 'by hand');
    expect(thrownBy(() => actors.setMode('normal', 'by hand')).code).toBe('MODE_RESET_REQUIRED');
    actors.resetMode('normal', 'looked at');
    const quote = { bid: '99', bidQty: '1', ask: '101', askQty: '1' };
    actors.quotes([{ instrument: 'B', ...quote }]);
    expect(thrownBy(() => actors.quotes([{ instrument: 'Z', ...quote }])).code).toBe(
      'INSTRUMENT_UNKNOWN',
    );
    const late = { instrument: 'B', ...quote, tsNs: clock.nowNs - 1n };
    expect(thrownBy(() => actors.quotes([late])).code).toBe('EVENT_INVALID');
    const higher = { bid: '109', bidQty: '1', ask: '111', askQty: '1' };
    const cut = [
      { instrument: 'B', ...higher },
      { instrument: 'B', ...quote, bid: '98.999' },
    ];
    expect(thrownBy(() => actors.quotes(cut)).code).toBe('PRICE_OFF_TICK');
    actors.orderBatch.clear();
    actors.orderBatch.add({ instrument: 1, side: 'buy', lots: 1, limitTicks: 11_000 });
    actors.submitBatch();
    expect(actors.orderBatch.outcome(0)).toBe('done');
    expect(actors.stopped).toEqual([]);
    const closed = actors.close();
    expect(closed.requestsUnsent).toBe(2);
    expect(actors.close()).toBe(closed);
    expect(thrownBy(() => actors.submitBatch()).code).toBe('HANDLE_CLOSED');
  });

  it('keep a journal each, which replays to the state that each ended with', () => {
    const path = temporaryFolder();
    const clock = new HandClock();
    const journal = { path, policy: 'os' } as const;
    const actors = open({ threads: 2, clock: clock.read, journal });
    for (const lots of [10, 0, 61, 5]) {
      for (let instrument = 0; instrument < 5; instrument += 1) {
        actors.orderBatch.add({ instrument, side: 'buy', lots, limitTicks: 10_000 });
      }
    }
    actors.submitBatch();
    expect(actors.drainRequests()).toHaveLength(10);
    actors.setMode('reduced', 'the end of the day');
    clock.advance(86_400_000_000_000n);
    // A refused order leaves no record, and must not move the state that a replay comes to.
    actors.orderBatch.clear();
    actors.orderBatch.add({ instrument: 1, side: 'buy', lots: 0 });
    actors.submitBatch();
    expect(actors.orderBatch.code(0)).toBe('ORDER_INVALID');
    const closed = actors.close();
    expect(closed.journals).toHaveLength(3);
    for (const [actor, journal] of closed.journals.entries()) {
      expect(journal?.records).toBeGreaterThan(5);
      const replayed = replayJournal(`${path}/actor-${actor}`);
      expect(replayed.state_hash).toBe(closed.actors[actor]?.stateHash);
    }
    expect(thrownBy(() => open({ journal: { path } })).code).toBe('JOURNAL_IO');
  });
});
