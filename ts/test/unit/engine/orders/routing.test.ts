import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { explainOrder } from '#ts/engine/order-explanation.js';
import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import { Router } from '#ts/engine/orders/routing/router.js';
import type { RoutedVenue } from '#ts/engine/orders/routing/router-options.js';
import { OUTCOMES_KEPT } from '#ts/engine/orders/routing/venue-standing.js';
import { FeeRate } from '#ts/fees/fee-rate.js';
import { replayJournal } from '#ts/native/journal-tools.js';
import type { OrderIntent } from '#ts/strategies/strategy-context.js';
import { HandClock } from '../../../support/engine-by-hand.js';
import { breakersAt } from '../../breaker/breaker-clock.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const at = (venue: string, tickSize = '0.5', lotSize = '0.001') =>
  Instrument.create({
    symbol: `BTC-USD@${venue}`,
    venue,
    tickSize,
    lotSize,
    baseCurrency: 'BTC',
  });

const VENUES = ['ALPHA', 'BRAVO', 'CHARLIE'];
const ETHER = Instrument.create({
  symbol: 'ETH-USD@ALPHA',
  venue: 'ALPHA',
  tickSize: '0.01',
  lotSize: '0.001',
  baseCurrency: 'ETH',
});

const charges = (maker: string, taker: string): RoutedVenue => ({
  rates: () => ({
    schedule: 'hand',
    tier: 'one',
    maker: FeeRate.parse(maker),
    taker: FeeRate.parse(taker),
  }),
});

/** Alpha has the best price, Bravo the lowest fee, Charlie the least of both together. */
const FEES = {
  ALPHA: charges('0.002', '0.004'),
  BRAVO: charges('0', '0.0001'),
  CHARLIE: charges('0.0005', '0.001'),
};
const ASKS: Readonly<Record<string, string>> = { ALPHA: '50000', BRAVO: '50200', CHARLIE: '50010' };

const EACH: Readonly<Record<string, RoutedVenue>> = FEES;

function setUp({
  venues = EACH,
  limits = UNLIMITED,
  journal = undefined as string | undefined,
  onEvent = undefined as ((event: EngineEvent) => void) | undefined,
} = {}) {
  const clock = new HandClock();
  const engine = Engine.open({
    instruments: [...VENUES.map((venue) => at(venue)), ETHER],
    limits,
    account: { cash: '10000000' },
    clock: clock.read,
    ...(journal === undefined ? {} : { journal: { path: journal, policy: 'os' as const } }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  const router = new Router(engine, { venues });
  const quote = (venue: string, askQty = '10') => {
    const ask = ASKS[venue] ?? '50000';
    const bid = String(Number(ask) - 1);
    engine.quote({ instrument: `BTC-USD@${venue}`, bid, bidQty: '10', ask, askQty });
  };
  VENUES.forEach((venue) => quote(venue));
  return { clock, engine, router, quote };
}

const BUY = { instrument: 'BTC-USD@ALPHA', side: 'buy', quantity: '1' } as const;
const SELL = { ...BUY, side: 'sell' } as const;

describe('the choice of a venue', () => {
  it.each([
    ['best_price', 'ALPHA'],
    ['lowest_fee', 'BRAVO'],
    ['smart_route', 'CHARLIE'],
  ] as const)('ORD-16: %s sends a market order to %s', (strategy, venue) => {
    const { engine, router } = setUp();
    const result = router.submit(BUY, { strategy });
    expect(result).toMatchObject({ verdict: 'approved', clientOrderId: 1 });
    expect(result.route).toMatchObject({ strategy, venue, symbol: `BTC-USD@${venue}` });
    expect(engine.drainRequests()[0]).toMatchObject({ kind: 'place', symbol: `BTC-USD@${venue}` });
    engine.close();
  });

  it('ORD-16: reckons every part of the cost, in exact amounts', () => {
    const { engine, router, quote } = setUp();
    quote('ALPHA', '0.4');
    const route = router.route(BUY, { strategy: 'best_price' });
    const cost = route.candidates.find(({ venue }) => venue === 'ALPHA')?.cost;
    expect(cost?.liquidity).toBe('taker');
    expect(JSON.parse(JSON.stringify(cost))).toMatchObject({
      price: '50000',
      notional: '50000',
      fee: '200',
      // 0.6 of 1 exceeds the touch: 30,000 at a thousandth.
      depth: '30',
      delay: '0',
      // Nothing is known of the venue: half of a command is expected to be lost, at two thousandths.
      failure: '50',
      total: '280',
    });
    engine.close();
  });

  it('ORD-16: sells where most is paid, and rests where a maker pays least', () => {
    const { engine, router } = setUp();
    expect(router.route(SELL, { strategy: 'best_price' }).venue).toBe('BRAVO');
    const resting = { ...BUY, orderType: 'limit', limitPrice: '49000' } as const;
    const route = router.route(resting);
    expect(route.venue).toBe('BRAVO');
    expect(route.candidates[0]?.cost).toMatchObject({ liquidity: 'maker' });
    engine.close();
  });

  it('keeps to one product, and to the symbols that are named', () => {
    const { engine, router } = setUp();
    const symbols = router.route(BUY).candidates.map(({ symbol }) => symbol);
    expect([...symbols].sort()).toEqual(VENUES.map((venue) => `BTC-USD@${venue}`));
    const among = ['BTC-USD@ALPHA', 'BTC-USD@BRAVO'];
    expect(router.route(BUY, { among }).candidates).toHaveLength(2);
    for (const wrong of [[], ['ETH-USD@ALPHA']]) {
      const error = thrownBy(() => router.route(BUY, { among: wrong }));
      expect(error).toMatchObject({ code: 'ARGUMENT_INVALID' });
    }
    expect(thrownBy(() => router.route(BUY, { among: ['NONE'] }))).toMatchObject({
      code: 'INSTRUMENT_UNKNOWN',
    });
    const strategy = 'cheapest' as 'best_price';
    expect(thrownBy(() => router.route(BUY, { strategy }))).toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
    engine.close();
  });
});

describe('a venue that cannot take the order', () => {
  const refusedAt = (route: ReturnType<Router['route']>, venue: string) =>
    route.candidates.find((candidate) => candidate.venue === venue)?.refused;

  it('is passed over with its reason: quote, fee, breaker, lot, limit', () => {
    const { breakers } = breakersAt({ defaults: { failures: 2, minimumCalls: 2 } });
    const breaker = breakers.component('charlie');
    for (let call = 0; call < 2; call += 1) breaker.acquire().failure();
    const { engine, router, clock, quote } = setUp({
      venues: { ...FEES, CHARLIE: { ...FEES.CHARLIE, breaker } },
    });
    expect(refusedAt(router.route(BUY), 'CHARLIE')).toEqual(['CIRCUIT_OPEN']);
    clock.advance(6_000_000_000n);
    quote('BRAVO');
    const aged = router.route(BUY);
    expect(refusedAt(aged, 'ALPHA')).toEqual(['PRICE_STALE']);
    expect(aged.venue).toBe('BRAVO');
    quote('ALPHA');
    const missing = new Router(engine, { venues: { ALPHA: FEES.ALPHA } });
    quote('ALPHA');
    expect(refusedAt(missing.route(BUY), 'BRAVO')).toEqual(['FEE_DATA_STALE']);
    engine.close();
  });

  it('is passed over when the gate denies the order there', () => {
    const scopes = [{ venue: 'CHARLIE', limits: { orderQtyMax: '0.5' } }];
    const { engine, router } = setUp({ limits: { ...UNLIMITED, scopes } });
    const route = router.route(BUY);
    expect(refusedAt(route, 'CHARLIE')).toEqual(['ORDER_QTY_EXCEEDED']);
    expect(route.venue).not.toBe('CHARLIE');
    engine.close();
  });

  it('ORD-01: ROUTING_FAILED tells every reason, and nothing is submitted', () => {
    const { engine, router, clock } = setUp();
    clock.advance(60_000_000_000n);
    const error = thrownBy(() => router.submit(BUY));
    expect(error).toMatchObject({
      code: 'ROUTING_FAILED',
      context: { 'BTC-USD@ALPHA': 'PRICE_STALE', 'BTC-USD@CHARLIE': 'PRICE_STALE' },
    });
    expect(engine.openOrderCount).toBe(0);
    expect(engine.drainRequests()).toEqual([]);
    engine.close();
  });
});

describe('how venues answer', () => {
  const place = (router: Router, venue: string) =>
    router.submit({ ...BUY, quantity: '0.001' }, { among: [`BTC-USD@${venue}`] }).clientOrderId;

  it('counts answers with their time, and commands that were lost', () => {
    const { engine, router, clock } = setUp();
    const first = place(router, 'ALPHA');
    clock.advance(80_000_000n);
    engine.report({ kind: 'accepted', clientOrderId: first });
    const second = place(router, 'ALPHA');
    clock.advance(160_000_000n);
    engine.report({ kind: 'rejected', clientOrderId: second });
    engine.loseTrack(place(router, 'BRAVO'));
    const standing = (venue: string) =>
      router.route(BUY).candidates.find((candidate) => candidate.venue === venue)?.standing;
    // 80 + (160 - 80) / 8
    expect(standing('ALPHA')).toEqual({ latencyMs: 90, answered: 2, lost: 0 });
    expect(standing('BRAVO')).toEqual({ latencyMs: null, answered: 0, lost: 1 });
    router.close();
    engine.report({ kind: 'accepted', clientOrderId: place(router, 'ALPHA') });
    expect(standing('ALPHA')?.answered).toBe(2);
    engine.close();
  });

  it('remembers the last outcomes alone, and a venue that fails loses orders', () => {
    const same = { ALPHA: FEES.ALPHA, BRAVO: FEES.ALPHA, CHARLIE: FEES.ALPHA };
    const { engine, router } = setUp({ venues: same });
    expect(router.route(BUY).venue).toBe('ALPHA');
    for (let order = 0; order < OUTCOMES_KEPT + 20; order += 1)
      engine.loseTrack(place(router, 'ALPHA'));
    engine.report({ kind: 'accepted', clientOrderId: place(router, 'CHARLIE') });
    const route = router.route(BUY);
    expect(route.venue).toBe('CHARLIE');
    const alpha = route.candidates.find(({ venue }) => venue === 'ALPHA');
    expect(alpha?.standing).toEqual({ latencyMs: null, answered: 0, lost: OUTCOMES_KEPT });
    engine.close();
  });
});

describe('the record of a choice', () => {
  it('ORD-01: stands before the order in the journal, is explained, and is replayed', () => {
    const path = join(temporaryFolder(), 'journal');
    const heard: EngineEvent[] = [];
    const { engine, router } = setUp({ journal: path, onEvent: (event) => heard.push(event) });
    const { clientOrderId } = router.submit(BUY);
    expect(heard.length).toBeGreaterThan(0);
    engine.drainRequests();
    const closed = engine.close();
    expect(replayJournal(path).state_hash).toBe(closed.state_hash);
    const { timeline } = explainOrder(path, String(clientOrderId));
    expect(timeline[0]?.what).toBe('route to CHARLIE');
    expect(timeline[0]?.detail).toMatch(
      /^by smart_route: BTC-USD@CHARLIE at 50010, costs .* USD; /,
    );
    expect(timeline[1]?.what).toBe('order asked for');
  });

  it('ORD-04: a key that was used goes where its first order went', () => {
    const { engine, router, quote } = setUp();
    const order: OrderIntent = { ...BUY, idempotencyKey: 'entry-1' };
    const first = router.submit(order, { strategy: 'best_price' });
    expect(first.route?.venue).toBe('ALPHA');
    quote('CHARLIE');
    const again = router.submit(order, { strategy: 'lowest_fee' });
    expect(again).toEqual({ verdict: 'approved', clientOrderId: first.clientOrderId, route: null });
    expect(engine.openOrderCount).toBe(1);
    engine.close();
  });

  it('is refused when it is no plain data or too long', () => {
    const { engine } = setUp();
    const error = thrownBy(() => engine.noteRoute({ text: 'x'.repeat(70_000) }));
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID' });
    engine.close();
  });
});

describe('options of a router', () => {
  it.each([
    [{ venues: { A: { rates: 1 } } }, 'CONFIG_INVALID'],
    [{ venues: {}, quoteAgeMsMax: 0 }, 'CONFIG_INVALID'],
    [{ venues: {}, failureFrac: '-0.1' }, 'CONFIG_INVALID'],
    [{ venues: {}, failureFrac: '2' }, 'FEE_SCHEDULE_INVALID'],
    [{ venues: {}, qouteAgeMsMax: 5 }, 'CONFIG_UNKNOWN_KEY'],
  ])('%j is %s', (options, code) => {
    const { engine } = setUp();
    expect(thrownBy(() => new Router(engine, options as never))).toMatchObject({ code });
    engine.close();
  });
});
