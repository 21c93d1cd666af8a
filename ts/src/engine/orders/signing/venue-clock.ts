import { z } from 'zod';

import { HoldfastError } from '../../../core/holdfast-error.js';
import { parseConfig } from '../../../core/schema.js';
import { shownValue } from '../../../core/shown-value.js';
import { systemClock } from '../../../core/system-clock.js';

const NS_PER_MS = 1_000_000;
/** Samples among which the one with the shortest way is believed: the clock filter of RFC 5905, section 10. */
const SAMPLES_KEPT = 8;

const schema = z.strictObject({
  clock: z.custom<() => bigint>((value) => typeof value === 'function').default(() => systemClock),
  driftMsMax: z.number().positive().default(1_000),
  ageMsMax: z.number().positive().default(60_000),
});

export interface VenueClockOptions {
  /** The time in nanoseconds since 1970; the process's own when left out. */
  readonly clock?: () => bigint;
  /** Largest offset that is no fault of this machine's clock. Default 1000. */
  readonly driftMsMax?: number;
  /** Age at which a measurement says nothing any more. Default 60,000. */
  readonly ageMsMax?: number;
}

/** One question for a venue's time: when it was asked and answered here, and what the venue said. */
export interface TimeAnswer {
  readonly sentNs: bigint;
  readonly venueMs: number;
  readonly receivedNs: bigint;
}

/** How far a venue's clock is ahead of this one, in milliseconds. */
export interface ClockOffset {
  readonly offsetMs: number;
  /** Half of the way there and back: the offset is wrong by at most this. */
  readonly boundMs: number;
  readonly ageMs: number;
}

interface Sample {
  readonly offsetMs: number;
  readonly boundMs: number;
  readonly receivedNs: bigint;
}

/**
 * A venue's time by this machine's clock, from answers of the venue. It fails closed: without a fresh measurement, and with
 * a clock that is too far off, there is no time to put on a request.
 *
 * @example
 * const venueClock = new VenueClock();
 * const sentNs = systemClock();
 * const { serverTime } = await fetchServerTime();
 * venueClock.take({ sentNs, venueMs: serverTime, receivedNs: systemClock() });
 */
export class VenueClock {
  readonly #clock: () => bigint;
  readonly #driftMsMax: number;
  readonly #ageMsMax: number;
  #samples: readonly Sample[] = [];

  /** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
  constructor(options: VenueClockOptions = {}) {
    const parsed = parseConfig(schema, options, 'options', 'CONFIG_INVALID');
    this.#clock = parsed.clock;
    this.#driftMsMax = parsed.driftMsMax;
    this.#ageMsMax = parsed.ageMsMax;
  }

  /** @throws HoldfastError `TIMESTAMP_INVALID` for an answer before its question, or a time that is none */
  take({ sentNs, venueMs, receivedNs }: TimeAnswer): void {
    if (receivedNs < sentNs || !Number.isSafeInteger(venueMs) || venueMs <= 0) {
      throw new HoldfastError(
        'TIMESTAMP_INVALID',
        `a venue's time must be whole milliseconds, received after it was asked for, was ${shownValue(venueMs)}`,
        { context: { value: shownValue(venueMs) } },
      );
    }
    const wayMs = Number(receivedNs - sentNs) / NS_PER_MS;
    const middleMs = Number(sentNs) / NS_PER_MS + wayMs / 2;
    const sample = { offsetMs: venueMs - middleMs, boundMs: wayMs / 2, receivedNs };
    this.#samples = [...this.#samples, sample].slice(-SAMPLES_KEPT);
  }

  /** The offset by the fresh measurement with the shortest way. @throws HoldfastError `CLOCK_DRIFT_EXCEEDED` without one */
  offset(): ClockOffset {
    const nowNs = this.#clock();
    const ageMs = ({ receivedNs }: Sample) => Number(nowNs - receivedNs) / NS_PER_MS;
    const fresh = this.#samples.filter((sample) => {
      const age = ageMs(sample);
      return age >= 0 && age <= this.#ageMsMax;
    });
    const [first, ...others] = fresh;
    if (first === undefined) {
      const rule = `the venue's time must have been measured within ${this.#ageMsMax} ms, was not`;
      throw new HoldfastError('CLOCK_DRIFT_EXCEEDED', rule, {
        context: { ageMsMax: this.#ageMsMax },
      });
    }
    const best = others.reduce((kept, each) => (each.boundMs < kept.boundMs ? each : kept), first);
    return { offsetMs: best.offsetMs, boundMs: best.boundMs, ageMs: ageMs(best) };
  }

  /**
   * The venue's time now, whole milliseconds since 1970, for a request.
   *
   * @throws HoldfastError `CLOCK_DRIFT_EXCEEDED` when the offset is not known, too old, or with its bound beyond `driftMsMax`
   */
  timestampMs(): number {
    const { offsetMs, boundMs } = this.offset();
    if (Math.abs(offsetMs) + boundMs > this.#driftMsMax) {
      const drift = `${offsetMs.toFixed(1)} ± ${boundMs.toFixed(1)} ms`;
      throw new HoldfastError(
        'CLOCK_DRIFT_EXCEEDED',
        `the clock's offset must be within ${this.#driftMsMax} ms, was ${drift}`,
        { context: { offsetMs, boundMs, driftMsMax: this.#driftMsMax } },
      );
    }
    return Math.floor(Number(this.#clock()) / NS_PER_MS + offsetMs);
  }
}
