/** One edit in every three letters: beyond that a suggestion is a guess about another word. */
const LETTERS_PER_EDIT = 3;

/** Returns the candidate with the fewest edits from a name, in any case; null when none is close. */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = editsBetween({ from: name.toLowerCase(), to: candidate.toLowerCase() });
    const longest = Math.max(name.length, candidate.length);
    if (edits < fewest && edits <= Math.max(1, longest / LETTERS_PER_EDIT)) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Counts insertions, deletions, replacements and swaps of neighbours, a row of the table at a time. */
function editsBetween({ from, to }: { readonly from: string; readonly to: string }): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
