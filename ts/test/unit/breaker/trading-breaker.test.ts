import { describe, expect, it } from 'vitest';

import { TradingBreaker, type TradingBreakerOptions } from '#ts/breaker/index.js';
import { Amount } from '#ts/core/amount.js';
import { thrownBy } from '../../support/thrown-error.js';
import { TestClock } from './breaker-clock.js';

const LIMITS: TradingBreakerOptions = {
  dailyLossFracMax: '0.05',
  drawdownFracMax: '0.15',
  ordersPerMinuteMax: 3,
  equityAgeMsMax: 5_000,
};
const DAY_MS = 86_400_000;
const usd = (text: string) => Amount.parse(text, 'USD');

function setting(more: Partial<TradingBreakerOptions> = {}) {
  const clock = new TestClock();
  clock.ms = 100 * DAY_MS;
  return { clock, breaker: new TradingBreaker({ ...LIMITS, ...more }, clock.read) };
}

const names = (breaker: TradingBreaker) => breaker.summary().conditions.map(({ name }) => name);

describe('CB-20: the trading breaker', () => {
  it('is closed while nothing is dangerous, and shows its state', () => {
    const { breaker } = setting();
    breaker.observeEquity(usd('100000'));
    expect(breaker.allowRequest()).toBe(true);
    expect(() => breaker.demand()).not.toThrow();
    expect(breaker.summary()).toEqual({
      circuit_breaker_active: false,
      conditions: [],
      equity: '100000',
      day_opening_equity: '100000',
      peak_equity: '100000',
      orders_last_minute: 0,
      trips: 0,
    });
  });

  it('opens at the daily loss, to the last digit, and closes with the next day', () => {
    const { breaker, clock } = setting();
    breaker.observeEquity(usd('100000'));
    breaker.observeEquity(usd('95000.000000000000000001'));
    expect(breaker.allowRequest()).toBe(true);
    breaker.observeEquity(usd('95000'));
    const error = thrownBy(() => breaker.demand());
    expect(error.code).toBe('CIRCUIT_TRADING_OPEN');
    expect(error.context['conditions']).toEqual([
      { name: 'daily_loss', limit: '0.05', observed: '0.05', untilMs: 101 * DAY_MS },
    ]);
    breaker.observeEquity(usd('99000'));
    expect(breaker.summary().circuit_breaker_active).toBe(true);
    clock.advance(DAY_MS);
    breaker.observeEquity(usd('99000'));
    expect(breaker.allowRequest()).toBe(true);
    expect(breaker.summary().trips).toBe(1);
  });

  it('counts what was lost overnight to the next day', () => {
    const { breaker, clock } = setting();
    breaker.observeEquity(usd('100000'));
    clock.advance(DAY_MS);
    breaker.observeEquity(usd('94000'));
    expect(names(breaker)).toEqual(['daily_loss']);
  });

  it('opens past the drawdown and stays so', () => {
    const { breaker, clock } = setting({ dailyLossFracMax: 'unlimited' });
    breaker.observeEquity(usd('80000'));
    breaker.observeEquity(usd('100000'));
    breaker.observeEquity(usd('85000'));
    expect(breaker.allowRequest()).toBe(true);
    breaker.observeEquity(usd('84999.99'));
    expect(names(breaker)).toEqual(['drawdown']);
    clock.advance(10 * DAY_MS);
    breaker.observeEquity(usd('200000'));
    expect(names(breaker)).toEqual(['drawdown']);
  });

  it('opens at the order rate until the minute has passed', () => {
    const { breaker, clock } = setting();
    breaker.observeEquity(usd('100000'));
    for (let order = 0; order < 3; order += 1) {
      expect(breaker.allowRequest()).toBe(true);
      breaker.observeOrder();
      clock.advance(1_000);
      breaker.observeEquity(usd('100000'));
    }
    expect(breaker.summary()).toMatchObject({
      circuit_breaker_active: true,
      orders_last_minute: 3,
      conditions: [{ name: 'order_rate', limit: '3', untilMs: 100 * DAY_MS + 60_000 }],
    });
    clock.advance(57_000);
    breaker.observeEquity(usd('100000'));
    expect(breaker.allowRequest()).toBe(true);
  });

  it('fails closed without equity, with an old one, and with none left', () => {
    const { breaker, clock } = setting();
    expect(names(breaker)).toEqual(['equity_stale']);
    breaker.observeEquity(usd('100000'));
    clock.advance(5_001);
    expect(names(breaker)).toEqual(['equity_stale']);
    breaker.observeEquity(usd('0'));
    expect(names(breaker)).toEqual(['equity_not_positive', 'daily_loss', 'drawdown']);
  });

  it('stands still with a clock that goes back', () => {
    const { breaker, clock } = setting();
    breaker.observeEquity(usd('100000'));
    for (let order = 0; order < 3; order += 1) breaker.observeOrder();
    clock.advance(-3_600_000);
    expect(names(breaker)).toEqual(['order_rate']);
  });

  it.each([
    [{ dailyLossFracMax: '1.5' }, 'CONFIG_INVALID'],
    [{ drawdownFracMax: '0' }, 'CONFIG_INVALID'],
    [{ ordersPerMinuteMax: 0 }, 'CONFIG_INVALID'],
    [{ dailyLossFracMax: undefined as unknown as string }, 'CONFIG_INVALID'],
    [{ dailyLoss: '0.1' }, 'CONFIG_UNKNOWN_KEY'],
  ])('refuses %o', (wrong: object, code) => {
    expect(thrownBy(() => setting(wrong)).code).toBe(code);
  });

  it('has no limit that is unlimited', () => {
    const unlimited = 'unlimited';
    const { breaker } = setting({
      dailyLossFracMax: unlimited,
      drawdownFracMax: unlimited,
      ordersPerMinuteMax: unlimited,
    });
    for (let order = 0; order < 100; order += 1) breaker.observeOrder();
    expect(breaker.allowRequest()).toBe(true);
  });
});
