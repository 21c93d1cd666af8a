import { HoldfastError } from '../../core/holdfast-error.js';
import type { NativeGate } from '../../native/native-gate.js';
import type { CapitalHolder, CapitalPlan } from '../capital-governor.js';
import { type LimitsOptions, limitsRecord, parseLimits } from '../limits.js';

/** By what right limits are loosened, and until when. */
export interface LimitsChangeOptions {
  /** The second key, whose hash stands in the limits: a loosening takes effect at once. */
  readonly key?: string;
  /** When a loosening ends by itself, milliseconds since 1970. */
  readonly untilMs?: number;
}

const NS_PER_MS = 1_000_000n;

/** The limits of a gate, which can be changed while it runs. */
export class GateLimits implements CapitalHolder {
  readonly #native: NativeGate;
  readonly #atCall: () => void;

  /** @param atCall sets the time of the next call */
  constructor(native: NativeGate, atCall: () => void) {
    this.#native = native;
    this.#atCall = atCall;
  }

  /** Fingerprint of the limits in force: it changes when they do. */
  get fingerprint(): string {
    return this.#native.limitsInForce();
  }

  /**
   * Puts other limits in force. What is stricter holds from the next order on; what is looser waits for the delay that the
   * limits in force name, or needs the second key.
   *
   * @throws HoldfastError `LIMITS_LOOSENING_DENIED`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY`; then nothing changes
   */
  change(limits: LimitsOptions, { key, untilMs }: LimitsChangeOptions = {}): void {
    const json = JSON.stringify(limitsRecord(parseLimits(limits)));
    if (untilMs !== undefined && !Number.isSafeInteger(untilMs)) {
      throw new HoldfastError('ARGUMENT_INVALID', `untilMs must be milliseconds, was ${untilMs}`, {
        context: { field: 'untilMs', value: String(untilMs) },
      });
    }
    const untilNs = untilMs === undefined ? undefined : BigInt(untilMs) * NS_PER_MS;
    this.#atCall();
    this.#native.changeLimits({ json, key, untilNs });
  }

  /**
   * Divides the capital among the strategies of the limits; `CapitalGovernor` makes the plans. What is taken away holds at
   * once, what is given follows the rules by which limits are loosened.
   *
   * @throws HoldfastError `LIMITS_CONTRADICTORY`, `LIMITS_INVALID`, `LIMITS_LOOSENING_DENIED`, `ACCOUNT_UNAVAILABLE` without equity
   */
  planCapital(plan: CapitalPlan, options: { readonly secondKey?: string } = {}): void {
    this.#atCall();
    this.#native.planCapital(JSON.stringify(plan), options.secondKey);
  }

  /** What each strategy of the limits may have at risk now, in the account's currency; nothing without a plan. */
  allocations(): readonly string[] {
    return this.#native.allocations();
  }
}
