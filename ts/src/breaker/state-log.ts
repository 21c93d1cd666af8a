import type { BreakerState } from './refusal.js';

/** One change of state, in this thread. */
export interface StateChange {
  /** A component's own state, that of a component which depends on another, or the circuit over all. */
  readonly whose: 'component' | 'dependant' | 'global';
  /** The component; `*` is all of them. */
  readonly component: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** A code when the breaker opened by itself, otherwise a word such as `cooldown`, `trial_failed` or `reset`. */
  readonly cause: string;
  /** Milliseconds since 1970, by the breakers' clock. */
  readonly atMs: number;
}

/** The latest changes; the oldest give way. */
export class StateLog {
  readonly #changes: StateChange[] = [];
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many changes there were, also those that gave way. */
  get count(): number {
    return this.#count;
  }

  add(change: StateChange): void {
    this.#count += 1;
    this.#changes.push(change);
    if (this.#changes.length > this.#max) this.#changes.shift();
  }

  /** Oldest first. */
  toArray(): readonly StateChange[] {
    return [...this.#changes];
  }
}
