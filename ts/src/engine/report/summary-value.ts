/**
 * Significant digits of a float in the summary: far below the rounding of a price, and few enough
 * that the text is readable and equal wherever the last bits of a logarithm or a power may differ.
 */
export const SUMMARY_DIGITS = 10;

/**
 * Rounds to the summary's digits; what is no finite number has no place in the file and becomes
 * null.
 */
export function significant(value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  const rounded = Number(value.toPrecision(SUMMARY_DIGITS));
  return rounded === 0 ? 0 : rounded;
}

/**
 * Orders keys by code unit, because the order in which a caller happened to set them is not
 * content.
 */
export function sortedKeys<Value>(
  record: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Prints an instant as ISO 8601 UTC text. */
export function instantText(tsMs: number): string {
  return new Date(tsMs).toISOString();
}

/** Prints the UTC calendar date of an instant. */
export function dayText(tsMs: number): string {
  return instantText(tsMs).slice(0, 10);
}
