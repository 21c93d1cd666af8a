import { z } from 'zod';

import type { Breaker } from '../breaker/breaker.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { FeeSchedule, type FeeScheduleOptions } from './fee-schedule.js';
import { notSupported } from './venue-schedules.js';

/** How often a live schedule is loaded again (FEE-08). */
export const REFRESH_MS = 60_000;
/** Beyond this age a live schedule is never used (FEE-08). */
export const AGE_MS_MAX = 300_000;

const loadedSchema = z.custom<FeeScheduleOptions>(
  (value) => typeof value === 'object' && value !== null,
);

/** Loads the schedule of an account from its venue; what it gives is checked. */
export type FeeLoader = (signal: AbortSignal) => Promise<unknown>;

export interface FeeBookOptions {
  /** Milliseconds, by a clock that never goes back. */
  readonly clock: () => number;
  /** Longest time that a loader may take. */
  readonly timeoutMs?: number;
}

interface Entry {
  schedule: FeeSchedule | undefined;
  loadedMs: number;
  /** What makes it live; undefined for dated figures. */
  readonly source: { readonly load: FeeLoader; readonly breaker: Breaker } | undefined;
  pending: Promise<void> | undefined;
  lastError: unknown;
}

/** How a schedule of the book stands. */
export interface FeeBookStatus {
  readonly name: string;
  readonly isLive: boolean;
  readonly ageMs: number | undefined;
  readonly lastError: unknown;
}

/**
 * Fee schedules by name: dated ones, and live ones that are loaded again every minute and refused when they are older than
 * five.
 *
 * @example
 * const book = new FeeBook({ clock: Date.now });
 * book.addDated(venueSchedule('kraken-spot'));
 * book.addLive('binance-account', loadAccountFees, breakers.component('binance'));
 * setInterval(() => void book.refresh(), REFRESH_MS);
 * book.schedule('binance-account').rates({ tier: 'VIP 1' });
 */
export class FeeBook {
  readonly #clock: () => number;
  readonly #timeoutMs: number;
  readonly #entries = new Map<string, Entry>();
  #hits = 0;
  #misses = 0;

  constructor({ clock, timeoutMs = 10_000 }: FeeBookOptions) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Adds figures that have a date and no age; an older one of the same name gives way. */
  addDated(schedule: FeeSchedule): void {
    const loadedMs = this.#clock();
    this.#entries.set(schedule.name, {
      schedule,
      loadedMs,
      source: undefined,
      pending: undefined,
      lastError: undefined,
    });
  }

  /** Adds a schedule that is loaded through a breaker; it is there after the first refresh. */
  addLive(name: string, load: FeeLoader, breaker: Breaker): void {
    this.#entries.set(name, {
      schedule: undefined,
      loadedMs: 0,
      source: { load, breaker },
      pending: undefined,
      lastError: undefined,
    });
  }

  /**
   * Loads every live schedule that is due; to be called once a refresh period or more often. What fails leaves the schedule
   * as it was, to grow old. Returns the names of those that failed.
   */
  async refresh(): Promise<readonly string[]> {
    const due = [...this.#entries].filter(([, entry]) => this.#isDue(entry));
    await Promise.all(due.map(async ([name, entry]) => await this.#load(name, entry)));
    return due.filter(([, { lastError }]) => lastError !== undefined).map(([name]) => name);
  }

  /**
   * Returns a schedule that may be used.
   *
   * @throws HoldfastError `EXCHANGE_NOT_SUPPORTED`, `FEE_DATA_STALE`
   */
  schedule(name: string): FeeSchedule {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw notSupported(name, [...this.#entries.keys()]);
    const ageMs = this.#clock() - entry.loadedMs;
    const isUsable = entry.source === undefined || (ageMs >= 0 && ageMs <= AGE_MS_MAX);
    if (entry.schedule !== undefined && isUsable) {
      this.#hits += 1;
      return entry.schedule;
    }
    this.#misses += 1;
    const age = entry.schedule === undefined ? 'never loaded' : `${ageMs} ms old`;
    throw new HoldfastError(
      'FEE_DATA_STALE',
      `fees of ${name} must be at most ${AGE_MS_MAX} ms old, were ${age}`,
      {
        context: {
          name,
          ageMs: entry.schedule === undefined ? null : ageMs,
          ageMsMax: AGE_MS_MAX,
        },
        cause: entry.lastError,
      },
    );
  }

  status(): readonly FeeBookStatus[] {
    const nowMs = this.#clock();
    return [...this.#entries].map(([name, { schedule, loadedMs, source, lastError }]) => ({
      name,
      isLive: source !== undefined,
      ageMs: schedule === undefined || source === undefined ? undefined : nowMs - loadedMs,
      lastError,
    }));
  }

  /** Share of look-ups that found a schedule fresh enough; NaN before the first. */
  get hitRate(): number {
    return this.#hits / (this.#hits + this.#misses);
  }

  #isDue({ source, schedule, loadedMs, pending }: Entry): boolean {
    if (source === undefined || pending !== undefined) return false;
    return schedule === undefined || this.#clock() - loadedMs >= REFRESH_MS;
  }

  async #load(name: string, entry: Entry): Promise<void> {
    entry.pending = this.#loadThroughBreaker(name, entry);
    try {
      await entry.pending;
      entry.lastError = undefined;
    } catch (error) {
      entry.lastError = error;
    } finally {
      entry.pending = undefined;
    }
  }

  async #loadThroughBreaker(name: string, entry: Entry): Promise<void> {
    if (entry.source === undefined) return;
    const { load, breaker } = entry.source;
    // The age counts from the question: the answer may have waited on its way.
    const askedMs = this.#clock();
    entry.schedule = await breaker.run(
      async (signal) => {
        const loaded = loadedSchema.safeParse(await load(signal));
        if (loaded.success) return FeeSchedule.create(loaded.data);
        throw new HoldfastError('FEE_SCHEDULE_INVALID', `the loader of ${name} gave no object`);
      },
      { timeoutMs: this.#timeoutMs },
    );
    entry.loadedMs = askedMs;
  }
}
