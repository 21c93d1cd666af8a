/** Called with what happened. What it throws changes nothing, and is kept to be looked at. */
export type Listener<Event> = (event: Event) => unknown;

/** Listener failures of a set of breakers. */
export class ListenerFailures {
  #count = 0;
  #last: unknown;

  get count(): number {
    return this.#count;
  }

  get last(): unknown {
    return this.#last;
  }

  note(error: unknown): void {
    this.#count += 1;
    this.#last = error;
  }
}

/** Listeners by the name of what they listen to. */
export class Listeners<Events extends object> {
  readonly #byName: { [Name in keyof Events]?: readonly Listener<Events[Name]>[] } = {};
  readonly #failures: ListenerFailures;

  constructor(failures: ListenerFailures) {
    this.#failures = failures;
  }

  /** Adds a listener and returns what removes it. */
  add<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    this.#byName[name] = [...(this.#byName[name] ?? []), listener];
    return () => {
      this.#byName[name] = (this.#byName[name] ?? []).filter((each) => each !== listener);
    };
  }

  /** Whether somebody listens, so that an event need not be made for nobody. */
  hears(name: keyof Events): boolean {
    return this.#byName[name] !== undefined;
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of this.#byName[name] ?? []) {
      try {
        const result = listener(event);
        if (result instanceof Promise) result.catch((error: unknown) => this.#failures.note(error));
      } catch (error) {
        this.#failures.note(error);
      }
    }
  }
}
