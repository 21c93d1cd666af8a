import { HoldfastError } from '../core/holdfast-error.js';
import type { BarInput, Int64 } from './market-event-layout.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Returns the error for a field of a market event that breaks its rule. */
export function eventInvalid(field: string, rule: string, value: unknown): HoldfastError {
  const was = typeof value === 'number' ? value : String(value);
  return new HoldfastError('EVENT_INVALID', `${field} must be ${rule}, was ${was}`, {
    context: { field, was },
  });
}

/** Throws unless `value` fits a signed 64-bit integer exactly. */
export function checkInt64(field: string, value: Int64): void {
  const isInt64 =
    typeof value === 'bigint'
      ? value >= INT64_MIN && value <= INT64_MAX
      : Number.isSafeInteger(value);
  if (!isInt64) throw eventInvalid(field, 'a 64-bit bigint or a safe integer', value);
}

export function checkUnsigned(field: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw eventInvalid(field, `an integer from 0 to ${max}`, value);
  }
}

export function checkQuantity(field: string, value: Int64): void {
  checkInt64(field, value);
  if (value < 0) throw eventInvalid(field, 'at least 0', value);
}

/** Throws unless the prices and times of a bar can be those of one stretch of trading. */
export function checkBar(bar: BarInput): void {
  const { tsOpenNs, tsCloseNs, openTicks, highTicks, lowTicks, closeTicks, volumeLots } = bar;
  for (const [field, value] of Object.entries({
    tsOpenNs,
    tsCloseNs,
    openTicks,
    highTicks,
    lowTicks,
    closeTicks,
  })) {
    checkInt64(field, value);
  }
  checkQuantity('volumeLots', volumeLots);
  if (tsCloseNs <= tsOpenNs) throw eventInvalid('tsCloseNs', `after ${tsOpenNs}`, tsCloseNs);
  if (highTicks < openTicks || highTicks < closeTicks) {
    throw eventInvalid(
      'highTicks',
      `at least open ${openTicks} and close ${closeTicks}`,
      highTicks,
    );
  }
  if (lowTicks > openTicks || lowTicks > closeTicks) {
    throw eventInvalid('lowTicks', `at most open ${openTicks} and close ${closeTicks}`, lowTicks);
  }
}
