import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { EngineOptions } from '#ts/engine/orders/engine-options.js';
import { replayJournal } from '#ts/native/journal-tools.js';
import { HandClock, LIMIT_BUY, openEngine } from '../../../support/engine-by-hand.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const SECOND_NS = 1_000_000_000n;

function timed(options: Partial<EngineOptions> = {}) {
  const clock = new HandClock();
  const engine = openEngine({ clock: clock.read, answerMsMax: 5_000, ...options });
  const pass = (ns: bigint) => {
    clock.advance(ns);
    engine.tick();
    return engine.drainRequests().map(({ kind, clientOrderId }) => `${kind} ${clientOrderId}`);
  };
  return { clock, engine, pass };
}

describe('the time limit of an answer', () => {
  it('ORD-08: puts a placement in doubt, asks about it, and asks again after twice as long each time', () => {
    const { clock, engine, pass } = timed();
    expect(engine.nextTimer()).toBeNull();
    engine.submit(LIMIT_BUY);
    // An order that has not left waits for no answer.
    expect(engine.nextTimer()).toBeNull();
    clock.advance(SECOND_NS);
    engine.drainRequests();
    expect(engine.nextTimer()).toBe(clock.nowNs + 5n * SECOND_NS);
    expect(pass(5n * SECOND_NS - 1n)).toEqual([]);
    expect(engine.order(1)?.isInDoubt).toBe(false);
    expect(pass(1n)).toEqual(['query 1']);
    expect(engine.order(1)).toMatchObject({ status: 'submitted', isInDoubt: true });
    expect(String(engine.order(1)?.reservedQty)).toBe('0.1');
    expect(engine.nextTimer()).toBe(clock.nowNs + 5n * SECOND_NS);
    expect(pass(5n * SECOND_NS)).toEqual(['query 1']);
    expect(engine.nextTimer()).toBe(clock.nowNs + 10n * SECOND_NS);
    expect(pass(9n * SECOND_NS)).toEqual([]);
    expect(pass(SECOND_NS)).toEqual(['query 1']);
    engine.report({ kind: 'accepted', clientOrderId: 1, lastQty: '0.1' });
    expect(engine.order(1)).toMatchObject({ status: 'accepted', isInDoubt: false });
    expect(pass(3_600n * SECOND_NS)).toEqual([]);
    expect(engine.nextTimer()).toBeNull();
    engine.close();
  });

  it('ORD-08: begins anew with each command, and ends with the order', () => {
    const { clock, engine, pass } = timed();
    for (let order = 0; order < 3; order += 1) engine.submit(LIMIT_BUY);
    engine.drainRequests();
    engine.report({ kind: 'accepted', clientOrderId: 1 });
    engine.report({ kind: 'rejected', clientOrderId: 2 });
    expect(pass(4n * SECOND_NS)).toEqual([]);
    engine.cancel(1);
    engine.drainRequests();
    // The third was never answered; the cancel of the first has its time still.
    expect(pass(SECOND_NS)).toEqual(['query 3']);
    expect(engine.nextTimer()).toBe(clock.nowNs + 4n * SECOND_NS);
    expect(pass(4n * SECOND_NS)).toEqual(['query 1']);
    expect(engine.order(1)).toMatchObject({ isInDoubt: true, isPendingCancel: true });
    engine.close();
  });

  it('is off unless it is asked for, and stands in the journal as what it did', () => {
    const folder = join(temporaryFolder(), 'journal');
    const { engine, pass } = timed({ journal: { path: folder } });
    engine.submit(LIMIT_BUY);
    engine.drainRequests();
    pass(60n * SECOND_NS);
    const { state_hash } = engine.close();
    expect(replayJournal(folder).state_hash).toBe(state_hash);
    const clock = new HandClock();
    const patient = openEngine({ clock: clock.read });
    patient.submit(LIMIT_BUY);
    patient.drainRequests();
    clock.advance(86_400n * SECOND_NS);
    patient.tick();
    expect(patient.order(1)?.isInDoubt).toBe(false);
    patient.close();
    expect(thrownBy(() => patient.tick()).code).toBe('HANDLE_CLOSED');
    expect(thrownBy(() => openEngine({ answerMsMax: 0 })).code).toBe('CONFIG_INVALID');
  });
});

describe('the end of an order that the engine holds', () => {
  const held: Partial<EngineOptions> = { orders: { emulatedOrderTypes: ['stop_market'] } };
  const stop = {
    side: 'buy',
    quantity: '0.1',
    orderType: 'stop_market',
    triggerPrice: '51000',
  } as const;

  it('ORD-06: comes with its gtd, though no price comes', () => {
    const folder = join(temporaryFolder(), 'journal');
    const { clock, engine, pass } = timed({ ...held, journal: { path: folder } });
    const expiresAtMs = Number(clock.nowNs / 1_000_000n) + 1_500;
    engine.submit({ ...stop, timeInForce: 'gtd', expiresAtMs });
    engine.submit(stop);
    expect(engine.drainRequests()).toEqual([]);
    expect(engine.nextTimer()).toBe(BigInt(expiresAtMs) * 1_000_000n);
    pass(SECOND_NS);
    expect(engine.order(1)?.isOpen).toBe(true);
    pass(SECOND_NS);
    expect(engine.order(1)).toMatchObject({ status: 'expired', isHeld: false });
    expect(engine.order(2)).toMatchObject({ isOpen: true, isHeld: true });
    expect(engine.nextTimer()).toBeNull();
    const { state_hash } = engine.close();
    expect(replayJournal(folder).state_hash).toBe(state_hash);
  });

  it('ORD-06: comes with the day, at midnight UTC after the first price that it met', () => {
    const { clock, engine, pass } = timed(held);
    engine.submit({ ...stop, timeInForce: 'day' });
    engine.quote({ bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' });
    const day = 86_400n * SECOND_NS;
    const midnight = (clock.nowNs / day + 1n) * day;
    expect(engine.nextTimer()).toBe(midnight);
    pass(midnight - clock.nowNs - 1n);
    expect(engine.order(1)?.isOpen).toBe(true);
    pass(1n);
    expect(engine.order(1)?.status).toBe('expired');
    engine.close();
  });
});

describe('a report that waits for one that is missing', () => {
  it('is applied after a second, and the gap is told', () => {
    const { clock, engine, pass } = timed();
    engine.submit(LIMIT_BUY);
    engine.drainRequests();
    engine.report({ kind: 'accepted', clientOrderId: 1, sequence: 1n });
    const fill = { kind: 'fill', clientOrderId: 1, lastPx: '50000', lastQty: '0.04' } as const;
    engine.report({ ...fill, tradeId: 9, sequence: 3n });
    expect(engine.position().lots).toBe(0n);
    expect(engine.nextTimer()).toBe(clock.nowNs + SECOND_NS);
    pass(SECOND_NS);
    expect(engine.position().lots).toBe(40n);
    expect(engine.missingReports()).toEqual([[2n, 2n]]);
    engine.close();
  });
});
