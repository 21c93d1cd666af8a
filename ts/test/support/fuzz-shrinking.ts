/** How many cases were played, and what became of them. */
export interface FuzzCounts {
  cases: number;
  done: number;
  denied: number;
  refused: number;
}

export const noCounts = (): FuzzCounts => ({ cases: 0, done: 0, denied: 0, refused: 0 });

export interface Shrinking<Act> {
  /** Plays acts from the beginning; what it throws is the failure. */
  readonly play: (acts: readonly Act[]) => void;
  /** What may make an act simpler, one at a time. */
  readonly steps: readonly ((act: Act) => Act)[];
}

/** Returns fewer and simpler acts that fail with the same words as far as the first value in them. */
export function shrunk<Act>(
  failing: readonly Act[],
  { play, steps }: Shrinking<Act>,
): { readonly acts: readonly Act[]; readonly error: Error } {
  let error = failureOf(failing, play);
  if (error === null) throw new Error('acts that failed must fail again: the play is not pure');
  const kind = kindOf(error);
  let acts = failing;
  const keepIfFails = (tried: readonly Act[]) => {
    const failure = failureOf(tried, play);
    if (failure === null || kindOf(failure) !== kind) return;
    error = failure;
    acts = tried;
  };
  for (let size = Math.ceil(acts.length / 2); size > 0; size = Math.floor(size / 2)) {
    for (let at = acts.length - size; at >= 0; at -= size) keepIfFails(acts.toSpliced(at, size));
  }
  for (let place = 0; place < acts.length; place += 1) {
    for (const step of steps) {
      const act = acts[place];
      if (act !== undefined) keepIfFails(acts.with(place, step(act)));
    }
  }
  return { acts, error };
}

function failureOf<Act>(acts: readonly Act[], play: (acts: readonly Act[]) => void): Error | null {
  try {
    play(acts);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const kindOf = (error: Error) => error.message.split(/[:[{'\d]/, 1)[0];
