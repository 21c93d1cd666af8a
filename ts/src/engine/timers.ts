import { HoldfastError } from '../core/holdfast-error.js';
import type { TimerSchedule } from '../strategies/strategy-context.js';

/** Timers of one strategy. */
export const TIMERS_MAX = 64;

interface Timer {
  dueMs: number;
  readonly everyMs: number | null;
}

/** Timers in session time: they fire at the first bar that closes at or after they fall due. */
export class Timers {
  readonly #timers = new Map<string, Timer>();
  #nextDueMs = Number.POSITIVE_INFINITY;

  /** @throws HoldfastError `ARGUMENT_INVALID`, `CAPACITY_EXHAUSTED` */
  set(name: string, schedule: TimerSchedule, nowMs: number): void {
    const everyMs = 'everyMs' in schedule ? schedule.everyMs : null;
    const dueMs = 'everyMs' in schedule ? nowMs + schedule.everyMs : schedule.atMs;
    if (!Number.isFinite(dueMs) || (everyMs !== null && everyMs <= 0)) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `timer "${name}" must have a time in milliseconds`,
        {
          context: { name },
        },
      );
    }
    if (!this.#timers.has(name) && this.#timers.size >= TIMERS_MAX) {
      throw new HoldfastError('CAPACITY_EXHAUSTED', `timers must number at most ${TIMERS_MAX}`, {
        context: { capacity: TIMERS_MAX },
      });
    }
    this.#timers.set(name, { dueMs, everyMs });
    this.#refresh();
  }

  clear(name: string): void {
    this.#timers.delete(name);
    this.#refresh();
  }

  /** Names of the timers that are due, earliest first; a repeated one is due again at its next multiple. */
  due(nowMs: number): readonly string[] {
    if (nowMs < this.#nextDueMs) return [];
    const fired: [number, string][] = [];
    for (const [name, timer] of this.#timers) {
      if (timer.dueMs > nowMs) continue;
      fired.push([timer.dueMs, name]);
      if (timer.everyMs === null) this.#timers.delete(name);
      else timer.dueMs += timer.everyMs * (Math.floor((nowMs - timer.dueMs) / timer.everyMs) + 1);
    }
    this.#refresh();
    return fired.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
  }

  #refresh(): void {
    this.#nextDueMs = Math.min(
      Number.POSITIVE_INFINITY,
      ...[...this.#timers.values()].map((timer) => timer.dueMs),
    );
  }
}
