import { type Decimal, decimalOf, formatDecimal } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { Price } from '../../core/price.js';
import { Quantity } from '../../core/quantity.js';

/** A decimal of another library that prints itself exactly, such as one of decimal.js, big.js or bignumber.js. */
interface ForeignDecimal {
  toFixed(): string;
}

/** An exact value at the edge: a decimal text, a number in its shortest form, whole units, or a decimal. */
export type ExactInput = string | number | bigint | Decimal | ForeignDecimal | Price | Quantity;

/** Ticks of a price. @throws HoldfastError `DECIMAL_INVALID`, `PRICE_OFF_TICK`, `PRICE_OUT_OF_RANGE` */
export function ticksOf(instrument: Instrument, value: ExactInput): number | bigint {
  if (typeof value === 'string' || typeof value === 'number') {
    const short = instrument.shortTicks(value);
    return Number.isNaN(short) ? instrument.price(value).ticks : short;
  }
  return instrument.price(exactText(value)).ticks;
}

/** Lots of a quantity. @throws HoldfastError `DECIMAL_INVALID`, `QTY_OFF_LOT`, `QTY_OUT_OF_RANGE` */
export function lotsOf(instrument: Instrument, value: ExactInput): number | bigint {
  if (typeof value === 'string' || typeof value === 'number') {
    const short = instrument.shortLots(value);
    return Number.isNaN(short) ? instrument.quantity(value).lots : short;
  }
  return instrument.quantity(exactText(value)).lots;
}

/** The value as a plain decimal; what is no decimal comes out as a text that none reads. */
export function exactText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Price || value instanceof Quantity) return value.toString();
  if (typeof value === 'object' && value !== null) {
    if ('mantissa' in value && 'scale' in value) {
      const { mantissa, scale } = value;
      const isScale = typeof scale === 'number' && Number.isInteger(scale) && scale >= 0;
      if (typeof mantissa === 'bigint' && isScale && scale <= SCALE_MAX) {
        return formatDecimal(mantissa, scale);
      }
    }
    if ('toFixed' in value && typeof value.toFixed === 'function') {
      const text: unknown = Reflect.apply(value.toFixed, value, []);
      if (typeof text === 'string') return text;
    }
  }
  throw new HoldfastError(
    'DECIMAL_INVALID',
    `value must be a decimal text, a number, a bigint or a decimal, was of type ${typeof value}`,
    { context: { type: typeof value } },
  );
}

/** A decimal without exponent, as native code reads it. @throws HoldfastError `DECIMAL_INVALID` */
export function plainText(value: string | number): string {
  const { mantissa, scale } = decimalOf(value);
  return formatDecimal(mantissa, scale);
}

/** More digits than any price or quantity has; the bound keeps hostile input from costing time. */
const SCALE_MAX = 64;
