import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Amount } from '#ts/core/amount.js';
import type { Instrument } from '#ts/core/instrument.js';
import {
  breakEvenPrice,
  type CostedOrder,
  estimateCost,
  FeeRate,
  fixedSlippage,
  FundingRates,
  liquidityOf,
  roundTripProfit,
  spreadSlippage,
  squareRootImpact,
  venueSchedule,
} from '#ts/fees/index.js';
import { thrownBy } from '../../support/thrown-error.js';
import { BTC, INVERSE, PERPETUAL, ratesOf } from './fee-samples.js';

const usdt = (text: string) => Amount.parse(text, 'USDT');
const none = fixedSlippage('0');
const HOUR_MS = 3_600_000;

function order(
  instrument: Instrument,
  side: 'buy' | 'sell',
  quantity: string,
  more: Partial<CostedOrder> = {},
): CostedOrder {
  return {
    instrument,
    side,
    quantity: instrument.quantity(quantity),
    orderType: 'market',
    ...more,
  };
}

const quote = (instrument: Instrument, bid: string, ask: string) => ({
  bid: instrument.price(bid),
  ask: instrument.price(ask),
});

describe('FEE-02: liquidity', () => {
  const touch = quote(BTC, '99.99', '100.01');
  const limit = (side: 'buy' | 'sell', price: string, more: Partial<CostedOrder> = {}) =>
    order(BTC, side, '1', { orderType: 'limit', limitPrice: BTC.price(price), ...more });

  it('is added by a limit order that rests, and removed by one that would cross', () => {
    expect(liquidityOf(limit('buy', '100.00'), touch)).toBe('maker');
    expect(liquidityOf(limit('buy', '100.01'), touch)).toBe('taker');
    expect(liquidityOf(limit('sell', '100.00'), touch)).toBe('maker');
    expect(liquidityOf(limit('sell', '99.99'), touch)).toBe('taker');
    expect(liquidityOf(limit('buy', '100.01', { postOnly: true }), touch)).toBe('maker');
    expect(liquidityOf(order(BTC, 'buy', '1'), touch)).toBe('taker');
    expect(liquidityOf(limit('buy', '90', { orderType: 'stop_limit' }), touch)).toBe('taker');
  });

  it('cannot be told without a quote', () => {
    const { code } = thrownBy(() => liquidityOf(limit('buy', '100'), undefined));
    expect(code).toBe('FEE_QUOTE_MISSING');
    const market = { order: order(BTC, 'buy', '1'), rates: ratesOf('0', '0'), slippage: none };
    expect(thrownBy(() => estimateCost(market)).code).toBe('FEE_QUOTE_MISSING');
  });
});

describe('FEE-01: the cost of an order', () => {
  // Binance, regular user: 0.1 % of 0.5 BTC at 60,000 is 30, and a quarter less when it is paid in BNB.
  it('is the taker fee of Binance for a market order, with and without BNB', () => {
    const schedule = venueSchedule('binance-spot');
    const asked = {
      order: order(BTC, 'buy', '0.5'),
      quote: quote(BTC, '60000', '60000'),
      slippage: none,
    };
    const plain = estimateCost({ ...asked, rates: schedule.rates() });
    expect(plain.exchangeFee.toString()).toBe('30');
    const bnb = estimateCost({ ...asked, rates: schedule.rates({ discounts: ['bnb'] }) });
    expect(bnb.exchangeFee.toString()).toBe('22.5');
    expect(bnb).toMatchObject({ liquidity: 'taker', networkFee: undefined });
  });

  // Kraken, $50K+: 0.14 % of 10,000 for a maker.
  it('is the maker fee of Kraken for a limit order that rests', () => {
    const resting = order(BTC, 'buy', '1', {
      orderType: 'limit',
      limitPrice: BTC.price('10000'),
    });
    const found = estimateCost({
      order: resting,
      quote: quote(BTC, '10000', '10001'),
      rates: venueSchedule('kraken-spot').rates({ volume: 50_000 }),
      slippage: fixedSlippage('0.01'),
    });
    expect(found.liquidity).toBe('maker');
    expect(found.exchangeFee.toString()).toBe('14');
    expect(found.slippage.toString()).toBe('0');
    expect(found.totalCost.toString()).toBe('14');
  });

  it('FEE-04: has funding for a perpetual that is held, and none otherwise', () => {
    const rates = new FundingRates(HOUR_MS);
    const eightHours = 8 * HOUR_MS;
    rates.observe({ symbol: 'BTCUSDT-PERP', rate: '0.0001', intervalMs: eightHours, atMs: 0 });
    const ask = (instrument: Instrument, side: 'buy' | 'sell', holdMs: number, nowMs = 0) =>
      estimateCost({
        order: order(instrument, side, '1'),
        quote: quote(instrument, '60000', '60000'),
        rates: ratesOf('0', '0'),
        slippage: none,
        holding: { holdMs, funding: { rates, nowMs } },
      }).fundingCost.toString();
    expect(ask(PERPETUAL, 'buy', 24 * HOUR_MS)).toBe('18');
    expect(ask(PERPETUAL, 'sell', 24 * HOUR_MS)).toBe('-18');
    expect(ask(PERPETUAL, 'buy', eightHours - 1)).toBe('0');
    expect(ask(BTC, 'buy', 24 * HOUR_MS)).toBe('0');
    const late = thrownBy(() => ask(PERPETUAL, 'buy', eightHours, HOUR_MS + 1));
    expect(late.code).toBe('FUNDING_RATE_STALE');
  });

  it('refuses to hold a perpetual whose rate nobody told', () => {
    const asked = {
      order: order(PERPETUAL, 'buy', '1'),
      quote: quote(PERPETUAL, '60000', '60000'),
      rates: ratesOf('0', '0'),
      slippage: none,
      holding: { holdMs: HOUR_MS },
    };
    expect(thrownBy(() => estimateCost(asked)).code).toBe('FUNDING_RATE_STALE');
    const funding = { rates: new FundingRates(1), nowMs: 0 };
    const holding = { holdMs: HOUR_MS, funding };
    expect(thrownBy(() => estimateCost({ ...asked, holding })).code).toBe('FUNDING_RATE_STALE');
  });

  it('has interest on what is borrowed, every day begun', () => {
    const found = estimateCost({
      order: order(BTC, 'sell', '1'),
      quote: quote(BTC, '3650', '3650'),
      rates: ratesOf('0', '0'),
      slippage: none,
      holding: { holdMs: 25 * HOUR_MS, borrowRateAnn: '0.1' },
    });
    expect(found.borrowCost.toString()).toBe('2');
  });

  it('FEE-06, X-29: names the network fee and totals without it and with it', () => {
    const asked = {
      order: order(BTC, 'buy', '1'),
      quote: quote(BTC, '60000', '60000'),
      rates: ratesOf('0', '0.001'),
      slippage: none,
    };
    const fee = Amount.parse('0.0005', 'BTC');
    const priced = estimateCost({ ...asked, network: { fee, price: '60000' } });
    expect(priced.networkFee?.toString()).toBe('0.0005');
    expect(priced.totalCost.toString()).toBe('60');
    expect(priced.totalCostWithNetwork?.toString()).toBe('90');
    expect(estimateCost({ ...asked, network: { fee } }).totalCostWithNetwork).toBeUndefined();
    const same = estimateCost({ ...asked, network: { fee: usdt('1') } });
    expect(same.totalCostWithNetwork?.toString()).toBe('61');
    expect(estimateCost(asked).totalCostWithNetwork?.toString()).toBe('60');
  });

  it('FEE-05: has the slippage of each model for a taker', () => {
    const ask = (slippage: ReturnType<typeof spreadSlippage>) =>
      estimateCost({
        order: order(BTC, 'buy', '4'),
        quote: quote(BTC, '99', '101'),
        rates: ratesOf('0', '0'),
        slippage,
      }).slippage.toString();
    expect(ask(fixedSlippage('0.0005'))).toBe('0.2');
    expect(ask(spreadSlippage())).toBe('4');
    // 1 × 0.02 × √(4 ÷ 400) of 400.
    expect(ask(squareRootImpact({ dailyVolatility: 0.02, dailyVolume: 400 }))).toBe('0.8');
    const extreme = squareRootImpact({ dailyVolatility: 5, dailyVolume: 1e-9 });
    expect(ask(extreme)).toBe('400');
  });

  it('refuses impossible models and quotes', () => {
    const impact = { dailyVolatility: 0.02, dailyVolume: 0 };
    expect(thrownBy(() => squareRootImpact(impact)).code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => fixedSlippage('-0.1')).code).toBe('ARGUMENT_INVALID');
    const crossed = {
      order: order(BTC, 'buy', '1'),
      quote: quote(BTC, '101', '100'),
      rates: ratesOf('0', '0'),
      slippage: none,
    };
    expect(thrownBy(() => estimateCost(crossed)).code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => new FundingRates(0)).code).toBe('ARGUMENT_INVALID');
    const rate = { symbol: 'X', rate: '0', intervalMs: 0, atMs: 0 };
    expect(thrownBy(() => new FundingRates(1).observe(rate)).code).toBe('ARGUMENT_INVALID');
  });

  it('FEE-09: takes far less than a millisecond', () => {
    const asked = {
      order: order(BTC, 'buy', '1.23456'),
      quote: quote(BTC, '59999.99', '60000.02'),
      rates: ratesOf('0.0002', '0.00055'),
      slippage: spreadSlippage(),
    };
    const start = performance.now();
    for (let round = 0; round < 1_000; round += 1) estimateCost(asked);
    expect((performance.now() - start) / 1_000).toBeLessThan(1);
  });

  it('is the sum of its parts, and its fee the exact share to the last unit', () => {
    const property = fc.property(
      fc.constantFrom('buy' as const, 'sell' as const),
      fc.integer({ min: 1, max: 100_000_000 }),
      fc.integer({ min: 100, max: 10_000_000 }),
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: -50, max: 1_000 }),
      (side, lots, bid, width, rate) => {
        const text = `${rate < 0 ? '-' : ''}0.${String(Math.abs(rate)).padStart(5, '0')}`;
        const found = estimateCost({
          order: { ...order(BTC, side, '1'), quantity: BTC.quantityOfLots(BigInt(lots)) },
          quote: { bid: BTC.priceOfTicks(BigInt(bid)), ask: BTC.priceOfTicks(BigInt(bid + width)) },
          rates: ratesOf('0', text),
          slippage: spreadSlippage(),
        });
        const sum = found.exchangeFee
          .plus(found.fundingCost)
          .plus(found.borrowCost)
          .plus(found.slippage);
        expect(found.totalCost).toEqual(sum);
        // The rate is a count of 10^-5.
        const exact = found.notional.raw * BigInt(rate);
        const paid = found.exchangeFee.raw * 100_000n;
        expect(paid >= exact && paid - exact < 100_000n).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });
});

describe('the break-even price', () => {
  it('pays for both fees, to the tick', () => {
    // 100 + 0.1 at the entry; the exit p must give p × 0.999 ≥ 100.1: 100.2003.
    const trip = {
      instrument: BTC,
      side: 'buy',
      quantity: BTC.quantity('1'),
      entryPrice: BTC.price('100'),
      costs: usdt('0.1'),
      exitRate: FeeRate.parse('0.001'),
    } as const;
    expect(breakEvenPrice(trip).toString()).toBe('100.21');
    // Sold at 100 less 0.1: p × 1.001 ≤ 99.9 is 99.8002.
    expect(breakEvenPrice({ ...trip, side: 'sell' }).toString()).toBe('99.8');
  });

  it('cannot be reached when costs exceed what there is to win', () => {
    const trip = {
      instrument: BTC,
      side: 'sell',
      quantity: BTC.quantity('1'),
      entryPrice: BTC.price('100'),
      costs: usdt('101'),
      exitRate: FeeRate.parse('0'),
    } as const;
    expect(thrownBy(() => breakEvenPrice(trip)).code).toBe('BREAK_EVEN_UNREACHABLE');
    const whole = { ...trip, side: 'buy', exitRate: FeeRate.parse('1') } as const;
    expect(thrownBy(() => breakEvenPrice(whole)).code).toBe('BREAK_EVEN_UNREACHABLE');
  });

  it('is found where the notional of higher prices is out of range', () => {
    const trip = {
      instrument: BTC,
      side: 'buy',
      quantity: BTC.quantity('1000000'),
      entryPrice: BTC.price('100000000000000'),
      costs: usdt('1000000000000000000'),
      exitRate: FeeRate.parse('0'),
    } as const;
    expect(breakEvenPrice(trip).toString()).toBe('101000000000000');
  });

  it('is the edge: there a round trip loses nothing, one tick further in it does', () => {
    const property = fc.property(
      fc.constantFrom(BTC, PERPETUAL, INVERSE),
      fc.constantFrom('buy' as const, 'sell' as const),
      fc.integer({ min: 1_000, max: 20_000_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: -100, max: 400 }),
      fc.integer({ min: -30, max: 300 }),
      (instrument, side, ticks, lots, costBps, exitBps) => {
        const entryPrice = instrument.priceOfTicks(BigInt(ticks));
        const quantity = instrument.quantityOfLots(BigInt(lots));
        const notional = instrument.settlementNotional(entryPrice, quantity);
        const rate = `${exitBps < 0 ? '-' : ''}0.${String(Math.abs(exitBps)).padStart(4, '0')}`;
        const trip = {
          instrument,
          side,
          quantity,
          entryPrice,
          costs: notional.timesRatio(BigInt(costBps), 10_000n, 'ceil'),
          exitRate: FeeRate.parse(rate),
        };
        const found = breakEvenPrice(trip);
        expect(roundTripProfit(trip, found).raw >= 0n).toBe(true);
        const inward = found.ticks + (side === 'buy' ? -1n : 1n);
        if (inward < 1n) return;
        expect(roundTripProfit(trip, instrument.priceOfTicks(inward)).raw < 0n).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });
});
