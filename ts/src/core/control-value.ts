import { AMOUNT_SCALE } from './amount.js';
import { CONTROLS, type ControlCode } from './controls.generated.js';
import { formatDecimal } from './decimal.js';

/** Decimals of the gate's fractions. */
const FRACTION_SCALE = 6;

/** Prints a control's number in its unit: amounts and fractions as decimals, the rest as integers. */
export function controlValueText(code: ControlCode, value: bigint): string {
  switch (CONTROLS[code].unit) {
    case 'amount':
      return formatDecimal(value, AMOUNT_SCALE);
    case 'fraction':
      return formatDecimal(value, FRACTION_SCALE);
    default:
      return value.toString();
  }
}
