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
  let runs = 0;
  const leaves = (from: number, size: number) => {
    runs += 1;
    const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
    if (!stillFails(rest)) return false;
    kept = rest;
    return true;
  };
  let size = kept.length;
  while (size > 0) {
    let isSmaller = false;
    for (let from = 0; from < kept.length && runs < runsMax;) {
      if (leaves(from, size)) isSmaller = true;
      else from += size;
    }
    if (runs >= runsMax || (size === 1 && !isSmaller)) break;
    size = size === 1 ? 1 : Math.floor(size / 2);
  }
  return kept;
}
