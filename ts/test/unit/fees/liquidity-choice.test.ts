import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Amount } from '#ts/core/amount.js';
import { chooseLiquidity, spreadSlippage } from '#ts/fees/index.js';
import { thrownBy } from '../../support/thrown-error.js';
import { BTC, ratesOf } from './fee-samples.js';

const ASKED = {
  order: { instrument: BTC, side: 'buy', quantity: BTC.quantity('1') },
  rates: ratesOf('0.0002', '0.0006'),
  quote: { bid: BTC.price('9999'), ask: BTC.price('10001') },
  slippage: spreadSlippage(),
  restingPrice: BTC.price('9999'),
  fillProbability: 0.5,
  missCost: Amount.parse('4', 'USDT'),
} as const;

describe('FEE-07: maker or taker', () => {
  it('is chosen by the expected total cost', () => {
    // Taker: 6 fee and 1 of half the spread. Maker: 1.9998 fee less 1 of better price; at even odds with 7 + 4.
    const found = chooseLiquidity(ASKED);
    expect(found.takerCost.toString()).toBe('7');
    expect(found.makerCost.toString()).toBe('0.9998');
    expect(found.makerCostExpected.toString()).toBe('5.9999');
    expect(found.choice).toBe('maker');
    expect(chooseLiquidity({ ...ASKED, fillProbability: 0.25 }).choice).toBe('taker');
    expect(chooseLiquidity({ ...ASKED, fillProbability: 0 }).choice).toBe('taker');
  });

  it('mirrors for a sale', () => {
    const order = { ...ASKED.order, side: 'sell' } as const;
    const found = chooseLiquidity({ ...ASKED, order, restingPrice: BTC.price('10001') });
    expect(found.makerCost.toString()).toBe('1.0002');
    expect(found.takerCost.toString()).toBe('7');
  });

  it('never costs more than taking, whatever the chance', () => {
    const property = fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 100 }),
      (fillProbability, miss) => {
        const missCost = Amount.parse(String(miss), 'USDT');
        const found = chooseLiquidity({ ...ASKED, fillProbability, missCost });
        const chosen = found.choice === 'maker' ? found.makerCostExpected : found.takerCost;
        expect(chosen.compare(found.takerCost)).toBeLessThanOrEqual(0);
        expect(chosen.compare(found.makerCostExpected)).toBeLessThanOrEqual(0);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  it.each([{ fillProbability: 1.1 }, { fillProbability: Number.NaN }, { fillProbability: -0.1 }])(
    'refuses %j',
    (wrong) => {
      expect(thrownBy(() => chooseLiquidity({ ...ASKED, ...wrong })).code).toBe('ARGUMENT_INVALID');
    },
  );

  it('refuses an order that would not rest', () => {
    const crossing = { ...ASKED, restingPrice: BTC.price('10001') };
    expect(thrownBy(() => chooseLiquidity(crossing)).code).toBe('ARGUMENT_INVALID');
  });
});
