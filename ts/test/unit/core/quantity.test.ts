import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Quantity } from '#ts/core/quantity.js';
import { anyInstrument, anySteps, instrumentOf } from '../../support/instruments.js';

describe('Quantity', () => {
  it('NAT-10: prints its exact value without an exponent and without trailing zeros', () => {
    const instrument = instrumentOf('0.05', '0.05');
    const texts = [0n, 1n, 2n, 20n, -1n, -30n].map((steps) =>
      instrument.quantityOfLots(steps).toString(),
    );
    expect(texts).toEqual(['0', '0.05', '0.1', '1', '-0.05', '-1.5']);
    expect(JSON.stringify([instrument.quantityOfLots(3n)])).toBe('["0.15"]');
  });

  it('prints every count of lots of every instrument so that its float is the nearest', () => {
    fc.assert(
      fc.property(anyInstrument, anySteps, (instrument, steps) => {
        const value = instrument.quantityOfLots(steps);
        expect(value).toBeInstanceOf(Quantity);
        expect(value.lots).toBe(steps);
        expect(value.toString()).toMatch(/^-?\d+(?:\.\d*[1-9])?$/);
        expect(value.toNumber()).toBe(Number(value.toString()));
        expect(value.toJSON()).toBe(value.toString());
      }),
    );
  });
});
