import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import { fuseStatus, resetFuse } from '#ts/native/fuse-latch.js';
import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { LIMIT_BUY, openEngine } from '../../../support/engine-by-hand.js';
import { playScript } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const place = (engine: Engine) => {
  engine.submit(LIMIT_BUY);
  return engine.drainRequests().length;
};

describe('the egress fuse of an engine', () => {
  it('stops a loop of the same order at its cap, tells of it, and the journal replays without it', () => {
    const path = join(temporaryFolder(), 'journal');
    const events: EngineEvent[] = [];
    const engine = openEngine({
      journal: { path, policy: 'os' },
      onEvent: (event) => events.push(event),
      fuse: { account: { ordersPerSecondMax: 'unlimited' } },
    });
    let left = 0;
    for (let round = 0; round < 1_000; round += 1) left += place(engine);
    expect(left).toBe(100);
    const told = events.flatMap((event) => (event.kind === 'fuse' ? [event.fuse] : []));
    expect(told).toHaveLength(900);
    expect(told[0]).toEqual({
      tsMs: 1_700_000_000_000,
      clientOrderId: 101,
      isAmendment: false,
      code: 'FUSE_REPEATED',
      ceiling: 'repeats',
      limit: '100',
      observed: '101',
      isTrip: true,
    });
    expect(told[1]).toMatchObject({ code: 'FUSE_TRIPPED', isTrip: false });
    expect(engine.order(101)).toMatchObject({ status: 'denied', isOpen: false });
    expect(engine.openOrderCount).toBe(100);
    expect(engine.fuse).toMatchObject({ state: 'tripped', trip: { code: 'FUSE_REPEATED' } });
    engine.cancel(1);
    expect(engine.drainRequests()).toMatchObject([{ kind: 'cancel', clientOrderId: 1 }]);
    const { state_hash: stateHash } = engine.close();
    expect(replayJournal(path).state_hash).toBe(stateHash);
    const refused = readJournal(path, 0, 100_000).filter(({ kind }) => kind === 'fuse_refused');
    expect(refused).toHaveLength(900);
    expect(fuseStatus(path).trip).toMatchObject({ client_order_id: 101, observed: '101' });
  });

  it('stays blown over engines that share its latch, until a person resets it', () => {
    const latch = join(temporaryFolder(), 'fuse');
    const fuse = { account: { orderNotionalMax: '4000' }, latch };
    const first = openEngine({ fuse });
    expect(place(first)).toBe(0);
    expect(first.fuse.trip).toMatchObject({
      code: 'FUSE_ORDER_SIZE',
      ceiling: 'order_notional',
      limit: '4000',
      observed: '5000',
    });
    const second = openEngine({ fuse: { latch } });
    expect(place(second)).toBe(0);
    expect(second.fuse.state).toBe('tripped');
    resetFuse(latch, { by: 'ada', reason: 'limit was meant', nowMs: 1 });
    expect(place(second)).toBe(0);
    expect(place(openEngine({ fuse: { latch } }))).toBe(1);
  });

  it('lets a batch leave up to the ceiling, and nothing of it in a tight mode', () => {
    const engine = openEngine({ fuse: { repeatsMax: 2 } });
    for (let order = 0; order < 5; order += 1) engine.submit(LIMIT_BUY);
    expect(engine.drainRequests()).toHaveLength(2);
    const paused = openEngine();
    paused.submit(LIMIT_BUY);
    paused.setMode('paused', 'test');
    expect(paused.drainRequests()).toEqual([]);
    expect(paused.order(1)?.status).toBe('denied');
    expect(paused.fuse).toEqual({ state: 'armed', trip: null, reason: null });
  });

  it('keeps what is sent and not answered below its ceiling, and an answer makes room', () => {
    const engine = openEngine({ fuse: { unansweredNotionalMax: 10_000 } });
    expect([place(engine), place(engine)]).toEqual([1, 1]);
    engine.report({ kind: 'accepted', clientOrderId: 1 });
    expect(place(engine)).toBe(1);
    expect(place(engine)).toBe(0);
    expect(engine.fuse.trip?.code).toBe('FUSE_UNANSWERED');
  });

  it('has no unknown instrument and no misspelt key', () => {
    const unknown = () => openEngine({ fuse: { instruments: { ETH: {} } } });
    expect(thrownBy(unknown).code).toBe('LIMITS_UNKNOWN_KEY');
    const misspelt = () => openEngine({ fuse: { repeats: 5 } as object });
    expect(thrownBy(misspelt).code).toBe('CONFIG_UNKNOWN_KEY');
  });
});

describe('the egress fuse of a backtest', () => {
  it('denies what is past its ceiling, and the summary counts it', async () => {
    const { result } = await playScript(
      [10, 11, 12, 13],
      {
        0: (context) => [1, 2, 3].forEach((lots) => context.buy(lots)),
        2: (context) => context.sell(1),
      },
      { fuse: { account: { ordersPerDayMax: 2 } }, cash: 1_000 },
    );
    const denials = result.denials.map(({ code, count, limit, worstObserved }) => ({
      code,
      count,
      limit,
      worstObserved,
    }));
    expect(denials).toEqual([
      { code: 'FUSE_ORDER_RATE', count: 1, limit: '2', worstObserved: '3' },
    ]);
    expect(result.positions[0]?.quantity).toBe('2');
  });
});
