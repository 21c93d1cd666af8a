import { describe, expect, it } from 'vitest';

import { Breakers } from '#ts/breaker/index.js';
import { FeeBook, type FeeScheduleOptions, venueSchedule } from '#ts/fees/index.js';
import { thrownBy } from '../../support/thrown-error.js';

const LIVE: FeeScheduleOptions = {
  name: 'account',
  venue: 'Binance',
  product: 'spot',
  source: { address: 'GET /api/v3/account/commission', date: 'undated' },
  tiers: [{ name: 'own', volumeMin: '0', maker: '0.0008', taker: '0.001' }],
};

function setting() {
  let nowMs = 1_000_000;
  const clock = () => nowMs;
  const breakers = Breakers.create({
    clock,
    defaults: { failures: 2, minimumCalls: 2, windowMs: 600_000, cooldownMs: 120_000 },
  });
  const book = new FeeBook({ clock });
  const answers: unknown[] = [];
  let asked = 0;
  const load = async () => {
    asked += 1;
    const answer = answers.shift() ?? LIVE;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  book.addLive('account', load, breakers.component('binance'));
  return {
    book,
    answers,
    breakers,
    asked: () => asked,
    advance: (ms: number) => (nowMs += ms),
  };
}

describe('FEE-08: the fee book', () => {
  it('refuses a live schedule before it was loaded and five minutes after', async () => {
    const { book, advance } = setting();
    const before = thrownBy(() => book.schedule('account'));
    expect(before.code).toBe('FEE_DATA_STALE');
    expect(before.context['ageMs']).toBe(null);
    expect(await book.refresh()).toEqual([]);
    expect(book.schedule('account').rates().taker.toString()).toBe('0.001');
    advance(300_000);
    expect(book.schedule('account').rates().tier).toBe('own');
    advance(1);
    const after = thrownBy(() => book.schedule('account'));
    expect(after).toMatchObject({ code: 'FEE_DATA_STALE', retryable: true });
    expect(after.context).toMatchObject({ ageMs: 300_001, ageMsMax: 300_000 });
  });

  it('loads again after a minute, and not before', async () => {
    const { book, advance, asked } = setting();
    await book.refresh();
    advance(59_999);
    await book.refresh();
    expect(asked()).toBe(1);
    advance(1);
    await Promise.all([book.refresh(), book.refresh()]);
    expect(asked()).toBe(2);
  });

  it('keeps what it has when a load fails, and lets it grow old', async () => {
    const { book, answers, advance } = setting();
    await book.refresh();
    for (const bad of [new Error('down'), 'no object', { ...LIVE, tiers: [] }]) {
      answers.push(bad);
      advance(60_000);
      expect(await book.refresh()).toEqual(['account']);
      expect(book.schedule('account').rates().tier).toBe('own');
    }
    expect(book.status()).toMatchObject([{ name: 'account', isLive: true, ageMs: 180_000 }]);
    advance(120_001);
    expect(thrownBy(() => book.schedule('account')).code).toBe('FEE_DATA_STALE');
  });

  it('does not ask a venue whose breaker is open', async () => {
    const { book, answers, advance, asked, breakers } = setting();
    answers.push(new Error('down'), new Error('down'));
    await book.refresh();
    await book.refresh();
    expect(breakers.component('binance').state).toBe('open');
    await book.refresh();
    expect(asked()).toBe(2);
    expect(book.status()[0]?.lastError).toMatchObject({ code: 'CIRCUIT_OPEN' });
    advance(120_000);
    expect(await book.refresh()).toEqual([]);
    expect(breakers.component('binance').state).toBe('closed');
  });

  it('has dated figures at any age, and no schedule that nobody added', async () => {
    const { book, advance } = setting();
    book.addDated(venueSchedule('okx-spot'));
    advance(1_000_000_000);
    expect(book.schedule('okx-spot').venue).toBe('OKX');
    expect(thrownBy(() => book.schedule('deribit')).code).toBe('EXCHANGE_NOT_SUPPORTED');
  });

  it('FEE-09: finds a fresh schedule nearly always when it is refreshed in time', async () => {
    const { book, advance } = setting();
    await book.refresh();
    for (let second = 0; second < 1_800; second += 1) {
      advance(1_000);
      await book.refresh();
      book.schedule('account');
    }
    expect(book.hitRate).toBe(1);
  });
});
