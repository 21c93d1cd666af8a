import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { presetLimits } from '#ts/risk/presets.js';
import { BTC, HandClock, LIMIT_BUY, openEngine } from '../../../support/engine-by-hand.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const fill = (tradeId: number | string, lastQty: string) =>
  ({ kind: 'fill', clientOrderId: 1, tradeId, lastPx: '50000', lastQty }) as const;

describe('an order by hand', () => {
  it('goes through the gate to a request in exact text, and through reports to a position', () => {
    const engine = openEngine();
    expect(engine.submit(LIMIT_BUY)).toEqual({ verdict: 'approved', clientOrderId: 1 });
    const [request, ...more] = engine.drainRequests();
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      kind: 'place',
      clientOrderId: 1,
      clientOrderIdText: 'hf-00000-0000001',
      symbol: 'BTC',
      side: 'buy',
      orderType: 'limit',
      timeInForce: 'gtc',
      quantity: '0.1',
      limitPrice: '50000',
      triggerPrice: null,
      reduceOnly: false,
    });
    expect(engine.drainRequests()).toEqual([]);
    engine.report({ kind: 'accepted', clientOrderId: 'hf-00000-0000001' });
    engine.report({ ...fill('a-7', '0.04'), fee: { amount: '1.25' }, liquiditySide: 'maker' });
    expect(engine.order(1)).toMatchObject({
      status: 'partially_filled',
      isOpen: true,
      avgPx: 50_000,
    });
    expect(String(engine.order(1)?.leavesQty)).toBe('0.06');
    expect(String(engine.order(1)?.fees)).toBe('1.25');
    expect(engine.position()).toMatchObject({ lots: 40n, side: 'long', avgPx: 50_000 });
    expect(engine.openOrders().map(({ clientOrderId }) => clientOrderId)).toEqual([1]);
    expect(engine.openOrderCount).toBe(1);
    expect(engine.snapshot().fees).toBe('1.25');
    expect(String(engine.account().currencies[0]?.fees)).toBe('1.25');
    engine.close();
  });

  it('RISK-15: an approved order shows its stop loss and take profit', () => {
    const engine = openEngine();
    engine.submit({ ...LIMIT_BUY, stopLoss: '49000', takeProfit: '52000.5' });
    engine.submit(LIMIT_BUY);
    expect(String(engine.order(1)?.stopLoss)).toBe('49000');
    expect(String(engine.order(1)?.takeProfit)).toBe('52000.5');
    expect(engine.order(2)).toMatchObject({ stopLoss: null, takeProfit: null });
    engine.close();
  });

  it('is denied with every reason, and then asks for nothing', () => {
    const engine = openEngine({ limits: presetLimits('bot4') });
    const result = engine.submit({ ...LIMIT_BUY, quantity: '15' });
    expect(result).toMatchObject({ verdict: 'denied', clientOrderId: 1 });
    expect(result.verdict === 'denied' && result.codes).toContain('STOP_LOSS_REQUIRED');
    expect(engine.drainRequests()).toEqual([]);
    expect(engine.order(1)).toBeNull();
    engine.close();
  });

  it('is changed, cancelled and lost track of by requests with its id', () => {
    const engine = openEngine({ orders: { idPrefix: 'bot', idEpoch: 3 } });
    const first = engine.submit(LIMIT_BUY).clientOrderId;
    const second = engine.submit({ ...LIMIT_BUY, side: 'sell' }).clientOrderId;
    expect(engine.clientOrderIdText(first)).toBe('bot-00003-0000001');
    for (const clientOrderId of [first, second]) {
      engine.report({ kind: 'accepted', clientOrderId });
    }
    expect(engine.amend(first, { quantity: '0.05' }).verdict).toBe('approved');
    engine.cancel(first);
    engine.loseTrack(second);
    const requests = engine.drainRequests().slice(2);
    expect(requests.map(({ kind, quantity }) => [kind, quantity])).toEqual([
      ['replace', '0.05'],
      ['cancel', '0.1'],
      ['query', '0.1'],
    ]);
    expect(engine.order(first)).toMatchObject({ isPendingCancel: true, isPendingReplace: true });
    expect(engine.order(second)).toMatchObject({ isInDoubt: true, isOpen: true });
    expect(String(engine.order(second)?.reservedQty)).toBe('0.1');
    engine.report({ kind: 'unknown', clientOrderId: second });
    expect(engine.order(second)).toMatchObject({ isInDoubt: false, isOpen: false });
    engine.close();
  });

  it('ORD-04: an answer that names its amendment is told from the answer to an earlier one', () => {
    const engine = openEngine();
    const { clientOrderId } = engine.submit(LIMIT_BUY);
    engine.drainRequests();
    engine.report({ kind: 'accepted', clientOrderId });
    const amended = (quantity: string) => {
      engine.amend(clientOrderId, { quantity });
      const { amendment, follows } = engine.drainRequests()[0] ?? {};
      return [amendment, follows];
    };
    const answered = (amendment: number, lastQty: string) => {
      engine.report({ kind: 'replaced', clientOrderId, amendment, lastQty, lastPx: '40000' });
      const order = engine.order(clientOrderId);
      return [String(order?.quantity), order?.isPendingReplace];
    };
    expect(amended('0.05')).toEqual([1, 0]);
    expect(answered(1, '0.05')).toEqual(['0.05', false]);
    expect(amended('0.07')).toEqual([2, 1]);
    expect(answered(1, '0.05')).toEqual(['0.05', true]);
    expect(answered(2, '0.07')).toEqual(['0.07', false]);
    engine.close();
  });

  it('happens once for each key, and leaves its trace in the same first result', () => {
    const engine = openEngine();
    const first = engine.submit(LIMIT_BUY, { idempotencyKey: 'a' });
    expect(engine.submit({ ...LIMIT_BUY, idempotencyKey: 'a' })).toEqual(first);
    expect(engine.drainRequests()).toHaveLength(1);
    const other = () => engine.submit({ ...LIMIT_BUY, side: 'sell' }, { idempotencyKey: 'a' });
    expect(thrownBy(other).code).toBe('IDEMPOTENCY_CONFLICT');
    engine.close();
  });

  it('may be a list, of which all is sent or nothing', () => {
    const engine = openEngine();
    const exit = { side: 'sell', quantity: '0.1', reduceOnly: true } as const;
    const result = engine.submitList('bracket', [
      LIMIT_BUY,
      { ...exit, orderType: 'stop_market', triggerPrice: '48000' },
      { ...exit, orderType: 'limit', limitPrice: '52000' },
    ]);
    expect(result).toEqual({ verdict: 'approved', clientOrderIds: [1] });
    engine.report({ kind: 'accepted', clientOrderId: 1 });
    engine.report(fill(1, '0.1'));
    const requests = engine.drainRequests();
    expect(requests.map(({ orderType, parentOrderId }) => [orderType, parentOrderId])).toEqual([
      ['limit', null],
      ['stop_market', 1],
      ['limit', 1],
    ]);
    // @ts-expect-error plain JavaScript may pass any word
    expect(thrownBy(() => engine.submitList('either', [])).code).toBe('ARGUMENT_INVALID');
    engine.close();
  });
});

describe('reports that do not fit', () => {
  it.each([
    [{ ...fill(1, '0.1'), clientOrderId: 99 }, 'FILL_INVALID'],
    [fill(1, '0'), 'FILL_INVALID'],
    [{ kind: 'fill', clientOrderId: 1, lastPx: '50000', lastQty: '0.1' }, 'FILL_INVALID'],
    [{ ...fill(1, '0.1'), account: 7 }, 'REPORT_MISMATCH'],
    [{ ...fill(1, '0.1'), fee: { amount: '1', currency: 'BNB' } }, 'CURRENCY_UNKNOWN'],
    [{ ...fill(1, '0.1'), fee: { amount: '1e-19' } }, 'DECIMAL_INVALID'],
    [{ ...fill(1, '0.1'), fee: { amount: '0.0000000000000000001' } }, 'AMOUNT_TOO_PRECISE'],
    [{ ...fill(1, '0.1'), lastPx: '50000.3' }, 'PRICE_OFF_TICK'],
    [{ ...fill(1, '0.1'), symbol: 'ETH' }, 'INSTRUMENT_UNKNOWN'],
    [{ ...fill(0, '0.1') }, 'ARGUMENT_INVALID'],
    [{ ...fill(1.5, '0.1') }, 'ARGUMENT_INVALID'],
    [{ ...fill(1, '0.1'), clientOrderId: 'else-00000-0000001' }, 'ORDER_ID_INVALID'],
    [{ ...fill(1, '0.1'), lastQuantity: '0.1' }, 'ARGUMENT_INVALID'],
    [{ kind: 'filled', clientOrderId: 1 }, 'ARGUMENT_INVALID'],
    [{ kind: 'accepted', clientOrderId: Number.NaN }, 'ORDER_UNKNOWN'],
  ] as const)('%j is %s and changes nothing', (report, code) => {
    const engine = openEngine();
    engine.submit(LIMIT_BUY);
    const before = engine.snapshot().state_hash;
    // @ts-expect-error plain JavaScript may pass any report
    expect(thrownBy(() => engine.report(report)).code).toBe(code);
    expect(engine.snapshot().state_hash).toBe(before);
    expect(engine.reportBatch).toHaveLength(0);
    engine.close();
  });

  it('a trade is applied once, and not with other numbers', () => {
    const engine = openEngine();
    engine.submit(LIMIT_BUY);
    engine.report(fill('trade-1', '0.02'));
    engine.report(fill('trade-1', '0.02'));
    expect(engine.position().lots).toBe(20n);
    expect(thrownBy(() => engine.report(fill('trade-1', '0.03'))).code).toBe('FILL_CONFLICT');
    engine.report(fill('trade-2', '0.08'));
    expect(engine.order(1)?.status).toBe('filled');
    engine.close();
  });

  it('numbered reports are put in order, and what is missing can be asked for', () => {
    const clock = new HandClock();
    const engine = openEngine({ clock: clock.read });
    engine.submit(LIMIT_BUY);
    engine.report({ kind: 'accepted', clientOrderId: 1, sequence: 5 });
    engine.report({ ...fill(2, '0.01'), sequence: 7n });
    expect(engine.position().lots).toBe(0n);
    clock.advance(2_000_000_000n);
    engine.quote({ bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' });
    expect(engine.position().lots).toBe(10n);
    expect(engine.missingReports('BTC')).toEqual([[6n, 6n]]);
    engine.close();
  });
});

describe('what plain JavaScript may pass', () => {
  it.each([
    ['cancel', ['1']],
    ['loseTrack', [1n]],
    ['amend', ['1', {}]],
    ['setRate', [5, 1]],
    ['order', [null]],
  ] as const)('%s of a wrong type is ARGUMENT_INVALID', (call, given) => {
    const engine = openEngine();
    // @ts-expect-error plain JavaScript may pass any type
    expect(thrownBy(() => engine[call](...given)).code).toBe('ARGUMENT_INVALID');
    engine.close();
  });

  it.each([5, 2n ** 64n, '1', Number.NaN])('the time %s is TIMESTAMP_INVALID', (tsNs) => {
    const engine = openEngine();
    // @ts-expect-error plain JavaScript may pass any time
    expect(thrownBy(() => engine.submit(LIMIT_BUY, { tsNs })).code).toBe('TIMESTAMP_INVALID');
    expect(engine.openOrderCount).toBe(0);
    engine.close();
  });

  it.each([0, -1, 0.5, Number.NaN, 2 ** 53, 77])('no order has the id %s', (id) => {
    const engine = openEngine();
    engine.submit(LIMIT_BUY);
    expect(thrownBy(() => engine.cancel(id)).code).toBe('ORDER_UNKNOWN');
    engine.close();
  });
});

describe('the surroundings of an engine', () => {
  it('tells orders, fills and positions in their order, each fill whole', () => {
    const told: EngineEvent[] = [];
    const engine = openEngine({ onEvent: (event) => told.push(event) });
    engine.submit(LIMIT_BUY);
    engine.report({ kind: 'accepted', clientOrderId: 1 });
    engine.report({ ...fill(1, '0.1'), fee: { amount: '-0.5' } });
    expect(told.map((event) => (event.kind === 'order' ? event.order.status : event.kind))).toEqual(
      ['submitted', 'accepted', 'position', 'fill', 'filled'],
    );
    const [filled] = told.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
    expect(filled).toMatchObject({ clientOrderId: 1, side: 'buy', role: 'strategy' });
    expect([String(filled?.lastPx), String(filled?.fee)]).toEqual(['50000', '-0.5']);
    engine.close();
    expect(told.at(-1)?.kind).toBe('day');
  });

  it('tells what a listener causes after what it was told', () => {
    const told: string[] = [];
    const engine: Engine = openEngine({
      onEvent: (event) => {
        if (event.kind !== 'order') return;
        told.push(`${event.order.clientOrderId} ${event.order.status}`);
        if (told.length === 1) {
          engine.submit(LIMIT_BUY);
          told.push('listener done');
        }
      },
    });
    engine.submit(LIMIT_BUY);
    expect(told).toEqual(['1 submitted', 'listener done', '2 submitted']);
    engine.close();
  });

  it('knows the currency of a fee and the sources of rates', () => {
    const fees: string[] = [];
    const bnb = Instrument.create({ symbol: 'BNB', tickSize: '0.1', lotSize: '0.01' });
    const engine = openEngine({
      instruments: [BTC, bnb],
      account: {
        cash: '1000000',
        currency: 'USD',
        balances: [{ currency: 'BNB', amount: '5' }],
        rateAgeMsMax: 'unlimited',
      },
      onEvent: (event) => {
        if (event.kind === 'fill') fees.push(`${event.fill.fee} ${event.fill.fee.currency}`);
      },
    });
    engine.setRate('BNB', 600);
    engine.submit({ ...LIMIT_BUY, instrument: 'BTC' });
    engine.report({ ...fill(1, '0.1'), fee: { amount: '0.01', currency: 'BNB' } });
    expect(fees).toEqual(['0.01 BNB']);
    expect(String(engine.account().currencies[1]?.cash)).toBe('4.99');
    expect(thrownBy(() => engine.position()).code).toBe('INSTRUMENT_UNKNOWN');
    engine.funding('BTC', '1.5');
    expect(engine.snapshot().funding).toBe('1.5');
    engine.close();
  });

  it('ORD-17: a mode is tightened with a reason and loosened by a reset', () => {
    const path = join(temporaryFolder(), 'journal');
    const engine = openEngine({ journal: { path, policy: 'os' } });
    engine.setMode('paused', 'feed is late');
    expect(engine.mode).toBe('paused');
    const denied = engine.submit(LIMIT_BUY);
    expect(denied.verdict === 'denied' && denied.codes).toEqual(['TRADING_MODE_DENIED']);
    expect(thrownBy(() => engine.setMode('normal', 'fine')).code).toBe('MODE_RESET_REQUIRED');
    expect(thrownBy(() => engine.setMode('reduced', ' ')).code).toBe('ARGUMENT_INVALID');
    // @ts-expect-error plain JavaScript may pass any word
    expect(thrownBy(() => engine.setMode('Normal', 'x')).code).toBe('ARGUMENT_INVALID');
    engine.resetMode('normal', 'looked at');
    expect(engine.submit(LIMIT_BUY).verdict).toBe('approved');
    engine.close();
    const changes = readJournal(path, 0, 100).filter(({ kind }) => kind === 'mode_changed');
    expect(changes.map(({ content }) => content)).toEqual([
      { mode: 'paused', reason: 'feed is late' },
      { mode: 'normal', reason: 'looked at' },
    ]);
    expect(replayJournal(path).compared_with_close).toBe(true);
  });

  it('takes trades and bars for reference prices, and refuses time that runs back', () => {
    const clock = new HandClock();
    const engine = openEngine({ clock: clock.read });
    engine.trade({ price: '51000', quantity: '0.5', side: 'sell', tradeId: 9 });
    expect(engine.position('BTC').markPx).toBe(51_000);
    clock.advance(60_000_000_000n);
    engine.bar({
      tsOpenNs: clock.nowNs - 60_000_000_000n,
      open: '51000',
      high: '52000',
      low: '50500',
      close: '51500',
      volume: '12',
    });
    expect(engine.position(0).markPx).toBe(51_500);
    const late = () => engine.submit(LIMIT_BUY, { tsNs: clock.nowNs - 1n });
    expect(thrownBy(late).code).toBe('EVENT_INVALID');
    engine.close();
  });
});

describe('opening and closing', () => {
  it.each([
    [{ instruments: [] }, 'CONFIG_INVALID'],
    [{ instruments: [BTC, BTC] }, 'CONFIG_INVALID'],
    [{ limit: {} }, 'CONFIG_UNKNOWN_KEY'],
    [{ limits: {} }, 'LIMITS_INVALID'],
    [{ account: { cash: '0' } }, 'CONFIG_INVALID'],
    [{ orders: { maxOpenOrders: 10, idempotencyMax: 10 } }, 'CONFIG_INVALID'],
    [{ orders: { idPrefix: 'a-b' } }, 'ORDER_ID_INVALID'],
    [{ orders: { selfTrade: { bySymbol: { ETH: 'cancel_both' } } } }, 'CONFIG_INVALID'],
    [{ journal: { path: 'x', policy: 'never' } }, 'CONFIG_INVALID'],
    [{ batchMax: 0 }, 'CONFIG_INVALID'],
    [{ clock: 5 }, 'CONFIG_INVALID'],
  ])('%j is refused with %s', (wrong, code) => {
    // @ts-expect-error plain JavaScript may pass any options
    expect(thrownBy(() => openEngine(wrong)).code).toBe(code);
  });

  it('every call after the close is HANDLE_CLOSED, and the close itself may come again', () => {
    const engine = openEngine();
    engine.submit(LIMIT_BUY);
    const closed = engine.close();
    expect(closed).toMatchObject({ requests_unsent: 1, journal_records: null, orders_open: 1 });
    expect(engine.close()).toBe(closed);
    const calls: readonly (() => unknown)[] = [
      () => engine.submit(LIMIT_BUY),
      () => engine.submit(LIMIT_BUY, { idempotencyKey: 'a' }),
      () => engine.submitList('oco', [LIMIT_BUY, LIMIT_BUY]),
      () => engine.cancel(1),
      () => engine.amend(1, { quantity: '0.2' }),
      () => engine.report({ kind: 'accepted', clientOrderId: 1 }),
      () => engine.loseTrack(1),
      () => engine.quote({ bid: 1, bidQty: 1, ask: 2, askQty: 1 }),
      () => engine.setMode('paused', 'x'),
      () => engine.setRate('EUR', 1),
      () => engine.funding('BTC', 1),
      () => engine.mode,
      () => engine.drainRequests(),
      () => engine.drainBatch(),
      () => engine.order(1),
      () => engine.openOrders(),
      () => engine.openOrderCount,
      () => engine.position(),
      () => engine.account(),
      () => engine.snapshot(),
      () => engine.missingReports(),
    ];
    for (const call of calls) expect(thrownBy(call).code).toBe('HANDLE_CLOSED');
    engine.orderBatch.add({ instrument: 0, side: 'buy', lots: 1 });
    expect(thrownBy(() => engine.submitBatch()).code).toBe('HANDLE_CLOSED');
    engine.reportBatch.add({ kind: 'accepted', clientOrderId: 1 });
    expect(thrownBy(() => engine.applyReports()).code).toBe('HANDLE_CLOSED');
  });

  it('a journal is never written over, and holds everything for a replay, refusals too', () => {
    const path = join(temporaryFolder(), 'journal');
    const engine = openEngine({ journal: { path }, about: { bot: 'tester' } });
    engine.submit(LIMIT_BUY);
    expect(thrownBy(() => openEngine({ journal: { path } })).code).toBe('JOURNAL_LOCKED');
    engine.drainRequests();
    engine.report(fill(1, '0.1'));
    expect(() => engine.report(fill(1, '0.2'))).toThrow('same numbers');
    expect(() => engine.cancel(1)).toThrow('must be open');
    const closed = engine.close();
    const replayed = replayJournal(path);
    expect(replayed.state_hash).toBe(closed.state_hash);
    expect(replayed.journal.head).toBe(closed.journal_head);
    expect(readJournal(path, 0, 1)[0]?.content).toMatchObject({
      about: { bot: 'tester' },
    });
    expect(thrownBy(() => openEngine({ journal: { path } })).code).toBe('JOURNAL_IO');
  });

  it.each([1_000n, 200_000_000_000_000n])(
    'a call that is refused %d ns later is recorded, so that the replay knows the time',
    (step) => {
      const path = join(temporaryFolder(), 'journal');
      const clock = new HandClock();
      const engine = openEngine({ clock: clock.read, journal: { path, policy: 'os' } });
      engine.submit(LIMIT_BUY);
      clock.advance(step);
      expect(thrownBy(() => engine.cancel(77)).code).toBe('ORDER_UNKNOWN');
      const closed = engine.close();
      expect(replayJournal(path).state_hash).toBe(closed.state_hash);
      const failures = readJournal(path, 0, 100).filter(({ kind }) => kind === 'failure');
      expect(failures.map(({ content }) => content['code'])).toEqual(['ORDER_UNKNOWN']);
    },
  );

  it('runs on the clock of its process when it is given none', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const engine = Engine.open({
      instruments: [BTC],
      limits: presetLimits('lightning'),
      account: { cash: 100_000 },
    });
    engine.quote({ bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' });
    const order = { ...LIMIT_BUY, quantity: '0.1', stopLoss: '49000' };
    expect(engine.submit(order).verdict).toBe('approved');
    expect(before).toBeGreaterThan(0n);
    engine.close();
  });
});
