import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Amount } from '#ts/core/amount.js';
import { formatDecimal } from '#ts/core/decimal.js';
import { Instrument } from '#ts/core/instrument.js';
import { anyInstrument, anySteps, instrumentOf } from '../../support/instruments.js';
import { thrownBy } from '../../support/thrown-error.js';

const STOCK = instrumentOf('0.01', '1');
const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

describe('NAT-10: prices and quantities', () => {
  it('print and parse to themselves, over the whole range of ticks and lots', () => {
    fc.assert(
      fc.property(anyInstrument, anySteps, (instrument, steps) => {
        const price = instrument.priceOfTicks(steps);
        expect(instrument.price(price.toString()).ticks).toBe(steps);
        const quantity = instrument.quantityOfLots(steps);
        expect(instrument.quantity(quantity.toString()).lots).toBe(steps);
      }),
    );
  });

  it('take exact types as they are', () => {
    const price = STOCK.price('1.25');
    const quantity = STOCK.quantity(3);
    expect(STOCK.price(price)).toBe(price);
    expect(STOCK.quantity(quantity)).toBe(quantity);
  });

  it('read a number through its shortest decimal form', () => {
    expect(STOCK.price(430.25).ticks).toBe(43_025n);
    expect(instrumentOf('0.1', '1').price(1e3).toString()).toBe('1000');
    expect(instrumentOf('0.0000001', '1').price(1e-7).ticks).toBe(1n);
    // One tenth and two tenths added as floats are not three tenths, and are not taken for it.
    expect(thrownBy(() => STOCK.price(0.1 + 0.2)).code).toBe('PRICE_OFF_TICK');
  });

  it('are never rounded silently: a value between two steps is refused with both neighbours', () => {
    const between = fc.integer({ min: 1, max: 999 });
    fc.assert(
      fc.property(
        anyInstrument,
        fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
        between,
        (instrument, steps, part) => {
          const off = (make: (count: bigint) => { toString(): string }) => {
            const [below, above] = [make(steps).toString(), make(steps + 1n).toString()];
            const value = valueBetween(below, above, part);
            return { value, below, above };
          };
          const price = off((count) => instrument.priceOfTicks(count));
          expect(thrownBy(() => instrument.price(price.value))).toMatchObject({
            code: 'PRICE_OFF_TICK',
            context: { ...price, step: instrument.options.tickSize },
          });
          const quantity = off((count) => instrument.quantityOfLots(count));
          expect(thrownBy(() => instrument.quantity(quantity.value))).toMatchObject({
            code: 'QTY_OFF_LOT',
            context: { ...quantity, step: instrument.options.lotSize },
          });
        },
      ),
    );
  });

  it('name the way out in the message', () => {
    expect(thrownBy(() => STOCK.price('-100.025')).message).toBe(
      'price must be a multiple of 0.01, was -100.025; the neighbours are -100.03 and -100.02',
    );
    expect(thrownBy(() => STOCK.quantity(0.5)).message).toBe(
      'quantity must be a multiple of 1, was 0.5; the neighbours are 0 and 1',
    );
  });

  it('past 64 bits are PRICE_OUT_OF_RANGE and QTY_OUT_OF_RANGE, on either side and by any way in', () => {
    const over = '92233720368547758.08';
    for (const call of [
      () => STOCK.price(over),
      () => STOCK.price(`-92233720368547758.09`),
      () => STOCK.price(1e300),
      () => STOCK.floorPrice(over),
      () => STOCK.ceilPrice('92233720368547758.071'),
      () => STOCK.nearestPrice('92233720368547758.079'),
      () => STOCK.priceOfTicks(I64_MAX + 1n),
      () => STOCK.priceOfTicks(I64_MIN - 1n),
    ]) {
      expect(thrownBy(call).code).toBe('PRICE_OUT_OF_RANGE');
    }
    for (const call of [
      () => STOCK.quantity('9223372036854775808'),
      () => STOCK.quantity('-9223372036854775809'),
      () => STOCK.floorQuantity(1e19),
      () => STOCK.quantityOfLots(I64_MIN - 1n),
    ]) {
      expect(thrownBy(call).code).toBe('QTY_OUT_OF_RANGE');
    }
    expect(STOCK.price('92233720368547758.07').ticks).toBe(I64_MAX);
    expect(STOCK.quantity('-9223372036854775808').lots).toBe(I64_MIN);
  });

  it('DECIMAL_INVALID: refuse what is no decimal', () => {
    for (const value of ['', 'ten', '1e5', Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(thrownBy(() => STOCK.price(value)).code).toBe('DECIMAL_INVALID');
      expect(thrownBy(() => STOCK.floorQuantity(value)).code).toBe('DECIMAL_INVALID');
    }
  });
});

describe('rounding by name', () => {
  it('goes down, up, and to the nearest with ties up', () => {
    const values = ['10.004', '10.005', '10.006', '-10.004', '-10.005', '-10.006', '10', 10.25];
    const rounded = values.map((value) => [
      STOCK.floorPrice(value).toString(),
      STOCK.ceilPrice(value).toString(),
      STOCK.nearestPrice(value).toString(),
    ]);
    expect(rounded).toEqual([
      ['10', '10.01', '10'],
      ['10', '10.01', '10.01'],
      ['10', '10.01', '10.01'],
      ['-10.01', '-10', '-10'],
      ['-10.01', '-10', '-10'],
      ['-10.01', '-10', '-10.01'],
      ['10', '10', '10'],
      ['10.25', '10.25', '10.25'],
    ]);
    expect(STOCK.floorQuantity(12.7).lots).toBe(12n);
    expect(STOCK.floorQuantity(-12.3).lots).toBe(-13n);
    expect(STOCK.floorQuantity(0.999).lots).toBe(0n);
  });

  it('encloses every value by less than one tick, and leaves multiples alone', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(anyInstrument, value, (instrument, number) => {
        const floor = instrument.floorPrice(number).ticks;
        const ceil = instrument.ceilPrice(number).ticks;
        const nearest = instrument.nearestPrice(number).ticks;
        expect(ceil - floor === 0n || ceil - floor === 1n).toBe(true);
        expect(nearest === floor || nearest === ceil).toBe(true);
        const exact = instrument.priceOfTicks(floor).toString();
        expect(instrument.floorPrice(exact).ticks).toBe(floor);
        expect(instrument.ceilPrice(exact).ticks).toBe(floor);
        expect(instrument.nearestPrice(exact).ticks).toBe(floor);
      }),
    );
  });
});

describe('notional', () => {
  it('is |price × quantity × multiplier|, exactly', () => {
    const future = instrumentOf('0.25', '1', '50');
    expect(future.notional(future.price('4500.25'), future.quantity(3)).toString()).toBe(
      '675037.5',
    );
    const coin = instrumentOf('0.00000001', '0.00000001');
    expect(coin.notional(coin.price('0.00000003'), coin.quantity('0.00000007')).toString()).toBe(
      '0.0000000000000021',
    );
    expect(STOCK.notional(STOCK.price('-2'), STOCK.quantity(3)).toString()).toBe('6');
    expect(STOCK.notional(STOCK.price('2'), STOCK.quantity(-3)).currency).toBe('USD');
  });

  it('NAT-10: equals the product of the decimals, or says AMOUNT_OVERFLOW', () => {
    fc.assert(
      fc.property(anyInstrument, anySteps, anySteps, (instrument, ticks, lots) => {
        const [price, quantity] = [instrument.priceOfTicks(ticks), instrument.quantityOfLots(lots)];
        const exact = product([
          price.toString(),
          quantity.toString(),
          instrument.options.contractMultiplier,
        ]);
        const raw = exact < 0n ? -exact : exact;
        if (raw < 2n ** 127n) {
          expect(instrument.notional(price, quantity).equals(Amount.fromRaw(raw, 'USD'))).toBe(
            true,
          );
        } else {
          expect(thrownBy(() => instrument.notional(price, quantity)).code).toBe('AMOUNT_OVERFLOW');
        }
      }),
    );
  });
});

describe('Instrument.create', () => {
  it('fills defaults, keeps decimals as exact text and takes numbers', () => {
    expect(Instrument.create({ symbol: 'X', tickSize: 0.05, lotSize: '010' }).options).toEqual({
      symbol: 'X',
      venue: 'SIM',
      quoteCurrency: 'USD',
      tickSize: '0.05',
      lotSize: '10',
      contractMultiplier: '1',
      perpetual: false,
    });
    expect(
      Instrument.create({ symbol: 'X', venue: 'V', quoteCurrency: 'EUR', tickSize: 1, lotSize: 1 }),
    ).toMatchObject({
      symbol: 'X',
      venue: 'V',
      quoteCurrency: 'EUR',
    });
  });

  const BASE = { symbol: 'X', tickSize: '0.01', lotSize: '1' };

  it.each([
    ['symbol', { symbol: '' }],
    ['tickSize', { tickSize: '0' }],
    ['tickSize', { tickSize: '-0.01' }],
    ['tickSize', { tickSize: 'x' }],
    ['tickSize', { tickSize: Number.NaN }],
    ['lotSize', { lotSize: '0' }],
    ['contractMultiplier', { contractMultiplier: '-1' }],
    ['tickSize', { tickSize: '0.0000000001', lotSize: '0.0000000001' }],
    ['minQuantity', { minQuantity: 'few' }],
  ])('INSTRUMENT_INVALID: names %s for %o', (field, change) => {
    const error = thrownBy(() => Instrument.create({ ...BASE, ...change }));
    expect(error.code).toBe('INSTRUMENT_INVALID');
    expect(String(error.context['field']).endsWith(field)).toBe(true);
    expect(error.message).toContain(field);
  });

  it('CONFIG_UNKNOWN_KEY: names the key that was meant', () => {
    const misspelt = { ...BASE, tickSise: '0.01' };
    const error = thrownBy(() => Instrument.create(misspelt));
    expect(error.code).toBe('CONFIG_UNKNOWN_KEY');
    expect(error.context).toMatchObject({ key: 'tickSise', nearest: 'tickSize' });
  });

  it('ORD-08: INSTRUMENT_INVALID: refuses filters that contradict each other or cannot be exact', () => {
    const contradictions = [
      { minQuantity: '1.5' },
      { minQuantity: '0' },
      { maxQuantity: '-1' },
      { minQuantity: '5', maxQuantity: '4' },
      { minNotional: '5', maxNotional: '4' },
      { minNotional: '0.0000000000000000001' },
      { percentPriceFrac: '0' },
      { percentPriceFrac: '0.0000001' },
      { tickSize: '10', lotSize: '0.0000000000000000001' },
      { tickSize: '637603107.989', lotSize: '847999834.7621', contractMultiplier: '9538.446504' },
    ];
    for (const change of contradictions) {
      expect(thrownBy(() => Instrument.create({ ...BASE, ...change })).code).toBe(
        'INSTRUMENT_INVALID',
      );
    }
  });
});

/** The decimal that lies `part` thousandths of the way from one to the other. */
function valueBetween(below: string, above: string, part: number): string {
  const scale = Math.max(fractionDigits(below), fractionDigits(above)) + 3;
  const [low, high] = [scaled(below, scale), scaled(above, scale)];
  return formatDecimal(low + ((high - low) * BigInt(part)) / 1_000n, scale);
}

function fractionDigits(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function scaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/** Multiplies decimals into a count of 10⁻¹⁸; the test's instruments need no more digits. */
function product(texts: readonly string[]): bigint {
  const scale = texts.reduce((total, text) => total + fractionDigits(text), 0);
  const mantissa = texts.reduce((total, text) => total * scaled(text, fractionDigits(text)), 1n);
  return scale <= 18 ? mantissa * 10n ** BigInt(18 - scale) : mantissa / 10n ** BigInt(scale - 18);
}
