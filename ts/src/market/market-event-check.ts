import { HoldfastError } from '../core/holdfast-error.js';
import type { BarInput, Int64 } from './market-event-layout.js';

/** Returns the error for a field of a market event that breaks its rule. */
export function eventInvalid(field: string, rule: string, value: unknown): HoldfastError {
  const was = typeof value === 'number' ? value : String(value);
  return new HoldfastError('EVENT_INVALID', `${field} must be ${rule}, was ${was}`, {
    context: { field, was },
  });
}

/** Throws unless `value` fits a signed 64-bit integer exactly. */
export function checkInt64(field: string, value: Int64): void {
  // Wrapping to 64 bits and comparing compiles to less than two comparisons with large bigints.
  const isInt64 =
    typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
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

/**
 * Throws unless the prices and times of a bar can be those of one stretch of trading. Every bar of
 * an import passes here, so the fields are checked one by one: a list of them would cost more than
 * writing the bar.
 */
export function checkBar(bar: BarInput): void {
  const { tsOpenNs, tsCloseNs, openTicks, highTicks, lowTicks, closeTicks, volumeLots } = bar;
  checkInt64('tsOpenNs', tsOpenNs);
  checkInt64('tsCloseNs', tsCloseNs);
  checkInt64('openTicks', openTicks);
  checkInt64('highTicks', highTicks);
  checkInt64('lowTicks', lowTicks);
  checkInt64('closeTicks', closeTicks);
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
