import { controlValueText } from '../core/control-value.js';
import { CONTROLS } from '../core/controls.generated.js';
import type { FailedCheck } from '../native/notice-reader.js';
import type { FailedControl } from '../strategies/strategy-context.js';

/** Turns a failed check of the native gate into what strategies and reports read. */
export function failedControl(check: FailedCheck): FailedControl {
  const { code } = check;
  return {
    code,
    unit: CONTROLS[code].unit,
    limit: check.limit === null ? null : controlValueText(code, check.limit),
    observed: controlValueText(code, check.observed),
  };
}
