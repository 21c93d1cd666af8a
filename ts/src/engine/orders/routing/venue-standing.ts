import type { EngineEvent } from '../engine-event.js';
import type { VenueStandingView } from './route.js';

/** Outcomes of commands that are remembered of a venue. */
export const OUTCOMES_KEPT = 200;
/** Orders whose first answer is waited for; beyond it the oldest is forgotten. */
const WAITING_MAX = 65_536;
/** Weight of a new time in the smoothed one: that of the round-trip time in RFC 6298, section 2. */
const GAIN = 1 / 8;

/** How one venue answers: its smoothed time, and the last outcomes. */
class VenueStanding {
  #latencyMs: number | null = null;
  readonly #outcomes: boolean[] = [];
  #next = 0;
  #lost = 0;

  answeredIn(latencyMs: number): void {
    const before = this.#latencyMs;
    this.#latencyMs = before === null ? latencyMs : before + GAIN * (latencyMs - before);
    this.#note(false);
  }

  losesTrack(): void {
    this.#note(true);
  }

  get view(): VenueStandingView {
    const answered = this.#outcomes.length - this.#lost;
    return { latencyMs: this.#latencyMs, answered, lost: this.#lost };
  }

  #note(isLost: boolean): void {
    if (this.#outcomes[this.#next] === true) this.#lost -= 1;
    this.#outcomes[this.#next] = isLost;
    if (isLost) this.#lost += 1;
    this.#next = (this.#next + 1) % OUTCOMES_KEPT;
  }
}

interface Waiting {
  readonly venue: string;
  readonly sinceMs: number;
}

/**
 * Follows how venues answer placements, from the events of an engine: the time from the request to the first answer, and
 * which were left without one. Times are of the engine's clock, in whole milliseconds.
 */
export class VenueStandings {
  readonly #venues = new Map<string, VenueStanding>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #isInDoubt: (clientOrderId: number) => boolean;

  constructor(isInDoubt: (clientOrderId: number) => boolean) {
    this.#isInDoubt = isInDoubt;
  }

  of(venue: string): VenueStandingView {
    return this.#venue(venue).view;
  }

  take(event: EngineEvent): void {
    if (event.kind !== 'order') return;
    const { clientOrderId, status, tsMs, instrument } = event.order;
    const waiting = this.#waiting.get(clientOrderId);
    if (waiting === undefined) {
      if (status === 'submitted') this.#await(clientOrderId, instrument.venue, tsMs);
      return;
    }
    if (status === 'submitted' || status === 'initialized') {
      if (!this.#isInDoubt(clientOrderId)) return;
      this.#venue(waiting.venue).losesTrack();
    } else if (status !== 'denied') {
      // Whatever the venue says of the order is an answer; what the fuse denies never reached it.
      this.#venue(waiting.venue).answeredIn(tsMs - waiting.sinceMs);
    }
    this.#waiting.delete(clientOrderId);
  }

  #await(clientOrderId: number, venue: string, sinceMs: number): void {
    this.#waiting.set(clientOrderId, { venue, sinceMs });
    if (this.#waiting.size <= WAITING_MAX) return;
    for (const oldest of this.#waiting.keys()) {
      this.#waiting.delete(oldest);
      return;
    }
  }

  #venue(name: string): VenueStanding {
    const known = this.#venues.get(name);
    if (known !== undefined) return known;
    const fresh = new VenueStanding();
    this.#venues.set(name, fresh);
    return fresh;
  }
}
