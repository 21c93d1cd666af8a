import fc from 'fast-check';

import { Instrument } from '#ts/core/instrument.js';

/** Makes an instrument of a tick and a lot. */
export function instrumentOf(
  tickSize: string,
  lotSize: string,
  contractMultiplier = '1',
): Instrument {
  return Instrument.create({ symbol: 'TEST', tickSize, lotSize, contractMultiplier });
}

const size = (digits: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: digits }))
    .map(([count, scale]) => {
      const text = String(count).padStart(scale + 1, '0');
      return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
    });

/** Instruments whose tick, lot and multiplier have some digits each, exact to 10⁻¹⁸ together. */
export const anyInstrument = fc
  .tuple(size(8), size(8), fc.constantFrom('1', '50', '0.1', '0.01', '100'))
  .map(([tick, lot, multiplier]) => instrumentOf(tick, lot, multiplier));

const I64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Counts of ticks or lots, with the ends of their range often among them. */
export const anySteps = fc.oneof(
  fc.bigInt(I64),
  fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
  fc.constantFrom(I64.min, I64.max, 0n, 1n, -1n),
);
