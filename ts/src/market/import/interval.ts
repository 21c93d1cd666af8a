/** Nanoseconds of each unit that an interval may be written in. */
const UNIT_NS = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
} as const;

type IntervalUnit = keyof typeof UNIT_NS;

const INTERVAL = /^([1-9]\d{0,5})(ms|s|m|h|d|w)$/;

/**
 * Bars further apart than a week have no fixed length (a month has 28 to 31 days), so their
 * interval is never inferred: a bar stamped as closed before it really is would be a look into the
 * future.
 */
export const INFERRED_INTERVAL_NS_MAX = UNIT_NS.w;

/** No bar lasts longer than a year. */
const INTERVAL_NS_MAX = 366n * UNIT_NS.d;

/** Reads an interval such as `1d`, `4h`, `15m`, `30s` or `250ms`; null when it is not one. */
export function parseInterval(text: string): bigint | null {
  const match = INTERVAL.exec(text);
  if (match === null) return null;
  const unit = match[2];
  if (!isUnit(unit)) return null;
  const intervalNs = BigInt(match[1] ?? 0) * UNIT_NS[unit];
  return intervalNs <= INTERVAL_NS_MAX ? intervalNs : null;
}

/** Prints an interval in the largest unit that holds it exactly. */
export function formatInterval(intervalNs: bigint): string {
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms'] as const) {
    if (intervalNs % UNIT_NS[unit] === 0n) return `${intervalNs / UNIT_NS[unit]}${unit}`;
  }
  return `${intervalNs}ns`;
}

/** Returns the smallest positive distance between neighbours; null when there is none. */
export function smallestSpacing(timesNs: readonly bigint[]): bigint | null {
  let smallest: bigint | null = null;
  for (let i = 1; i < timesNs.length; i += 1) {
    const distance = (timesNs[i] ?? 0n) - (timesNs[i - 1] ?? 0n);
    if (distance > 0n && (smallest === null || distance < smallest)) smallest = distance;
  }
  return smallest;
}

function isUnit(value: string | undefined): value is IntervalUnit {
  return value !== undefined && value in UNIT_NS;
}
