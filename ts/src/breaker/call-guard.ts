import { OUTCOMES } from '../native/breaker-set.js';

/** What a guard needs of its breaker. */
export interface OutcomeSink {
  finish(stay: number, startedMs: number, outcome: number, error?: unknown): void;
}

/**
 * The permission for one call, which owes its outcome. The first word counts. With `using`, a guard that goes out of scope
 * without a word counts as a failure.
 *
 * @example
 * using guard = breaker.acquire();
 * const answer = ask();
 * guard.success();
 */
export class CallGuard {
  readonly #sink: OutcomeSink;
  readonly #stay: number;
  readonly #startedMs: number;
  #isFinished = false;

  constructor(sink: OutcomeSink, stay: number, startedMs: number) {
    this.#sink = sink;
    this.#stay = stay;
    this.#startedMs = startedMs;
  }

  success(): void {
    this.#finish(OUTCOMES.success);
  }

  failure(error?: unknown): void {
    this.#finish(OUTCOMES.failure, error);
  }

  /** The call says nothing about the component, such as one that its caller gave up. */
  ignore(): void {
    this.#finish(OUTCOMES.ignored);
  }

  [Symbol.dispose](): void {
    this.#finish(OUTCOMES.failure);
  }

  #finish(outcome: number, error?: unknown): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#sink.finish(this.#stay, this.#startedMs, outcome, error);
  }
}
