/** @typedef {readonly number[]} Version */

/**
 * Returns the first dotted number of a text such as `cmake version 3.25.1`, or undefined.
 *
 * @param {string} text
 * @returns {Version | undefined}
 */
export function findVersion(text) {
  const match = /\d+(?:\.\d+)+|\d+/.exec(text);
  return match === null ? undefined : match[0].split('.').map(Number);
}

/**
 * Tells whether a version is a bound or later; a part that is not written counts as zero.
 *
 * @param {Version} version
 * @param {Version} bound
 * @returns {boolean}
 */
export function isAtLeast(version, bound) {
  const length = Math.max(version.length, bound.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (version[index] ?? 0) - (bound[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
