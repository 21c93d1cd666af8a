/** Beyond this many edits a suggestion is a guess about another word, so none is made. */
const EDITS_MAX = 3;

/** Returns the candidate with the fewest edits from a name, ignoring case; null when none is close. */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null;
  let fewest = EDITS_MAX + 1;
  for (const candidate of candidates) {
    const edits = editsBetween({ from: name.toLowerCase(), to: candidate.toLowerCase() });
    if (edits < fewest && edits < candidate.length) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Counts insertions, deletions and replacements, one row of the table at a time. */
function editsBetween({ from, to }: { readonly from: string; readonly to: string }): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
