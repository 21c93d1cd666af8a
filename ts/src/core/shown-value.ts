const LENGTH_MAX = 64;

/**
 * Writes a value for a message. It may be anything that plain JavaScript hands over, so none of its own code is run: an error
 * about a wrong value must not become another error.
 */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, LENGTH_MAX);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value).slice(0, LENGTH_MAX);
}
