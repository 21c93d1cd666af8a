import { Breakers, type BreakersOptions } from '#ts/breaker/index.js';

/** A clock that a test moves. */
export class TestClock {
  ms = 1_700_000_000_000;

  readonly read = (): number => this.ms;

  advance(ms: number): void {
    this.ms += ms;
  }
}

/** Breakers on a clock of their own. */
export function breakersAt(options: BreakersOptions = {}) {
  const clock = new TestClock();
  return { clock, breakers: Breakers.create({ clock: clock.read, ...options }) };
}

export const boom = (): never => {
  throw new Error('boom');
};
