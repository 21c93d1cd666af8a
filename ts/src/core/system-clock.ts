/** Microseconds, because a double counts them exactly until the year 2255. */
const US_PER_MS = 1_000;
const NS_PER_US = 1_000n;

/**
 * The time of this process in nanoseconds since 1970, to the microsecond. It never runs back: it is the system's time at
 * the start of the process, and goes on by the clock that nobody can set.
 */
export function systemClock(): bigint {
  return BigInt(systemClockUs()) * NS_PER_US;
}

/** The same in whole microseconds, for who must not pay for a bigint. */
export function systemClockUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * US_PER_MS);
}
