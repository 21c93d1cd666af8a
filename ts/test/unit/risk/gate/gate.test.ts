import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { secondKeyHash } from '#ts/native/limits-check.js';
import { Gate } from '#ts/risk/gate/gate.js';
import type { LimitNear, Trip } from '#ts/risk/gate/gate-alerts.js';
import type { GateVerdict } from '#ts/risk/gate/verdict.js';
import { BUY, COIN, openGate } from '../../../support/gate-alone.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

function idOf(verdict: GateVerdict): number {
  if (!verdict.allowed) throw new Error(verdict.message);
  return verdict.id;
}

/** A gate that holds 0.1 BTC. */
function holding(limits: Parameters<typeof openGate>[0] = {}) {
  const opened = openGate(limits);
  const id = idOf(opened.gate.submit(BUY));
  opened.gate.filled({ id, tradeId: 1, price: '50000', quantity: '0.1' });
  return opened;
}

describe('a gate alone', () => {
  it('checks without a trace: the state is the same bit for bit, and the order is not counted', () => {
    const { gate, clock } = openGate({ orderQtyMax: '1', positionQtyMax: '1' });
    clock.advance(1_000_000n);
    const before = gate.stateHash();
    expect(gate.check(BUY)).toEqual({ allowed: true, id: null });
    const denied = gate.check({ ...BUY, quantity: '2' });
    expect(denied).toMatchObject({
      allowed: false,
      id: null,
      code: 'ORDER_QTY_EXCEEDED',
      suggestedQuantity: '1',
    });
    expect(gate.stateHash()).toBe(before);
    expect(gate.coverage().orders).toBe(0);
    expect(idOf(gate.submit(BUY))).toBe(1);
    expect(gate.stateHash()).not.toBe(before);
  });

  it('reserves what it allows, so that orders that were sent count before the venue answers', () => {
    const { gate } = openGate({ positionQtyMax: '0.25' });
    const first = idOf(gate.submit(BUY));
    idOf(gate.submit(BUY));
    const denied = gate.submit(BUY);
    expect(denied).toMatchObject({
      allowed: false,
      id: 3,
      codes: ['POSITION_QTY_EXCEEDED'],
      suggestedQuantity: '0.05',
    });
    if (denied.allowed) throw new Error('denied');
    expect(denied.failed).toEqual([
      { code: 'POSITION_QTY_EXCEEDED', unit: 'amount', limit: '0.25', observed: '0.3', ageMs: 0 },
    ]);
    expect(gate.submit({ ...BUY, quantity: '0.05' }).allowed).toBe(true);
    gate.rejected(first);
    expect(gate.submit(BUY).allowed).toBe(true);
  });

  it('posts fills once, and gives back what the venue ends', () => {
    const { gate } = openGate();
    const id = idOf(gate.submit(BUY));
    gate.accepted(id);
    const fill = { id, tradeId: 'abc', price: 50_000, quantity: '0.04' } as const;
    gate.filled({ ...fill, fee: { amount: '2', currency: 'USDT' } });
    gate.filled({ ...fill, fee: { amount: '2', currency: 'USDT' } });
    expect(gate.position()).toMatchObject({ quantity: '0.04', side: 'long', value: 2_000 });
    expect(gate.snapshot()).toMatchObject({ cash: '97998', fees: '2' });
    expect(gate.openOrders()[0]?.reservedQty.toString()).toBe('0.06');
    gate.canceled(gate.clientOrderId(id), '0.04');
    expect(gate.openOrderCount).toBe(0);
    const second = idOf(gate.submit(BUY));
    gate.expired(second);
    expect(gate.order(second)?.status).toBe('expired');
    expect(thrownBy(() => gate.filled({ ...fill, id: 99 })).code).toBe('ORDER_UNKNOWN');
  });

  it('keeps the whole reservation of an order in doubt until there is proof', () => {
    const { gate } = openGate({ positionQtyMax: '0.15' });
    const id = idOf(gate.submit(BUY));
    gate.inDoubt(id);
    expect(gate.order(id)).toMatchObject({ isOpen: true, isInDoubt: true });
    expect(gate.submit(BUY).allowed).toBe(false);
    expect(gate.requests()).toMatchObject([
      { kind: 'query', clientOrderIdText: gate.clientOrderId(id), symbol: 'BTC/USDT' },
    ]);
    expect(gate.requests()).toEqual([]);
    gate.neverArrived(id);
    expect(gate.order(id)?.isOpen).toBe(false);
    expect(gate.submit(BUY).allowed).toBe(true);
  });

  it('amends hold the worse of both forms, and a larger one is judged', () => {
    const { gate } = openGate({ positionQtyMax: '0.3' });
    const id = idOf(gate.submit(BUY));
    gate.accepted(id);
    expect(gate.amend(id, { quantity: '0.5' })).toMatchObject({
      allowed: false,
      codes: ['POSITION_QTY_EXCEEDED'],
    });
    expect(gate.amend(id, { quantity: '0.2', limitPrice: '49000' })).toEqual({ allowed: true, id });
    expect(gate.submit({ ...BUY, quantity: '0.2' }).allowed).toBe(false);
    gate.amendRejected(id);
    expect(gate.submit({ ...BUY, quantity: '0.2' }).allowed).toBe(true);
    expect(gate.requests()).toEqual([]);
    expect(gate.amend(77, { quantity: '1' })).toMatchObject({ code: 'ORDER_UNKNOWN' });
  });

  it('never blocks a cancel, and asks nobody to send it again', () => {
    const { gate } = openGate();
    const id = idOf(gate.submit(BUY));
    gate.setMode('paused', 'a test');
    gate.cancel(id);
    expect(gate.order(id)?.isPendingCancel).toBe(true);
    expect(gate.requests()).toEqual([]);
  });

  it('reads prices and quantities exactly, whatever they come as', () => {
    const { gate } = openGate();
    const decimal = { toFixed: () => '50000.5' };
    for (const limitPrice of ['50000.5', 50_000.5, { mantissa: 500_005n, scale: 1 }, decimal]) {
      const id = idOf(gate.submit({ side: 'buy', quantity: 1n, limitPrice }));
      expect(gate.order(id)?.limitPrice?.toString()).toBe('50000.5');
      expect(gate.order(id)?.quantity.toString()).toBe('1');
    }
  });

  it('carries every term of an order', () => {
    const { gate } = openGate();
    const expiresAtMs = 1_800_000_000_000;
    const shown = { displayQuantity: '0.01', expiresAtMs, timeInForce: 'gtd' } as const;
    idOf(gate.submit({ ...BUY, ...shown, postOnly: true }));
    const trail = { side: 'sell', quantity: '0.1', orderType: 'trailing_stop' } as const;
    for (const distance of [
      { trailingFrac: '0.02' },
      { trailingPrice: '100' },
      { trailingTicks: 4 },
    ]) {
      idOf(gate.submit({ ...trail, ...distance }));
    }
    const stop = { ...BUY, orderType: 'stop_limit', triggerPrice: '50100' } as const;
    expect(gate.order(idOf(gate.submit(stop)))?.triggerPrice?.toString()).toBe('50100');
    expect(gate.submit({ ...trail, trailingFrac: '0.02', trailingTicks: 1 })).toMatchObject({
      code: 'ORDER_INVALID',
    });
  });

  it('places no protective order by itself, because nobody would send it', () => {
    const { gate } = openGate({ stopLossRequired: true });
    expect(gate.submit(BUY)).toMatchObject({ codes: ['STOP_LOSS_REQUIRED'] });
    const id = idOf(gate.submit({ ...BUY, stopLoss: '49000', takeProfit: '52000' }));
    gate.filled({ id, tradeId: 1, price: '50000', quantity: '0.1' });
    expect(gate.openOrderCount).toBe(0);
    expect(gate.requests()).toEqual([]);
  });
});

describe('an exit by the gate', () => {
  it.each(['paused', 'reduced'] as const)(
    'passes while %s, where a bot’s own order may not',
    (mode) => {
      const { gate } = holding();
      gate.setMode(mode, 'a test');
      expect(gate.submit(BUY)).toMatchObject({ codes: ['TRADING_MODE_DENIED'] });
      expect(gate.reduce('BTC/USDT', { quantity: '0.04' })).toMatchObject({
        allowed: true,
        side: 'sell',
        quantity: '0.04',
        symbol: 'BTC/USDT',
      });
    },
  );

  it('passes in an emergency, when the close that the gate wants itself did not go through', () => {
    const { gate } = holding();
    gate.setMode('emergency', 'a test');
    const [close] = gate.requests();
    expect(close).toMatchObject({ kind: 'place', side: 'sell', quantity: '0.1', reduceOnly: true });
    expect(gate.reduce(gate.position())).toMatchObject({ code: 'NOTHING_TO_REDUCE' });
    gate.rejected(close?.clientOrderId ?? 0);
    expect(gate.reduce(gate.position())).toMatchObject({ allowed: true, quantity: '0.1' });
  });

  it('never turns the position over: what is under way is taken off', () => {
    const { gate } = holding();
    expect(gate.reduce('BTC/USDT', { quantity: '0.07' })).toMatchObject({ quantity: '0.07' });
    expect(gate.reduce('BTC/USDT')).toMatchObject({ quantity: '0.03' });
    expect(gate.reduce('BTC/USDT')).toMatchObject({ allowed: false, code: 'NOTHING_TO_REDUCE' });
    expect(openGate().gate.reduce(0)).toMatchObject({ code: 'NOTHING_TO_REDUCE' });
  });

  it('buys back a short position', () => {
    const { gate } = openGate();
    const id = idOf(gate.submit({ ...BUY, side: 'sell' }));
    gate.filled({ id, tradeId: 1, price: '50000', quantity: '0.1' });
    expect(gate.reduce(0, { limitPrice: '50100' })).toMatchObject({ side: 'buy', quantity: '0.1' });
  });

  it('still needs a sane price', () => {
    const { gate } = holding({ priceCollarFracMax: '0.1', priceCollarWindowMsMin: '60000' });
    expect(gate.reduce(0, { limitPrice: '5000' })).toMatchObject({
      allowed: false,
      codes: ['PRICE_COLLAR_EXCEEDED'],
    });
    expect(gate.reduce(0, { quantity: '-1' }).allowed).toBe(false);
  });
});

describe('limits of a gate', () => {
  const change = { loosenDelayMs: '1000', secondKeyHash: secondKeyHash('open sesame') };
  const limits = (orderQtyMax: string) => ({ ...UNLIMITED, orderQtyMax, change });

  it('tighten at once and loosen by the delay or the key', () => {
    const { gate, clock } = openGate(limits('1'));
    const { fingerprint } = gate.limits;
    gate.limits.change(limits('0.05'));
    expect(gate.limits.fingerprint).not.toBe(fingerprint);
    expect(gate.submit(BUY)).toMatchObject({ codes: ['ORDER_QTY_EXCEEDED'] });
    gate.limits.change(limits('1'));
    expect(gate.submit(BUY).allowed).toBe(false);
    clock.advance(1_000_000_000n);
    expect(gate.submit(BUY).allowed).toBe(true);
    gate.limits.change(limits('2'), {
      key: 'open sesame',
      untilMs: Number(clock.nowNs / 1_000_000n) + 500,
    });
    expect(gate.submit({ ...BUY, quantity: '2' }).allowed).toBe(true);
    clock.advance(500_000_000n);
    expect(gate.submit({ ...BUY, quantity: '2' }).allowed).toBe(false);
    const wrong = thrownBy(() => gate.limits.change(limits('9'), { key: 'open barley' }));
    expect(wrong.code).toBe('LIMITS_LOOSENING_DENIED');
    const never = thrownBy(() => gate.limits.change(limits('9'), { untilMs: Number.NaN }));
    expect(never.code).toBe('ARGUMENT_INVALID');
  });
});

describe('what a gate tells', () => {
  it('is every denial, and a limit that comes near once until it was far again', () => {
    const { gate } = openGate({ positionQtyMax: '1' });
    const told: string[] = [];
    const near: LimitNear[] = [];
    gate.on('denied', ({ code }) => told.push(code));
    const off = gate.on('limit-near', (event) => near.push(event));
    const id = idOf(gate.submit({ ...BUY, quantity: '0.85' }));
    idOf(gate.submit({ ...BUY, quantity: '0.01' }));
    expect(gate.submit(BUY).allowed || gate.submit({ ...BUY, quantity: '2' }).allowed).toBe(true);
    expect(told).toEqual([]);
    expect(near).toMatchObject([
      { code: 'POSITION_QTY_EXCEEDED', limit: '1', observed: '0.85', usedFrac: 0.85 },
    ]);
    gate.rejected(id);
    idOf(gate.submit({ ...BUY, quantity: '0.001' }));
    expect(gate.submit({ ...BUY, quantity: '2' }).allowed).toBe(false);
    expect(told).toEqual(['POSITION_QTY_EXCEEDED']);
    idOf(gate.submit({ ...BUY, quantity: '0.8' }));
    expect(near).toHaveLength(2);
    off();
  });

  it('is a control that trips, once until it is reset', () => {
    const { gate } = openGate({ dailyLossFracMax: '0.05' });
    const trips: Trip[] = [];
    gate.on('tripped', (trip) => trips.push(trip));
    const id = idOf(gate.submit({ ...BUY, quantity: '2' }));
    gate.filled({ id, tradeId: 1, price: '50000', quantity: '2' });
    gate.price(0, '47000');
    gate.price(0, '46000');
    expect(trips.map(({ code }) => code)).toEqual(['DAILY_LOSS_EXCEEDED']);
    gate.setMode('paused', 'a test');
    gate.signals.breaker(3, true);
    gate.signals.breaker(3, false);
    gate.signals.breaker(3, true);
    expect(trips.map(({ code }) => code).slice(1)).toEqual([
      'TRADING_MODE_DENIED',
      'BREAKER_OPEN',
      'BREAKER_OPEN',
    ]);
    expect(trips[0]?.remedy).not.toBe('');
  });

  it('hears of signals from outside', () => {
    const { gate } = openGate({ accountAgeMsMax: '1000', clockDriftMsMax: '100' });
    const codes = () => {
      const verdict = gate.submit(BUY);
      return verdict.allowed ? [] : verdict.codes;
    };
    expect(codes()).toEqual(['ACCOUNT_STALE', 'CLOCK_DRIFT_EXCEEDED']);
    gate.signals.accountConfirmed();
    gate.signals.clockMeasured(250);
    expect(codes()).toEqual(['CLOCK_DRIFT_EXCEEDED']);
    gate.signals.clockMeasured(5);
    gate.signals.halted('BTC/USDT', true);
    expect(codes()).toEqual(['INSTRUMENT_HALTED']);
    gate.signals.halted('BTC/USDT', false);
    expect(codes()).toEqual([]);
    gate.signals.governor('0.5');
    expect(thrownBy(() => gate.signals.governor('0.6')).code).toBe('LIMITS_LOOSENING_DENIED');
    expect(thrownBy(() => gate.signals.clockMeasured(Number.NaN)).code).toBe('ARGUMENT_INVALID');
    gate.signals.enabled();
  });

  it('refuses a word that is no event', () => {
    const { gate } = openGate();
    // @ts-expect-error -- plain JavaScript may ask for it
    expect(thrownBy(() => gate.on('deny', () => undefined)).code).toBe('ARGUMENT_INVALID');
  });

  it('tells over a run which control came nearest, and which never fired', () => {
    const { gate } = openGate({ orderQtyMax: '1', positionQtyMax: '10' });
    for (const quantity of ['0.5', '0.9', '0.2']) idOf(gate.submit({ ...BUY, quantity }));
    const quiet = gate.coverage();
    expect(quiet).toMatchObject({ orders: 3, denied: 0 });
    expect(quiet.closest).toMatchObject({
      code: 'ORDER_QTY_EXCEEDED',
      usedFrac: 0.9,
      observed: '0.9',
    });
    gate.submit({ ...BUY, quantity: '1.5' });
    const report = gate.coverage();
    expect(report.closest).toMatchObject({ code: 'ORDER_QTY_EXCEEDED', judged: 4, fired: 1 });
    expect(report.neverFired).toContain('POSITION_QTY_EXCEEDED');
    expect(report.neverAsked).toContain('SELF_TRADE');
    expect(report.neverFired).not.toContain('ORDER_QTY_EXCEEDED');
  });
});

describe('the journal of a gate', () => {
  it('holds every order before it may leave, and replays', () => {
    const path = join(temporaryFolder(), 'journal');
    const { gate } = openGate({}, { journal: { path } });
    idOf(gate.submit(BUY));
    const kinds = readJournal(path, 0, 100).map(({ kind }) => kind);
    expect(kinds).toContain('verdict');
    gate.check(BUY);
    expect(readJournal(path, 0, 100)).toHaveLength(kinds.length);
    const closed = gate.close();
    expect(gate.close()).toBe(closed);
    expect(closed.requests_unsent).toBe(0);
    expect(replayJournal(path).compared_with_close).toBe(true);
    expect(gate.submit(BUY)).toMatchObject({ allowed: false, code: 'HANDLE_CLOSED' });
  });

  it('ends with the block that it is used in', () => {
    const { gate } = openGate();
    gate[Symbol.dispose]();
    expect(gate.check(BUY)).toMatchObject({ code: 'HANDLE_CLOSED' });
  });
});

describe('Gate.create', () => {
  const given = { instruments: [COIN], account: { cash: '1000' } };
  it.each([
    ['CONFIG_INVALID', { ...given }],
    ['CONFIG_INVALID', { ...given, preset: 'bot4', limits: UNLIMITED }],
    ['LIMITS_PRESET_UNKNOWN', { ...given, preset: 'bot5' }],
    ['LIMITS_INVALID', { ...given, limits: {} }],
    ['LIMITS_UNKNOWN_KEY', { ...given, limits: { ...UNLIMITED, orderQtyMaxx: '1' } }],
    ['CONFIG_UNKNOWN_KEY', { ...given, preset: 'bot4', instrument: COIN }],
    ['CONFIG_INVALID', { ...given, preset: 'bot4', instruments: [] }],
    ['CONFIG_INVALID', { ...given, preset: 'bot4', instruments: [COIN, COIN] }],
    ['INSTRUMENT_INVALID', { ...given, preset: 'bot4', instruments: [{ ...COIN, tickSize: '0' }] }],
    ['CONFIG_INVALID', { ...given, preset: 'bot4', account: { cash: '-1' } }],
    [
      'CONFIG_INVALID',
      { ...given, preset: 'bot4', account: { cash: '1', positionMode: 'hedging' } },
    ],
  ] as const)('%s', (code, options) => {
    // @ts-expect-error -- plain JavaScript may pass anything
    expect(thrownBy(() => Gate.create(options)).code).toBe(code);
  });

  it('needs no more than limits, instruments and cash', () => {
    const gate = Gate.create({ ...given, preset: 'lightning' });
    gate.quote({ bid: 49_999.5, ask: 50_000.5, bidQty: '1', askQty: 2 });
    expect(gate.check({ side: 'buy', quantity: 0.001 })).toEqual({ allowed: true, id: null });
    expect(gate.mode).toBe('normal');
    expect(thrownBy(() => gate.setRate('USDT', '1')).code).toBe('CURRENCY_UNKNOWN');
    gate.close();
  });
});
