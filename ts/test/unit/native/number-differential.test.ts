import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Amount } from '#ts/core/amount.js';
import { HoldfastError } from '#ts/core/holdfast-error.js';
import { Instrument, type InstrumentOptions } from '#ts/core/instrument.js';
import { engineCall, loadEngineAddon } from '#ts/native/engine-addon.js';
import { anySteps } from '../../support/instruments.js';

const addon = loadEngineAddon();

/** The value of a call or the code of its error: what the two sides must agree on. */
function outcome(call: () => string): string {
  try {
    return call();
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
}

const native = (call: () => string) => outcome(() => engineCall(call));

const toSnake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The form in which the native core reads an instrument. */
function specOf(options: InstrumentOptions): string {
  const whole = {
    venue: 'SIM',
    baseCurrency: options.symbol,
    quoteCurrency: 'USD',
    settlementCurrency: 'USD',
    contractMultiplier: '1',
    perpetual: false,
    ...options,
  };
  return JSON.stringify(
    Object.fromEntries(Object.entries(whole).map(([key, value]) => [toSnake(key), value])),
  );
}

/** Digits that both sides hold: past 38 the native integer is full, and long zeros are no value of a venue. */
const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`));
const decimal = fc
  .tuple(fc.constantFrom('', '-', '+'), digits(19), fc.option(digits(18)))
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`);
const size = fc.oneof(
  fc.constantFrom(
    '0.01',
    '0.25',
    '0.5',
    '1',
    '0.00000001',
    '0.001',
    '100',
    '0',
    '-1',
    'x',
    '1e3',
    '',
  ),
  fc.tuple(digits(4), digits(9)).map(([whole, fraction]) => `${whole}.${fraction}`),
);
const text = fc.oneof(
  decimal,
  fc.string({ maxLength: 12 }),
  fc.constantFrom('NaN', 'Infinity', '1e5', '0x1', ' 1'),
);

describe('NAT-10: the native numbers and these', () => {
  it('read and add amounts to the same sum, or fail with the same code', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const ours = outcome(() =>
          Amount.parse(left, 'USD').plus(Amount.parse(right, 'USD')).toString(),
        );
        expect(ours).toBe(native(() => addon.amountSum(left, right)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('agree on amounts at the edge of the range', () => {
    const top = '170141183460469231731.687303715884105727';
    const edge = fc.constantFrom(
      top,
      `-${top}`,
      '0.000000000000000001',
      '-0.000000000000000001',
      '1',
      '-1',
    );
    fc.assert(
      fc.property(edge, edge, (left, right) => {
        const ours = outcome(() =>
          Amount.parse(left, 'USD').plus(Amount.parse(right, 'USD')).toString(),
        );
        expect(ours).toBe(native(() => addon.amountSum(left, right)));
      }),
    );
  });

  it('make of an instrument and a price the same ticks, or fail with the same code', () => {
    fc.assert(
      fc.property(size, size, text, (tickSize, lotSize, price) => {
        const options = { symbol: 'T', tickSize, lotSize };
        const ours = outcome(() => Instrument.create(options).price(price).ticks.toString());
        expect(ours).toBe(native(() => addon.priceTicks(specOf(options), price)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('judge the sizes of an instrument the same, and agree on what a tick of a lot is worth', () => {
    fc.assert(
      fc.property(size, size, size, (tickSize, lotSize, contractMultiplier) => {
        const options = { symbol: 'T', tickSize, lotSize, contractMultiplier };
        const ours = outcome(() => {
          const instrument = Instrument.create(options);
          return instrument
            .notional(instrument.priceOfTicks(1n), instrument.quantityOfLots(1n))
            .toString();
        });
        expect(ours).toBe(native(() => addon.checkInstrument(specOf(options))));
      }),
      { numRuns: 3_000 },
    );
  });

  it('ORD-08: judge the filters of an instrument the same', () => {
    const bound = fc.option(fc.constantFrom('1', '5', '1.5', '0', '-1', '0.0000001', '100'), {
      nil: undefined,
    });
    fc.assert(
      fc.property(
        bound,
        bound,
        bound,
        bound,
        bound,
        (minQuantity, maxQuantity, minNotional, maxNotional, frac) => {
          const filters = {
            minQuantity,
            maxQuantity,
            minNotional,
            maxNotional,
            percentPriceFrac: frac,
          };
          const given = Object.fromEntries(
            Object.entries(filters).filter(([, value]) => value !== undefined),
          );
          const options: InstrumentOptions = {
            symbol: 'T',
            tickSize: '0.01',
            lotSize: '1',
            ...given,
          };
          const ours = outcome(() =>
            Instrument.create(options) instanceof Instrument ? 'accepted' : '',
          );
          const theirs = native(() => addon.checkInstrument(specOf(options)));
          expect(ours).toBe(theirs === '0.01' ? 'accepted' : theirs);
        },
      ),
    );
  });

  it('multiply price, quantity and multiplier to the same notional, or fail with the same code', () => {
    const sane = fc.constantFrom('0.01', '0.25', '1', '0.00000001', '0.001', '100');
    const multiplier = fc.constantFrom('1', '50', '0.1');
    fc.assert(
      fc.property(
        sane,
        sane,
        multiplier,
        anySteps,
        anySteps,
        (tickSize, lotSize, contractMultiplier, ticks, lots) => {
          const options = { symbol: 'T', tickSize, lotSize, contractMultiplier };
          const instrument = Instrument.create(options);
          const [price, quantity] = [
            instrument.priceOfTicks(ticks),
            instrument.quantityOfLots(lots),
          ];
          const ours = outcome(() => instrument.notional(price, quantity).toString());
          const theirs = native(() =>
            addon.notional(specOf(options), price.toString(), quantity.toString()),
          );
          expect(ours).toBe(theirs);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('name the same neighbours of a price that is off the tick', () => {
    const options = { symbol: 'T', tickSize: '0.05', lotSize: '1' };
    const instrument = Instrument.create(options);
    const error = (call: () => unknown) => {
      try {
        call();
      } catch (thrown) {
        return thrown instanceof HoldfastError ? thrown.context : thrown;
      }
      return 'no error';
    };
    for (const price of ['100.02', '-100.02', '0.01', '-0.01', '12345678.901234']) {
      expect(error(() => instrument.price(price))).toEqual(
        error(() => engineCall(() => addon.priceTicks(specOf(options), price))),
      );
    }
  });

  it('never make different values of more digits than an integer of 128 bits holds', () => {
    const zeros = '0'.repeat(40);
    const options = { symbol: 'T', tickSize: '0.01', lotSize: '1' };
    const pairs = [`1.${zeros}`, `0.${zeros}1`, '9'.repeat(40), '92233720368547758.075'].map(
      (price) => [
        outcome(() => Instrument.create(options).price(price).ticks.toString()),
        native(() => addon.priceTicks(specOf(options), price)),
      ],
    );
    const amounts = [`1.${zeros}`, `0.${'1'.repeat(50)}`, `${'1'.repeat(24)}.${'1'.repeat(24)}`];
    for (const amount of amounts) {
      const ours = outcome(() => Amount.parse(amount, 'USD').toString());
      pairs.push([ours, native(() => addon.amountSum(amount, '0'))]);
    }
    // The native side refuses some that are exact here: it holds the digits before it looks at what they mean.
    const refusal = /_(?:OVERFLOW|PRECISE|RANGE|TICK)$/;
    for (const [ours = '', theirs = ''] of pairs)
      expect(theirs === ours || refusal.test(theirs)).toBe(true);
  });
});
