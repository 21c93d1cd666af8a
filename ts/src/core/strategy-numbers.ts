import { HoldfastError } from './holdfast-error.js';
import { nearestKey } from './schema.js';
import { shownValue } from './shown-value.js';

/** The strategies that limits name, and the numbers by which native code knows them: from 1, in the order of the limits. */
export class StrategyNumbers {
  readonly names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(names: readonly string[] = []) {
    this.names = names;
    this.#numbers = new Map(names.map((name, index) => [name, index + 1]));
  }

  /** @throws HoldfastError `STRATEGY_UNKNOWN` with the names there are */
  of(name: string): number {
    const number = this.#numbers.get(name);
    if (number !== undefined) return number;
    // What plain JavaScript hands over may be no text, and not even have one.
    const nearest = typeof name === 'string' ? nearestKey(name, this.names) : undefined;
    const known = this.names.length === 0 ? 'which name none' : `one of ${this.names.join(', ')}`;
    const shown = shownValue(name);
    throw new HoldfastError(
      'STRATEGY_UNKNOWN',
      `strategy must be named in strategies of the limits, ${known}; was ${shown}`,
      { context: { field: 'strategy', value: shown, nearest: nearest ?? null } },
    );
  }

  /** The number of a name that may be none: 0. */
  find(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  /** The name of a number; null for 0. */
  name(number: number): string | null {
    return this.names[number - 1] ?? null;
  }
}
