import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { BTC, LIMIT_BUY, openEngine } from '../../../support/engine-by-hand.js';
import { thrownBy } from '../../../support/thrown-error.js';

const OTHER = Instrument.create({ symbol: 'OTHER', tickSize: '0.01', lotSize: '1' });

const codeOf = (call: () => unknown) => thrownBy(call).code;

/** Hands over what no type would let pass, as plain JavaScript may. */
const codeOfOrder = (order: unknown, options?: unknown) =>
  codeOf(() => openEngine().submit(order as never, options as never));

describe('an order of plain JavaScript', () => {
  it.each([
    ['null', null],
    ['a word', 'buy'],
    ['a symbol as its side', { ...LIMIT_BUY, side: Symbol('buy') }],
    ['a bare object as its type', { ...LIMIT_BUY, orderType: Object.create(null) }],
    ['null as its time in force', { ...LIMIT_BUY, timeInForce: null }],
    ['a word where a flag belongs', { ...LIMIT_BUY, reduceOnly: 'false' }],
    ['null where a flag belongs', { ...LIMIT_BUY, postOnly: null }],
    ['a number as its key', { ...LIMIT_BUY, idempotencyKey: 5 }],
    ['an object as a count of ticks', { ...LIMIT_BUY, trailingTicks: { toString: () => ({}) } }],
  ])('is refused when it is, or has, %s', (_, order) => {
    expect(codeOfOrder(order)).toBe('ORDER_INVALID');
  });

  it('is refused with options that are none', () => {
    expect(codeOfOrder(LIMIT_BUY, null)).toBe('ARGUMENT_INVALID');
    expect(codeOfOrder(LIMIT_BUY, 5)).toBe('ARGUMENT_INVALID');
  });

  it('names an instrument that cannot be written, in an error that can', () => {
    const engine = openEngine();
    for (const instrument of [Symbol('BTC'), 1n, Object.create(null)]) {
      const submit = () => engine.submit({ ...LIMIT_BUY, instrument });
      expect(JSON.stringify(thrownBy(submit))).toContain('INSTRUMENT_UNKNOWN');
    }
  });

  it('is refused in a batch for a word or a count that is none', () => {
    const { orderBatch } = openEngine();
    const order = { instrument: 0, side: 'buy', lots: 1 };
    const codeOfAdding = (part: object) =>
      codeOf(() => orderBatch.add({ ...order, ...part } as never));
    expect(codeOfAdding({ side: Symbol('buy') })).toBe('ORDER_INVALID');
    expect(codeOfAdding({ reduceOnly: 'true' })).toBe('ORDER_INVALID');
    expect(codeOfAdding({ timeInForce: null })).toBe('ORDER_INVALID');
    for (const lots of ['1', null, Symbol('1'), Object.create(null), Number.NaN, 2n ** 64n]) {
      expect(codeOfAdding({ lots })).toBe('ARGUMENT_INVALID');
    }
  });

  it('reads a price of another instrument by its value, not by its count of ticks', () => {
    expect(BTC.price(OTHER.price('50000')).ticks).toBe(100_000n);
    expect(BTC.quantity(OTHER.quantity('2')).lots).toBe(2_000n);
    expect(codeOf(() => BTC.price(OTHER.price('50000.01')))).toBe('PRICE_OFF_TICK');
  });

  it('refuses what is a price or a quantity by its prototype alone', () => {
    const forged = (value: object, fields: object): never =>
      Object.assign(
        Object.create(Object.getPrototypeOf(value) as object) as object,
        fields,
      ) as never;
    const price = forged(BTC.price('50000'), { ticks: 2n ** 64n });
    const quantity = forged(BTC.quantity('1'), { lots: 1.5 });
    expect(codeOf(() => BTC.price(price))).toBe('DECIMAL_INVALID');
    expect(codeOf(() => BTC.quantity(quantity))).toBe('DECIMAL_INVALID');
  });
});
