import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatDecimal, parseDecimal } from '#ts/core/decimal.js';
import { decimalOfText, largerOf, StepReader } from '#ts/market/import/step-reader.js';

const cents = (rounding: 'refuse' | 'nearest' | 'down', impliedScale = 0): StepReader =>
  new StepReader({ step: '0.01', rounding, impliedScale });

function maxOf(reader: StepReader): string {
  return formatDecimal(reader.roundedMax.mantissa, reader.roundedMax.scale);
}

describe('step reader', () => {
  it('NAT-10: reads exact multiples, however they are written', () => {
    const reader = cents('refuse');
    for (const text of ['100.25', '100.250000', '+100.25', '1.0025e2', '10025E-2', '0100.25']) {
      expect(reader.read(text)).toBe('exact');
      expect(reader.steps).toBe(10_025n);
      reader.commit();
    }
    expect(reader.read('.5')).toBe('exact');
    expect(reader.steps).toBe(50n);
    expect(reader.roundedCount).toBe(0);
    expect(maxOf(reader)).toBe('0');
  });

  it('NAT-10: never rounds by itself, and names the neighbours', () => {
    const reader = cents('refuse');
    expect(reader.read('1438.359985')).toBe('off-step');
    expect(reader.neighbours()).toEqual({ below: '1438.35', above: '1438.36' });
    expect(reader.read('-0.005')).toBe('off-step');
    expect(reader.neighbours()).toEqual({ below: '-0.01', above: '0' });
    expect(reader.read('12345678901234567890.001')).toBe('out-of-range');
    expect(reader.read('123456789012345.6789012')).toBe('off-step');
  });

  it('rounds to the nearest step, the upper one at half, and keeps count and largest change', () => {
    const reader = cents('nearest');
    const steps = ['1438.359985', '1.005', '1.0149', '2.00'].map((text) => {
      reader.read(text);
      reader.commit();
      return reader.steps;
    });
    expect(steps).toEqual([143_836n, 101n, 101n, 200n]);
    expect(reader.roundedCount).toBe(3);
    expect(maxOf(reader)).toBe('0.005');
  });

  it('counts no rounding of a row that is not used', () => {
    const reader = cents('nearest');
    expect(reader.read('1.009')).toBe('rounded');
    expect(reader.read('1.01')).toBe('exact');
    reader.commit();
    expect(reader.roundedCount).toBe(0);
  });

  it('rounds down where that is asked for', () => {
    const reader = cents('down');
    expect(reader.read('1.0199999')).toBe('rounded');
    expect(reader.steps).toBe(101n);
    expect(reader.read('0.00999999999999999999')).toBe('rounded');
    expect(reader.steps).toBe(0n);
    reader.commit();
    expect(maxOf(reader)).toBe('0.00999999999999999999');
  });

  it('reads integers with implied decimals', () => {
    const reader = cents('refuse', 4);
    expect(reader.read('136300')).toBe('exact');
    expect(reader.steps).toBe(1363n);
    expect(reader.read('1053872')).toBe('off-step');
    expect(reader.neighbours()).toEqual({ below: '105.38', above: '105.39' });
  });

  it.each(['', '.', '-', 'NaN', 'Infinity', '1,000', '0x10', '1e', '1e99', '1.2.3', '1 2', 'null'])(
    'TST-08: takes "%s" for no number',
    (text) => {
      expect(cents('nearest').read(text)).toBe('not-a-number');
      expect(decimalOfText(text)).toBeNull();
    },
  );

  it('TST-08: tells values beyond 64 bits', () => {
    expect(cents('refuse').read('92233720368547758.07')).toBe('exact');
    expect(cents('refuse').read('92233720368547758.08')).toBe('out-of-range');
    expect(cents('nearest').read('1e30')).toBe('out-of-range');
  });

  it('NAT-10: the quick way and the exact way agree on every short decimal', () => {
    const text = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.integer({ min: 0, max: 12 }))
      .map(([mantissa, scale]) => formatDecimal(mantissa, scale));
    const step = fc.constantFrom('0.01', '0.25', '1', '5', '0.00000001', '0.03', '1000');
    const rounding = fc.constantFrom('refuse', 'nearest', 'down');
    fc.assert(
      fc.property(text, step, rounding, (value, stepText, mode) => {
        const quick = new StepReader({ step: stepText, rounding: mode });
        const exact = new StepReader({ step: stepText, rounding: mode });
        const outcome = quick.read(value);
        expect(outcome).toBe(exact.readDecimal(parseDecimal(value)));
        expect(quick.steps).toBe(exact.steps);
        quick.commit();
        exact.commit();
        expect(quick.roundedCount).toBe(exact.roundedCount);
        expect(maxOf(quick)).toBe(maxOf(exact));
      }),
      { numRuns: 2000 },
    );
  });

  it('NAT-10: rounding to the nearest keeps the order of two values', () => {
    const value = fc.tuple(fc.nat(10_000_000), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(value, value, ([left, leftScale], [right, rightScale]) => {
        const stepsOfValue = (mantissa: number, scale: number): bigint => {
          const reader = cents('nearest');
          reader.read(formatDecimal(BigInt(mantissa), scale));
          return reader.steps;
        };
        const isLess =
          BigInt(left) * 10n ** BigInt(rightScale) < BigInt(right) * 10n ** BigInt(leftScale);
        if (!isLess) return;
        expect(stepsOfValue(left, leftScale) <= stepsOfValue(right, rightScale)).toBe(true);
      }),
    );
  });

  it('picks the larger of two decimals of unlike scale', () => {
    const small = parseDecimal('0.0999');
    const large = parseDecimal('0.1');
    expect(largerOf(small, large)).toBe(large);
    expect(largerOf(large, small)).toBe(large);
  });
});
