import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import type { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import { fuseStatus, resetFuse } from '#ts/native/fuse-latch.js';
import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { openActors, optionsOf, pricesAt } from '../../../support/actor-session.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/** Places one order on each of the instruments, in turn. */
function place(desk: SymbolActors | Engine, instruments: readonly number[]): number {
  desk.orderBatch.clear();
  for (const instrument of instruments) {
    desk.orderBatch.add({ instrument, side: 'buy', lots: 1, limitTicks: 10_000 });
  }
  desk.submitBatch();
  return desk.drainRequests().length;
}

describe('the egress fuse over symbol actors', () => {
  it.each([0, 1, 2, 4])(
    'stops a loop over all actors at the cap of the account, and each journal replays, with %i threads',
    (threads) => {
      const path = join(temporaryFolder(), 'journals');
      const events: EngineEvent[] = [];
      const actors = openActors({
        threads,
        journal: { path, policy: 'os' },
        onEvent: (event) => events.push(event),
        fuse: { account: { ordersPerDayMax: 12 } },
      });
      let left = 0;
      for (let round = 0; round < 20; round += 1) left += place(actors, [0, 1, 2, 3, 4]);
      expect(left).toBe(12);
      const told = events.flatMap((event) => (event.kind === 'fuse' ? [event.fuse] : []));
      expect(told).toHaveLength(88);
      const trip = { ceiling: 'orders_per_day', limit: '12', observed: '13' };
      expect(told[0]).toMatchObject({ code: 'FUSE_ORDER_RATE', isTrip: true, ...trip });
      expect(told[1]).toMatchObject({ code: 'FUSE_TRIPPED', isTrip: false });
      expect(actors.fuse).toMatchObject({ state: 'tripped', trip: { ...trip, instrument: 2 } });
      expect(actors.figures()).toMatchObject({ openOrders: 12, denied: 88 });
      // What is open can be taken back.
      const id = actors.orderBatch.clientOrderId(0);
      expect(thrownBy(() => actors.cancel(id)).code).toBe('ORDER_UNKNOWN');
      const first = 2 ** 32 * 3 + 1;
      actors.cancel(first);
      expect(actors.drainRequests()).toMatchObject([{ kind: 'cancel', clientOrderId: first }]);
      const closed = actors.close();
      for (const [actor, { stateHash }] of closed.actors.entries()) {
        expect(replayJournal(join(path, `actor-${actor}`)).state_hash).toBe(stateHash);
      }
      const refused = [0, 1, 2].flatMap((actor) =>
        readJournal(join(path, `actor-${actor}`), 0, 10_000).filter(
          ({ kind }) => kind === 'fuse_refused',
        ),
      );
      expect(refused).toHaveLength(88);
      expect(fuseStatus(path).trip).toMatchObject({ instrument: 2, observed: '13' });
    },
  );

  it('stays blown over actors that share its latch, until a person resets it', () => {
    const latch = join(temporaryFolder(), 'fuse');
    const first = openActors({ fuse: { latch, repeatsMax: 1 } });
    expect(place(first, [0, 0])).toBe(1);
    expect(first.fuse.trip?.code).toBe('FUSE_REPEATED');
    const second = openActors({ fuse: { latch }, threads: 2 });
    expect(place(second, [0, 1, 2])).toBe(0);
    expect(second.fuse.state).toBe('tripped');
    resetFuse(latch, { by: 'ada', reason: 'was meant', nowMs: 1 });
    expect(place(openActors({ fuse: { latch } }), [0, 1, 2])).toBe(3);
  });

  it('is on without being asked for, and bounds what no actor alone would pass', () => {
    const actors = openActors();
    // A hundred of a second, and a hundred of the same order.
    const round = [0, 1, 2, 3, 4];
    const left = Array.from({ length: 40 }, () => place(actors, round));
    expect(left.reduce((sum, each) => sum + each, 0)).toBe(100);
    expect(actors.fuse.trip?.code).toBe('FUSE_ORDER_RATE');
  });

  it('lets leave what that of one engine does', () => {
    const fuse = {
      repeatsMax: 3,
      account: { notionalPerMinuteMax: '1500' },
      instruments: { E: { ordersPerSecondMax: 1 } },
    };
    const { actors: _, threads: __, ...account } = optionsOf({ fuse });
    const engine = Engine.open(account);
    for (const each of pricesAt('100')) engine.trade(each);
    const actors = openActors({ fuse, threads: 2 });
    for (const round of [[0, 1, 2], [4], [3, 0], [4, 1], [2]]) {
      expect(place(actors, round)).toBe(place(engine, round));
    }
    const of = ({ code, ceiling, observed, instrument }: NonNullable<typeof engine.fuse.trip>) => [
      code,
      ceiling,
      observed,
      instrument,
    ];
    expect(actors.fuse.trip && of(actors.fuse.trip)).toEqual(
      engine.fuse.trip && of(engine.fuse.trip),
    );
    expect(actors.fuse.trip).toMatchObject({ instrument: 4 });
    engine.close();
    actors.close();
  });
});
