/**
 * Leaves out halves, quarters and so on until single items, as long as what is kept still fails (delta debugging).
 * Returns what is left; it calls `stillFails` at most `runsMax` times.
 */
export function smallestFailing<Item>(
  all: readonly Item[],
  runsMax: number,
  stillFails: (kept: readonly Item[]) => boolean,
): readonly Item[] {
  let kept = all;
  let left = runsMax;
  for (let size = kept.length; size > 0 && left > 0;) {
    const before = kept.length;
    let from = 0;
    while (from < kept.length && left > 0) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      left -= 1;
      if (stillFails(rest)) kept = rest;
      else from += size;
    }
    if (size === 1 && kept.length === before) break;
    size = Math.max(1, Math.floor(size / 2));
  }
  return kept;
}
