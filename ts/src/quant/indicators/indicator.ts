import type { Bar } from '../../core/bar.js';
import { HoldfastError } from '../../core/holdfast-error.js';

/** An indicator that takes one bar at a time, in memory that does not grow. */
export interface Indicator {
  /** NaN until `isWarm`. */
  readonly value: number;
  /** Whether enough bars were seen for the value to be what its definition says. */
  readonly isWarm: boolean;
  update(bar: Bar): void;
}

/** Makes a fresh indicator; a session makes one for each instrument. */
export type IndicatorFactory<Kind extends Indicator = Indicator> = () => Kind;

/** Longest period of an indicator. */
export const PERIOD_MAX = 1_000_000;

/** Checks a period. @throws HoldfastError `ARGUMENT_INVALID` */
export function checkPeriod(period: number, smallest = 1): number {
  if (Number.isSafeInteger(period) && period >= smallest && period <= PERIOD_MAX) return period;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `period must be a whole number from ${smallest} to ${PERIOD_MAX}, was ${period}`,
    { context: { period } },
  );
}
