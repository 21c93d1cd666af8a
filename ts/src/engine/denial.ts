import { AMOUNT_SCALE } from '../core/amount.js';
import { CONTROLS, type ControlCode } from '../core/controls.generated.js';
import { formatDecimal } from '../core/decimal.js';
import type { FailedCheck } from '../native/notice-reader.js';
import type { FailedControl } from '../strategies/strategy-context.js';

/** Decimals of the gate's fractions. */
const FRACTION_SCALE = 6;

/** Prints a control's number in its unit: amounts and fractions as decimals, the rest as integers. */
function valueText(code: ControlCode, value: bigint): string {
  switch (CONTROLS[code].unit) {
    case 'amount':
      return formatDecimal(value, AMOUNT_SCALE);
    case 'fraction':
      return formatDecimal(value, FRACTION_SCALE);
    default:
      return value.toString();
  }
}

/** Turns a failed check of the native gate into what strategies and reports read. */
export function failedControl(check: FailedCheck): FailedControl {
  const { code } = check;
  return {
    code,
    unit: CONTROLS[code].unit,
    limit: check.limit === null ? null : valueText(code, check.limit),
    observed: valueText(code, check.observed),
  };
}
