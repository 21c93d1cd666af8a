import { CODES } from '../../core/codes.generated.js';
import { CONTROL_CODES, type ControlCode } from '../../core/controls.generated.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { GateMemory } from '../../native/gate-memory.js';
import type { ControlCoverage } from './gate-coverage.js';
import type { GateDenial } from './verdict.js';

/** A control that came near its limit with an order that passed. */
export type LimitNear = Pick<ControlCoverage, 'code' | 'limit' | 'observed' | 'usedFrac'>;

/** A control that denies every opening order from here on. */
export interface Trip {
  readonly code: ControlCode;
  readonly meaning: string;
  readonly remedy: string;
}

export interface GateEvents {
  /** An order was denied, or could not be judged; checks are not told. */
  readonly denied: GateDenial;
  /** With an allowed order a control came to 80 % of its limit or above it; told again when it was below meanwhile. */
  readonly 'limit-near': LimitNear;
  /** A control tripped; told again when it was reset meanwhile. */
  readonly tripped: Trip;
}

const MODE_BIT = 1n << BigInt(CONTROL_CODES.indexOf('TRADING_MODE_DENIED'));

type Listener<Event> = (event: Event) => void;
type Listeners = { readonly [Name in keyof GateEvents]: Listener<GateEvents[Name]>[] };

/** Tells listeners what a gate noticed. What they throw does not change what happened. */
export class GateAlerts {
  readonly #listeners: Listeners = { denied: [], 'limit-near': [], tripped: [] };
  #near = 0n;
  #tripped = 0n;

  /** Adds a listener; returns what takes it away. @throws HoldfastError `ARGUMENT_INVALID` for an event that is none */
  on<Name extends keyof GateEvents>(name: Name, listener: Listener<GateEvents[Name]>): () => void {
    if (!Object.hasOwn(this.#listeners, name) || typeof listener !== 'function') {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `a gate has the events ${Object.keys(this.#listeners).join(', ')}, was asked for ${name}`,
        { context: { event: name } },
      );
    }
    const listeners: Listener<GateEvents[Name]>[] = this.#listeners[name];
    listeners.push(listener);
    return () => {
      const place = listeners.indexOf(listener);
      if (place >= 0) listeners.splice(place, 1);
    };
  }

  denied(denial: GateDenial): void {
    tell(this.#listeners.denied, denial);
  }

  /** Looks whether an allowed order brought a control near its limit. */
  lookNear(memory: GateMemory, rowOf: (code: ControlCode) => LimitNear | undefined): void {
    if (!memory.hasNear && this.#near === 0n) return;
    const { near } = memory;
    const fresh = near & ~this.#near;
    this.#near = near;
    if (fresh === 0n || this.#listeners['limit-near'].length === 0) return;
    for (const code of codesOf(fresh)) {
      const row = rowOf(code);
      if (row !== undefined) tell(this.#listeners['limit-near'], row);
    }
  }

  /** Looks whether a control tripped. */
  lookTripped(memory: GateMemory): void {
    if (memory.hasTripped || this.#tripped !== 0n) this.#take(memory.tripped);
  }

  /** The trading mode was changed by hand. */
  modeChanged(isStrict: boolean): void {
    this.#take(isStrict ? this.#tripped | MODE_BIT : this.#tripped & ~MODE_BIT);
  }

  /** Takes the controls that have tripped as bits. */
  #take(bits: bigint): void {
    const fresh = bits & ~this.#tripped;
    this.#tripped = bits;
    for (const code of codesOf(fresh)) {
      const { meaning, remedy } = CODES[code];
      tell(this.#listeners.tripped, { code, meaning, remedy });
    }
  }
}

function codesOf(bits: bigint): readonly ControlCode[] {
  return CONTROL_CODES.filter((_, control) => ((bits >> BigInt(control)) & 1n) === 1n);
}

function tell<Event>(listeners: readonly Listener<Event>[], event: Event): void {
  for (const listener of [...listeners]) {
    try {
      listener(event);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
