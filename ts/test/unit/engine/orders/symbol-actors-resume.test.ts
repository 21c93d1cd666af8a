import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import type { SymbolActorsOptions } from '#ts/engine/orders/symbol-actors-options.js';
import { replayJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { EPOCH, openActors, optionsOf, pricesAt, SYMBOLS } from '../../../support/actor-session.js';
import { BTC } from '../../../support/engine-by-hand.js';
import { killedAfter } from '../../../support/killed-process.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const NOW_NS = 1_700_000_000_000_000_000n;
const VENUE = { ts: Number(NOW_NS / 1_000_000n) } as const;

type Journal = NonNullable<SymbolActorsOptions['journal']>;

const kept = (path: string, resume: Journal['resume'] = false): Journal => ({
  path,
  policy: 'os',
  resume,
  snapshot: { everyRecords: 30 },
});

function place(actors: SymbolActors, instruments: readonly number[]): readonly number[] {
  actors.orderBatch.clear();
  for (const instrument of instruments) {
    actors.orderBatch.add({ instrument, side: 'buy', lots: 1, limitTicks: 10_000 });
  }
  actors.submitBatch();
  actors.drainRequests();
  return instruments.map((_, slot) => actors.orderBatch.clientOrderId(slot));
}

function accept(actors: SymbolActors, ids: readonly number[]): void {
  actors.reportBatch.clear();
  for (const clientOrderId of ids) actors.reportBatch.add({ kind: 'accepted', clientOrderId });
  actors.applyReports();
}

/** Journals as a crash leaves them: copies of those of actors that live. */
function crashed(path: string): string {
  const copied = join(temporaryFolder(), 'copied');
  cpSync(path, copied, { recursive: true, filter: (name) => !name.endsWith('.lock') });
  return copied;
}

describe('symbol actors that resume their journals', () => {
  it('ORD-09: stand where they stood, hash by hash, on any number of threads, with what is open', () => {
    const path = join(temporaryFolder(), 'journals');
    const actors = openActors({ threads: 2, journal: kept(path) });
    const ids = place(actors, [0, 1, 2, 3, 4, 0]);
    accept(actors, ids);
    actors.cancel(ids[5] ?? 0);
    actors.drainRequests();
    actors.reportBatch.clear();
    actors.reportBatch.add({ kind: 'canceled', clientOrderId: ids[5] ?? 0 });
    actors.applyReports();
    actors.commit();
    const left = crashed(path);
    const stood = actors.figures();
    expect(actors.restart).toBeNull();
    actors.close();
    const hashes = [0, 1, 4].map((threads) => {
      const copy = crashed(left);
      const resumed = SymbolActors.open(optionsOf({ threads, journal: kept(copy, true) }));
      expect(resumed.restart?.map(({ in_doubt: inDoubt }) => inDoubt)).toEqual([[], [], []]);
      const { stateHash, openOrders, actors: parts } = resumed.figures();
      expect(openOrders).toBe(5);
      expect(parts.map((part) => part.stateHash)).toEqual(
        stood.actors.map((part) => part.stateHash),
      );
      expect(resumed.openOrders().map(({ instrument }) => instrument.symbol)).toEqual([
        'A',
        'D',
        'B',
        'C',
        'E',
      ]);
      expect(resumed.order(ids[5] ?? 0)).toMatchObject({ status: 'canceled', isOpen: false });
      expect(resumed.order(EPOCH * 2 ** 32 + 99)).toBeNull();
      resumed.close();
      for (const actor of [0, 1, 2]) replayJournal(join(copy, `actor-${actor}`));
      return stateHash;
    });
    expect(new Set(hashes)).toEqual(new Set([stood.stateHash]));
  });

  it('ORD-09: keep in doubt what was, ask about it, and give no id a second time', () => {
    const path = join(temporaryFolder(), 'journals');
    const actors = openActors({ threads: 1, journal: kept(path) });
    const ids = place(actors, [0, 1, 2]);
    accept(actors, ids.slice(0, 1));
    actors.loseTrack(ids[0] ?? 0);
    actors.drainRequests();
    const resumed = SymbolActors.open(
      optionsOf({ threads: 3, journal: kept(crashed(path), 'if_present') }),
    );
    const doubts = resumed.restart?.flatMap(({ in_doubt: inDoubt }) => inDoubt.map(Number));
    expect(doubts).toEqual(ids);
    expect(resumed.drainRequests().map(({ kind, clientOrderId }) => [kind, clientOrderId])).toEqual(
      ids.map((id) => ['query', id]),
    );
    for (const id of ids) expect(resumed.order(id)?.isInDoubt).toBe(true);
    resumed.trades(pricesAt('100'));
    expect(resumed.awaitsVenue).toBe(true);
    resumed.orderBatch.add({ instrument: 0, side: 'buy', lots: 1, limitTicks: 10_000 });
    resumed.submitBatch();
    expect(resumed.orderBatch.code(0)).toBe('RESTART_UNRECONCILED');
    const held = [
      () => resumed.amend(ids[0] ?? 0, { quantity: 2 }),
      () =>
        resumed.submitList(
          'oco',
          [LEG, LEG].map((leg) => ({ ...leg, instrument: 'A' })),
        ),
    ].map((call) => thrownBy(call).code);
    expect(held).toEqual(['RESTART_UNRECONCILED', 'RESTART_UNRECONCILED']);
    const states = resumed.reconcile(VENUE);
    expect(states.map(({ mode }) => mode)).toEqual(['normal', 'normal', 'normal']);
    expect(states.flatMap(({ open }) => open)).toEqual([]);
    expect(resumed.awaitsVenue).toBe(false);
    const after = place(resumed, [0, 1, 2]);
    expect(new Set([...ids, ...after]).size).toBe(6);
    resumed.close();
    actors.close();
  });

  it('ORD-10: trade reduced where a difference stands, and are told of it by the actor', () => {
    const path = join(temporaryFolder(), 'journals');
    openActors({ journal: kept(path) }).close();
    const resumed = SymbolActors.open(optionsOf({ threads: 2, journal: kept(path, true) }));
    const venue = { ...VENUE, positions: [{ symbol: 'B', quantity: '3', entry_price: '100' }] };
    const balances = [{ currency: 'USD', cash: '1' }];
    expect(thrownBy(() => resumed.reconcile({ ...venue, balances })).code).toBe(
      'VENUE_SNAPSHOT_INVALID',
    );
    const states = resumed.reconcile(venue);
    expect(states.map(({ mode }) => mode)).toEqual(['normal', 'reduced', 'normal']);
    const item = states[1]?.open[0]?.id ?? '';
    expect(states[1]?.open[0]).toMatchObject({ code: 'POSITION_DIFFERS', symbol: 'B' });
    const decision = { item, decision: 'adopt', reason: 'moved by hand' } as const;
    expect(thrownBy(() => resumed.decide({ actor: 0, ...decision })).code).toBe(
      'RECONCILIATION_ITEM_UNKNOWN',
    );
    resumed.decide({ actor: 1, ...decision });
    expect(resumed.reconciliation.map(({ mode }) => mode)).toEqual(Array(3).fill('normal'));
    expect(resumed.figures().actors[1]?.grossExposure).toBe('300');
    resumed.close();
  });

  it('CONFIG_DIFFERS, JOURNAL_NOT_FOUND, JOURNAL_IO: is told, and if_present begins what is not there', () => {
    const path = join(temporaryFolder(), 'journals');
    openActors({ journal: kept(path) }).close();
    const code = (options: Partial<SymbolActorsOptions>) =>
      thrownBy(() => SymbolActors.open(optionsOf(options))).code;
    const before = verifyJournal(join(path, 'actor-0'));
    const one = [{ symbols: SYMBOLS, budget: '100000' }];
    expect(code({ journal: kept(path, true), actors: one })).toBe('CONFIG_DIFFERS');
    expect(code({ journal: kept(path, true), limits: UNLIMITED })).toBe('CONFIG_DIFFERS');
    expect(verifyJournal(join(path, 'actor-0'))).toEqual(before);
    expect(code({ journal: kept(path) })).toBe('JOURNAL_IO');
    const none = join(temporaryFolder(), 'none');
    expect(code({ journal: kept(none, true) })).toBe('JOURNAL_NOT_FOUND');
    const begun = SymbolActors.open(optionsOf({ journal: kept(none, 'if_present') }));
    expect([begun.restart, begun.awaitsVenue]).toEqual([null, false]);
    begun.close();
  });
});

const LEG = { side: 'buy', quantity: 1, orderType: 'limit', limitPrice: 90 } as const;

const ORDERS = 20_000;

/** What both processes open the actors with. */
const SHARED = {
  limits: UNLIMITED,
  account: { cash: '1000000000' },
  orders: { idEpoch: EPOCH, maxOpenOrders: 50_000 },
  actors: ['A', 'B', 'C'].map((symbol, place) => ({
    symbols: [symbol],
    budget: place === 0 ? '400000000' : '300000000',
  })),
  threads: 2,
  // All orders leave in one instant of the test's clock.
  fuse: {
    account: { ordersPerSecondMax: 'unlimited', ordersPerMinuteMax: 'unlimited' },
    repeatsMax: 'unlimited',
  },
} as const;

/**
 * An order run in a process of its own, which ends in the middle of it: an order is acknowledged by its line when its request has
 * left, every second is accepted at once.
 */
const RUN = `
import { writeSync } from 'node:fs';
import { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import { Instrument } from '#ts/core/instrument.js';
const [path, shared, instrument] = process.argv.slice(1);
const actors = SymbolActors.open({
  ...JSON.parse(shared),
  instruments: ['A', 'B', 'C'].map((symbol) =>
    Instrument.create({ ...JSON.parse(instrument), symbol, baseCurrency: symbol })),
  clock: () => ${NOW_NS}n,
  journal: { path, policy: 'os', snapshot: { everyRecords: 100 } },
});
actors.trades(['A', 'B', 'C'].map((instrument) =>
  ({ instrument, price: '50000', quantity: '1', side: 'buy' })));
const { orderBatch, reportBatch } = actors;
for (let round = 0; round < ${ORDERS} / 4; round += 1) {
  orderBatch.clear();
  reportBatch.clear();
  for (let order = 0; order < 4; order += 1) {
    orderBatch.add({ instrument: (round + order) % 3, side: 'buy', lots: 1, limitTicks: 100000 });
  }
  actors.submitBatch();
  const sent = actors.drainRequests();
  for (const [index, { clientOrderId }] of sent.entries()) {
    if (index % 2 === 0) reportBatch.add({ kind: 'accepted', clientOrderId });
  }
  actors.applyReports();
  for (const { clientOrderId } of sent) writeSync(1, clientOrderId + '\\n');
}
`;

const ARGUMENTS = [JSON.stringify(SHARED), JSON.stringify(BTC.options)];

describe('a process with symbol actors that is killed in the middle of an order run', () => {
  it.each([1, 40, 333])(
    'ORD-09: loses no acknowledged order of any actor, after %i orders',
    { timeout: 60_000 },
    async (acknowledged) => {
      const path = join(temporaryFolder(), 'journals');
      const ids = await killedAfter(RUN, [path, ...ARGUMENTS], acknowledged);
      expect(ids.length).toBeGreaterThanOrEqual(acknowledged);
      const actors = SymbolActors.open({
        ...SHARED,
        instruments: ['A', 'B', 'C'].map((symbol) =>
          Instrument.create({ ...BTC.options, symbol, baseCurrency: symbol }),
        ),
        clock: () => NOW_NS,
        journal: { path, policy: 'os', resume: true, snapshot: { everyRecords: 100 } },
      });
      const found = actors.restart ?? [];
      expect(found.flatMap(({ refused }) => refused)).toEqual([]);
      const inDoubt = found.flatMap(({ in_doubt: doubts }) => doubts.map(Number));
      // Every second order was answered. The answers of the last round are safe with the next commit only.
      const answered = ids.slice(0, -4).filter((_, index) => index % 2 === 0);
      for (const id of ids) expect(actors.order(id)?.isOpen, `order ${id}`).toBe(true);
      for (const id of answered) expect(actors.order(id)?.isInDoubt, `order ${id}`).toBe(false);
      const unanswered = ids.filter((_, index) => index % 2 === 1);
      expect(new Set(inDoubt)).toEqual(new Set([...inDoubt, ...unanswered]));
      const queries = actors.drainRequests();
      expect(queries.map(({ kind }) => kind)).toEqual(inDoubt.map(() => 'query'));
      expect(queries.map(({ clientOrderId }) => clientOrderId)).toEqual(inDoubt);
      actors.reconcile(VENUE);
      const next = place(actors, [0, 1, 2]);
      for (const id of next) expect(ids).not.toContain(id);
      const closed = actors.close();
      for (const [actor, { stateHash }] of closed.actors.entries()) {
        expect(replayJournal(join(path, `actor-${actor}`)).state_hash).toBe(stateHash);
      }
    },
  );
});
