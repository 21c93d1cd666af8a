import { inspect } from 'node:util';

import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';

import { RequestSigner, verifySignedQuery } from '#ts/engine/orders/signing/request-signer.js';
import { VenueClock } from '#ts/engine/orders/signing/venue-clock.js';
import { HandClock } from '../../../support/engine-by-hand.js';
import { thrownBy } from '../../../support/thrown-error.js';

const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const NOW_MS = 1_700_000_000_000;
const MS = 1_000_000n;

/** A clock and the venue's, which is ahead by so much; the way there and back takes 20 ms. */
function clocks(aheadMs = 0, options = {}) {
  const clock = new HandClock();
  const venueClock = new VenueClock({ clock: clock.read, ...options });
  const measure = (ahead: number, wayMs = 20) => {
    const sentNs = clock.nowNs;
    clock.advance(BigInt(wayMs) * MS);
    const middleMs = Number(sentNs / MS) + wayMs / 2;
    venueClock.take({ sentNs, venueMs: middleMs + ahead, receivedNs: clock.nowNs });
  };
  measure(aheadMs);
  return { clock, venueClock, measure };
}

const verified = (query: string, nowMs = NOW_MS + 20) =>
  verifySignedQuery(query, { secret: SECRET, nowMs });

describe('the venue’s time', () => {
  it('ORD-07: is the middle of question and answer, wrong by at most half of the way', () => {
    const { venueClock, clock } = clocks(250);
    expect(venueClock.offset()).toEqual({ offsetMs: 250, boundMs: 10, ageMs: 0 });
    expect(venueClock.timestampMs()).toBe(NOW_MS + 20 + 250);
    clock.advance(5n * MS);
    expect(venueClock.timestampMs()).toBe(NOW_MS + 25 + 250);
  });

  it('ORD-07: is believed from the answer with the shortest way, while that is fresh', () => {
    const { venueClock, clock, measure } = clocks(100);
    measure(400, 600);
    expect(venueClock.offset()).toMatchObject({ offsetMs: 100, boundMs: 10 });
    clock.advance(59_390n * MS);
    expect(venueClock.offset()).toMatchObject({ offsetMs: 100 });
    clock.advance(11n * MS);
    expect(venueClock.offset()).toMatchObject({ offsetMs: 400, boundMs: 300 });
  });

  it('ORD-07: is unknown before a measurement, after its age, and where the clock went back', () => {
    const unmeasured = new VenueClock();
    expect(thrownBy(() => unmeasured.timestampMs()).code).toBe('CLOCK_DRIFT_EXCEEDED');
    const { venueClock, clock } = clocks();
    clock.advance(60_001n * MS);
    expect(thrownBy(() => venueClock.timestampMs()).code).toBe('CLOCK_DRIFT_EXCEEDED');
    clock.advance(-70_000n * MS);
    expect(thrownBy(() => venueClock.timestampMs()).code).toBe('CLOCK_DRIFT_EXCEEDED');
  });

  it.each([
    [990, false],
    [991, true],
    [-990, false],
    [-991, true],
  ])('ORD-07: an offset of %i ms with a bound of 10 is too much: %s', (aheadMs, isTooMuch) => {
    const { venueClock } = clocks(aheadMs);
    if (!isTooMuch) expect(venueClock.timestampMs()).toBe(NOW_MS + 20 + aheadMs);
    else {
      expect(thrownBy(() => venueClock.timestampMs())).toMatchObject({
        code: 'CLOCK_DRIFT_EXCEEDED',
        context: { offsetMs: aheadMs, boundMs: 10, driftMsMax: 1_000 },
      });
    }
  });

  it.each([[Number.NaN], [1.5], [0], ['1700000000000']])('%s is no time of a venue', (venueMs) => {
    const { venueClock } = clocks();
    const answer = { sentNs: 1n, venueMs: venueMs as number, receivedNs: 2n };
    expect(thrownBy(() => venueClock.take(answer)).code).toBe('TIMESTAMP_INVALID');
  });

  it('an answer before its question is none, and options are checked', () => {
    const { venueClock } = clocks();
    const answer = { sentNs: 2n, venueMs: NOW_MS, receivedNs: 1n };
    expect(thrownBy(() => venueClock.take(answer)).code).toBe('TIMESTAMP_INVALID');
    expect(thrownBy(() => new VenueClock({ driftMsMax: -1 })).code).toBe('CONFIG_INVALID');
  });
});

describe('a signed request', () => {
  const signer = (options = {}) =>
    new RequestSigner({ secret: SECRET, clock: clocks().venueClock, ...options });

  it('SEC-04: has the signature that Binance publishes for its example', () => {
    const query =
      'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559';
    const signature = 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71';
    const parameters = verified(`${query}&signature=${signature}`, 1_499_827_319_560);
    expect(parameters.get('symbol')).toBe('LTCBTC');
  });

  it('ORD-07: carries the venue’s time and its window, and is what ccxt signs', () => {
    const { query, signature, timestampMs } = signer().sign({ symbol: 'BTC USDT', price: '1+1' });
    expect(timestampMs).toBe(NOW_MS + 20);
    const text = `symbol=BTC+USDT&price=1%2B1&timestamp=${timestampMs}&recvWindow=5000`;
    expect(query).toBe(`${text}&signature=${signature}`);
    expect(Object.fromEntries(verified(query))).toMatchObject({ symbol: 'BTC USDT', price: '1+1' });
    const client = new ccxt.binance({ apiKey: 'key', secret: SECRET });
    client.nonce = () => NOW_MS;
    const { body } = client.sign('order', 'private', 'POST', { symbol: 'BTCUSDT', side: 'BUY' });
    expect(verified(String(body)).get('side')).toBe('BUY');
  });

  it('SEC-04: is refused when any of its bytes was changed, or the secret is another', () => {
    const { query } = signer().sign({ symbol: 'BTCUSDT', quantity: 1 });
    for (let at = 0; at < query.length; at += 1) {
      const other = query[at] === '1' ? '2' : '1';
      const changed = `${query.slice(0, at)}${other}${query.slice(at + 1)}`;
      expect(thrownBy(() => verified(changed)).code, changed).toBe('REQUEST_SIGNATURE_INVALID');
    }
    for (const cut of [
      '',
      'signature=',
      `${query}0`,
      query.slice(0, -1),
      query.split('&signature')[0] ?? '',
    ]) {
      expect(thrownBy(() => verified(cut)).code, cut).toBe('REQUEST_SIGNATURE_INVALID');
    }
    const stranger = () => verifySignedQuery(query, { secret: 'other', nowMs: NOW_MS + 20 });
    expect(thrownBy(stranger).code).toBe('REQUEST_SIGNATURE_INVALID');
  });

  it.each([
    [5_000, null],
    [5_001, 'REQUEST_TIME_REFUSED'],
    [-1_000, null],
    [-1_001, 'REQUEST_TIME_REFUSED'],
  ])('ORD-07: that arrives %i ms after its time gives %s', (ageMs, code) => {
    const { query, timestampMs } = signer().sign();
    const arrive = () => verified(query, timestampMs + ageMs);
    if (code === null) expect(arrive().get('recvWindow')).toBe('5000');
    else expect(thrownBy(arrive).code).toBe(code);
  });

  it('ORD-07: asks for no larger window than the venue allows', () => {
    const { query, timestampMs } = signer({ windowMs: 30_000 }).sign();
    const strict = { secret: SECRET, nowMs: timestampMs, windowMsMax: 10_000 };
    expect(thrownBy(() => verifySignedQuery(query, strict)).code).toBe('REQUEST_TIME_REFUSED');
  });

  it('leaves time and signature to the signer, and never shows its secret', () => {
    const own = signer();
    for (const name of ['timestamp', 'recvWindow', 'signature']) {
      expect(thrownBy(() => own.sign({ [name]: 1 })).code).toBe('ARGUMENT_INVALID');
    }
    expect(inspect(own, { depth: 9, showHidden: true })).not.toContain(SECRET.slice(0, 8));
    expect(thrownBy(() => signer({ secret: '' })).code).toBe('CONFIG_INVALID');
    for (const windowMs of [0, 60_001, 1.5]) {
      expect(thrownBy(() => signer({ windowMs })).code).toBe('CONFIG_INVALID');
    }
  });
});
