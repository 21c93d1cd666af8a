import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import type { EngineOptions } from '#ts/engine/orders/engine-options.js';
import type { VenueState } from '#ts/engine/venue-state.js';
import { readJournal, replayJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { BTC, HandClock, LIMIT_BUY } from '../../../support/engine-by-hand.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const folder = temporaryFolder();
const clock = new HandClock();
let copies = 0;

const QUOTE = { bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' } as const;
const fill = { kind: 'fill', clientOrderId: 1, lastPx: '50000' } as const;

function optionsOf(path: string, journal: Partial<EngineOptions['journal']> = {}): EngineOptions {
  return {
    instruments: [BTC],
    limits: UNLIMITED,
    account: { cash: '1000000' },
    clock: clock.read,
    journal: { path, ...journal },
  };
}

/** What the venue says that has the first order, filled by half, and nothing of the second. */
function venue(options: Partial<VenueState> = {}): VenueState {
  const ts = Number(clock.nowNs / 1_000_000n);
  return {
    ts,
    orders_complete_until: ts,
    fills_complete_from: 0,
    positions_complete: true,
    orders: [
      {
        venue_order_id: 'v-1',
        client_order_id: 1,
        symbol: 'BTC',
        side: 'buy',
        type: 'limit',
        quantity: '0.1',
        filled: '0.05',
        limit_price: '50000',
      },
    ],
    fills: [
      {
        trade_id: 7,
        venue_order_id: 'v-1',
        client_order_id: 1,
        symbol: 'BTC',
        side: 'buy',
        price: '50000',
        quantity: '0.05',
        ts,
      },
    ],
    positions: [{ symbol: 'BTC', quantity: '0.05', entry_price: '50000' }],
    ...options,
  };
}

const left = join(folder, 'left');

beforeAll(() => {
  const engine = Engine.open(optionsOf(left));
  engine.quote(QUOTE);
  engine.submit(LIMIT_BUY, { idempotencyKey: 'first' });
  engine.report({ kind: 'accepted', clientOrderId: 1 });
  engine.report({ ...fill, tradeId: 7, lastQty: '0.05' });
  // Sent and not answered when the process ends without a word.
  engine.submit({ ...LIMIT_BUY, limitPrice: '49000' });
  engine.drainRequests();
  cpSync(left, join(folder, 'copied'), { recursive: true });
  engine.close();
});

/** The journal of an engine that was never closed, as a crash leaves it. */
function crashed(): string {
  copies += 1;
  const path = join(folder, `journal-${copies}`);
  cpSync(join(folder, 'copied'), path, {
    recursive: true,
    filter: (name) => !name.endsWith('.lock'),
  });
  return path;
}

describe('an engine that resumes its journal', () => {
  it('ORD-09: stands where the last one stood, with what nobody answered in doubt and asked about', () => {
    const path = crashed();
    const events: EngineEvent[] = [];
    const engine = Engine.open({
      ...optionsOf(path, { resume: true }),
      onEvent: (event) => events.push(event),
    });
    expect(engine.restart).toMatchObject({ snapshot: null, refused: [], in_doubt: ['2'] });
    expect(events).toEqual([]);
    expect(engine.order(1)).toMatchObject({ status: 'partially_filled', isInDoubt: false });
    expect(engine.order(2)).toMatchObject({ status: 'submitted', isInDoubt: true });
    expect(String(engine.order(2)?.reservedQty)).toBe('0.1');
    expect(engine.position().lots).toBe(50n);
    const requests = engine.drainRequests();
    expect(requests.map(({ kind, clientOrderId }) => [kind, clientOrderId])).toEqual([
      ['query', 2],
    ]);
    engine.close();
    expect(() => replayJournal(path)).not.toThrow();
  });

  it('ORD-04: gives no id and no key a second time', () => {
    const engine = Engine.open(optionsOf(crashed(), { resume: true }));
    // A repeat asks for nothing, so that it needs no venue.
    const again = engine.submit(LIMIT_BUY, { idempotencyKey: 'first' });
    expect(again).toEqual({ verdict: 'approved', clientOrderId: 1 });
    const other = thrownBy(() =>
      engine.submit({ ...LIMIT_BUY, quantity: '0.2' }, { idempotencyKey: 'first' }),
    );
    expect(other.code).toBe('IDEMPOTENCY_CONFLICT');
    engine.reconcile(venue());
    expect(engine.submit(LIMIT_BUY).clientOrderId).toBe(3);
    engine.report({ ...fill, tradeId: 7, lastQty: '0.05' });
    expect(engine.position().lots).toBe(50n);
    engine.close();
  });

  it('RESTART_UNRECONCILED: opens and amends nothing before it was compared with the venue', () => {
    const engine = Engine.open(optionsOf(crashed(), { resume: true }));
    engine.quote(QUOTE);
    expect(engine.awaitsVenue).toBe(true);
    const codes = [
      () => engine.submit(LIMIT_BUY),
      () => engine.submit(LIMIT_BUY, { idempotencyKey: 'other' }),
      () => engine.submitList('oco', [LIMIT_BUY, LIMIT_BUY]),
      () => engine.amend(1, { quantity: '0.2' }),
    ].map((call) => thrownBy(call).code);
    expect(codes).toEqual(Array(4).fill('RESTART_UNRECONCILED'));
    engine.orderBatch.add({ instrument: 0, side: 'buy', lots: 1, limitTicks: 1 });
    engine.submitBatch();
    expect(engine.orderBatch.code(0)).toBe('RESTART_UNRECONCILED');
    const exit = { side: 'sell', quantity: '0.05', reduceOnly: true } as const;
    expect(engine.submit(exit).verdict).toBe('approved');
    engine.cancel(1);
    // A venue that claims nothing differs in nothing.
    const { open, mode } = engine.reconcile({ ts: venue().ts });
    expect([open, mode, engine.awaitsVenue]).toEqual([[], 'normal', false]);
    expect(engine.submit(LIMIT_BUY).verdict).toBe('approved');
    engine.close();
  });

  it('ORD-10: lists differences, trades reduced until each is decided, and tells the venue by its own ids', () => {
    const path = crashed();
    const engine = Engine.open(optionsOf(path, { resume: true }));
    engine.quote(QUOTE);
    engine.drainRequests();
    const told = venue();
    const foreign = { ...told.orders?.[0], venue_order_id: 'v-9', filled: 0 } as const;
    const state = engine.reconcile({
      ...told,
      orders: [...(told.orders ?? []), { ...foreign, client_order_id: null } as never],
      positions: [{ symbol: 'BTC', quantity: '0.06', entry_price: '50000' }],
    });
    expect(state.mode).toBe('reduced');
    const ids = Object.fromEntries(state.open.map(({ code, id }) => [code, id]));
    expect(Object.keys(ids).sort()).toEqual([
      'ORDER_MISSING_HERE',
      'ORDER_MISSING_THERE',
      'POSITION_DIFFERS',
    ]);
    const denied = engine.submit(LIMIT_BUY);
    expect(denied.verdict === 'denied' && denied.codes).toEqual(['TRADING_MODE_DENIED']);
    const item = (code: string) => ids[code] ?? '';
    engine.decide(item('ORDER_MISSING_THERE'), 'adopt');
    engine.decide(item('POSITION_DIFFERS'), 'adopt', 'moved by hand');
    const unsaid = thrownBy(() => engine.decide(item('ORDER_MISSING_HERE'), 'ignore'));
    expect(unsaid.code).toBe('RECONCILIATION_DECISION_INVALID');
    const decided = engine.decide(item('ORDER_MISSING_HERE'), 'flatten');
    expect([decided.open, decided.mode]).toEqual([[], 'normal']);
    const cancel = engine.drainRequests().find(({ kind }) => kind === 'cancel');
    expect(cancel?.venueOrderId).toBe('v-9');
    expect(engine.order(2)?.isOpen).toBe(false);
    expect(engine.position().lots).toBe(60n);
    const { state_hash } = engine.close();
    expect(replayJournal(path).state_hash).toBe(state_hash);
  });

  it('goes on after a close and another, from the snapshot of the close', () => {
    const path = crashed();
    const first = Engine.open(optionsOf(path, { resume: true }));
    const hash = first.snapshot().state_hash;
    first.close();
    const second = Engine.open(optionsOf(path, { resume: 'if_present' }));
    expect(second.restart).toMatchObject({ replayed: 0, in_doubt: ['2'] });
    expect(second.restart?.snapshot).toBeGreaterThan(0);
    second.close();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(() => verifyJournal(path)).not.toThrow();
    expect(() => replayJournal(path)).not.toThrow();
  });

  it('takes snapshots as often as asked, and keeps as many', () => {
    const path = join(folder, 'snapshots');
    const snapshot = { everyRecords: 10, keep: 3 } as const;
    const engine = Engine.open(optionsOf(path, { snapshot }));
    engine.quote(QUOTE);
    const taken = () => readdirSync(path).filter((name) => name.endsWith('.snapshot')).length;
    const counts = Array.from({ length: 12 }, () => {
      engine.submit(LIMIT_BUY);
      engine.drainRequests();
      return taken();
    });
    expect(counts[0]).toBe(0);
    expect(counts.at(-1)).toBe(3);
    engine.close();
    expect(taken()).toBe(3);
    const never = join(folder, 'never');
    const other = Engine.open(optionsOf(never, { snapshot: { everyRecords: 'never' } }));
    other.quote(QUOTE);
    for (let order = 0; order < 12; order += 1) other.submit(LIMIT_BUY);
    other.drainRequests();
    expect(readdirSync(never).filter((name) => name.endsWith('.snapshot'))).toEqual([]);
    other.close();
  });
});

describe('what cannot be resumed', () => {
  it('CONFIG_DIFFERS: another configuration is refused and the journal stays as it was', () => {
    const path = crashed();
    const before = verifyJournal(path);
    const changed = {
      ...optionsOf(path, { resume: true }),
      limits: { ...UNLIMITED, orderQtyMax: 5 },
    };
    const error = thrownBy(() => Engine.open(changed));
    expect(error).toMatchObject({ code: 'CONFIG_DIFFERS', context: { field: 'limits' } });
    const cash = { ...optionsOf(path, { resume: true }), account: { cash: '7' } };
    expect(thrownBy(() => Engine.open(cash)).context).toMatchObject({ field: 'start_cash' });
    expect(verifyJournal(path)).toEqual(before);
    // What stands there for people is no part of it.
    const about = { ...optionsOf(path, { resume: true }), about: { bot: 'renamed' } };
    Engine.open(about).close();
  });

  it('JOURNAL_LOCKED, JOURNAL_NOT_FOUND, JOURNAL_IO: is told, and if_present begins what is not there', () => {
    const path = crashed();
    const engine = Engine.open(optionsOf(path, { resume: true }));
    const locked = thrownBy(() => Engine.open(optionsOf(path, { resume: true })));
    expect(locked).toMatchObject({ code: 'JOURNAL_LOCKED' });
    expect(locked.message).toContain(String(process.pid));
    engine.close();
    expect(thrownBy(() => Engine.open(optionsOf(path))).code).toBe('JOURNAL_IO');
    const none = join(folder, 'none');
    const missing = thrownBy(() => Engine.open(optionsOf(none, { resume: true })));
    expect(missing.code).toBe('JOURNAL_NOT_FOUND');
    const begun = Engine.open(optionsOf(none, { resume: 'if_present' }));
    expect([begun.restart, begun.awaitsVenue]).toEqual([null, false]);
    begun.quote(QUOTE);
    expect(begun.submit(LIMIT_BUY).verdict).toBe('approved');
    begun.close();
    expect(readJournal(none, 0, 1)[0]?.kind).toBe('session_opened');
  });
});
