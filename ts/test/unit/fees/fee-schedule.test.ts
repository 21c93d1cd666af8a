import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Amount } from '#ts/core/amount.js';
import {
  feeAssumptions,
  FeeRate,
  FeeSchedule,
  type FeeScheduleOptions,
  VENUE_SCHEDULES,
  venueSchedule,
} from '#ts/fees/index.js';
import { thrownBy } from '../../support/thrown-error.js';

const usd = (text: string) => Amount.parse(text, 'USD');

const OWN: FeeScheduleOptions = {
  name: 'own',
  venue: 'Own',
  product: 'spot',
  source: { address: 'a letter', date: '2026-01-31' },
  tiers: [
    { name: 'low', volumeMin: '0', maker: '0.001', taker: '0.002' },
    { name: 'high', volumeMin: '1000', maker: '-0.0001', taker: '0.001' },
  ],
  discounts: { coin: '0.25' },
};

describe('a fee rate', () => {
  it('takes an exact share and rounds up what is left, also of a rebate', () => {
    const third = FeeRate.parse('0.0000000000000000003');
    expect(third.of(usd('1')).toString()).toBe('0.000000000000000001');
    const rebate = FeeRate.parse('-0.0000000000000000003');
    expect(rebate.of(usd('1')).toString()).toBe('0');
    expect(FeeRate.parse('0.001').of(usd('12345.67')).toString()).toBe('12.34567');
  });

  it('FEE-02: is reduced by one minus the discount, and a rebate is not', () => {
    const discount = FeeRate.parse('0.25');
    expect(FeeRate.parse('0.001').discounted(discount).toString()).toBe('0.00075');
    expect(FeeRate.parse('-0.001').discounted(discount).toString()).toBe('-0.001');
    expect(FeeRate.parse('0.0007').toBps()).toBe('7');
  });

  it.each(['1.1', '-2', 'x', ''])('refuses %s', (text) => {
    const { code } = thrownBy(() => FeeRate.parse(text));
    expect(['FEE_SCHEDULE_INVALID', 'DECIMAL_INVALID']).toContain(code);
  });
});

describe('FEE-03: a schedule', () => {
  const schedule = FeeSchedule.create(OWN);

  it('tells the tier by the volume, by its name, and the least tier without either', () => {
    expect(schedule.rates({ volume: '999.99' }).tier).toBe('low');
    expect(schedule.rates({ volume: 1_000 }).tier).toBe('high');
    expect(schedule.rates({ tier: 'high' }).maker.isRebate).toBe(true);
    expect(schedule.rates().tier).toBe('low');
  });

  it('takes discounts off what is paid', () => {
    const { maker, taker } = schedule.rates({ tier: 'high', discounts: ['coin'] });
    expect([maker.toString(), taker.toString()]).toEqual(['-0.0001', '0.00075']);
  });

  it('knows no other tier and no other discount', () => {
    for (const level of [{ tier: 'middle' }, { discounts: ['friend'] }]) {
      expect(thrownBy(() => schedule.rates(level)).code).toBe('FEE_TIER_UNKNOWN');
    }
    const tiers = [{ name: 'named', maker: '0', taker: '0' }];
    const named = FeeSchedule.create({ ...OWN, tiers });
    expect(thrownBy(() => named.rates({ volume: 5 })).code).toBe('FEE_TIER_UNKNOWN');
  });

  it('is read from JSON', () => {
    expect(FeeSchedule.parse(JSON.stringify(OWN)).rates().taker.toString()).toBe('0.002');
    expect(thrownBy(() => FeeSchedule.parse('{')).code).toBe('FEE_SCHEDULE_INVALID');
    expect(thrownBy(() => FeeSchedule.parse('[]')).code).toBe('FEE_SCHEDULE_INVALID');
  });

  const [low, high] = OWN.tiers;
  it.each([
    { tiers: [] },
    { tiers: [low, low] },
    { tiers: [high, low] },
    { tiers: [low, { ...high, taker: '0.003' }] },
    { tiers: [low, { ...high, maker: '0.003' }] },
    { tiers: [low, { ...high, volumeMin: '0' }] },
    { discounts: { coin: '-0.1' } },
    { discounts: { coin: '2' } },
    { source: { address: 'x', date: 'yesterday' } },
    { product: 'swap' },
    { extra: 1 },
  ])('refuses %j', (wrong) => {
    const options = { ...OWN, ...wrong } as FeeScheduleOptions;
    expect(thrownBy(() => FeeSchedule.create(options)).code).toBe('FEE_SCHEDULE_INVALID');
  });
});

describe('FEE-10: the schedules of venues', () => {
  it('are those of Binance, Kraken, Coinbase, OKX and Bybit, each with its source', () => {
    const venues = new Set(VENUE_SCHEDULES.map((name) => venueSchedule(name).venue));
    expect([...venues]).toEqual(['Binance', 'Kraken', 'Coinbase', 'OKX', 'Bybit']);
    for (const name of VENUE_SCHEDULES) {
      expect(venueSchedule(name).source.address).toMatch(/^https:\/\//);
      expect(venueSchedule(name).source.date).toMatch(/^(?:undated|\d{4}-\d\d-\d\d)$/);
    }
  });

  it.each([
    ['binance-spot', { tier: 'VIP 3' }, '0.0007', '0.001'],
    ['binance-spot', { volume: 150_000_000 }, '0.0002', '0.0004'],
    ['kraken-spot', { volume: '75000' }, '0.0014', '0.0024'],
    ['kraken-spot', { volume: 10_000_000 }, '0', '0.001'],
    ['coinbase-exchange', {}, '0.004', '0.006'],
    ['coinbase-exchange', { volume: 80_000_000 }, '0.0003', '0.0012'],
    ['okx-spot', { tier: 'Lv3' }, '0.0007', '0.0009'],
    ['okx-spot', { volume: '500000000' }, '-0.00002', '0.0003'],
    ['bybit-spot', { tier: 'VIP 1' }, '0.000675', '0.0008'],
    ['bybit-perpetual', {}, '0.0002', '0.00055'],
    ['binance-usdm', {}, '0.0002', '0.0005'],
    ['binance-usdm', { discounts: ['bnb'] }, '0.00018', '0.00045'],
    ['okx-swap', {}, '0.0002', '0.0005'],
    ['kraken-futures', {}, '0.0002', '0.0005'],
    ['kraken-futures', { volume: 30_000_000 }, '0.00005', '0.00015'],
    ['kraken-futures', { tier: '$100M+' }, '0', '0.0001'],
  ])('%s at %j asks what its page says', (name, level, maker, taker) => {
    const rates = venueSchedule(name).rates(level);
    expect([rates.maker.toString(), rates.taker.toString()]).toEqual([maker, taker]);
  });

  // The announcement prints the fees in BNB beside the others: 0.0525 % / 0.0750 % at VIP 3.
  it('give the fees of the announcement for paying in BNB', () => {
    const level = { tier: 'VIP 3', discounts: ['bnb'] };
    const { maker, taker } = venueSchedule('binance-spot').rates(level);
    expect([maker.toBps(), taker.toBps()]).toEqual(['5.25', '7.5']);
  });

  it('are no others', () => {
    const error = thrownBy(() => venueSchedule('mtgox'));
    expect(error.code).toBe('EXCHANGE_NOT_SUPPORTED');
    expect(error.context['known']).toEqual(VENUE_SCHEDULES);
    expect(thrownBy(() => venueSchedule('toString')).code).toBe('EXCHANGE_NOT_SUPPORTED');
  });

  it('never ask for more at a larger volume', () => {
    const volume = fc.integer({ min: 0, max: 20_000_000_000 });
    const property = fc.property(
      fc.constantFrom(...VENUE_SCHEDULES),
      volume,
      volume,
      (name, left, right) => {
        const schedule = venueSchedule(name);
        const [low, high] = [Math.min(left, right), Math.max(left, right)];
        const [less, more] = [schedule.rates({ volume: low }), schedule.rates({ volume: high })];
        expect(more.maker.compare(less.maker)).toBeLessThanOrEqual(0);
        expect(more.taker.compare(less.taker)).toBeLessThanOrEqual(0);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  it('are the fees of a backtest when it asks for them', () => {
    expect(feeAssumptions('bybit-spot', { tier: 'VIP 1' })).toEqual({
      makerFeeBps: '6.75',
      takerFeeBps: '8',
    });
    expect(feeAssumptions(FeeSchedule.create(OWN), { tier: 'high' }).makerFeeBps).toBe('-1');
  });
});
