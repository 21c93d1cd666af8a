import { describe, expect, it } from 'vitest';

import { Amount } from '#ts/core/amount.js';
import { realizedSlippage, SlippageRecord } from '#ts/fees/index.js';
import { BTC, INVERSE } from './fee-samples.js';

const outcome = (side: 'buy' | 'sell', arrival: string, fill: string) => ({
  instrument: BTC,
  side,
  quantity: BTC.quantity('2'),
  arrivalPrice: BTC.price(arrival),
  fillPrice: BTC.price(fill),
});
const usdt = (text: string) => Amount.parse(text, 'USDT');

describe('FEE-05: slippage after the trade', () => {
  it('is what a fill cost beyond its arrival price, exactly and by side', () => {
    expect(realizedSlippage(outcome('buy', '100', '100.05')).toString()).toBe('0.1');
    expect(realizedSlippage(outcome('buy', '100', '99.95')).toString()).toBe('-0.1');
    expect(realizedSlippage(outcome('sell', '100', '99.95')).toString()).toBe('0.1');
    const inverse = {
      instrument: INVERSE,
      quantity: INVERSE.quantity('1'),
      arrivalPrice: INVERSE.price('50000'),
      fillPrice: INVERSE.price('40000'),
    };
    // 100 USD are 0.002 BTC at 50,000 and 0.0025 at 40,000: a long that is bought lower gains.
    expect(realizedSlippage({ ...inverse, side: 'buy' }).toString()).toBe('-0.0005');
    expect(realizedSlippage({ ...inverse, side: 'sell' }).toString()).toBe('0.0005');
  });

  it('is compared with what was predicted', () => {
    const record = new SlippageRecord();
    expect(record.statistics()).toMatchObject({ count: 0, biasBps: Number.NaN });
    record.observe({ ...outcome('buy', '100', '100.10'), predicted: usdt('0.1') });
    record.observe({ ...outcome('sell', '100', '100.10'), predicted: usdt('0.1') });
    const found = record.statistics();
    expect(found.count).toBe(2);
    expect(found.predictedBpsMean).toBeCloseTo(5, 10);
    expect(found.realizedBpsMean).toBeCloseTo(0, 10);
    expect(found.biasBps).toBeCloseTo(-5, 10);
    expect(found.errorBpsMean).toBeCloseTo(10, 10);
    expect(found.errorBpsRootMeanSquare).toBeCloseTo(Math.sqrt(125), 10);
    expect(found.coveredFrac).toBe(0.5);
  });
});
