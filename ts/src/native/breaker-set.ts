import { BREAKER_LAYOUT, CLOSED, STATE_MASK } from './breaker-layout.js';
import { engineCall, type EngineAddonModule, loadEngineAddon } from './engine-addon.js';
import { allocateAligned, CACHE_LINE_BYTES, loadMarketAddon } from './market-addon.js';

/** Places of the call area; the same constants stand in native/rust/binding/src/breakers.rs. */
const COMPONENT = 0;
const NOW_MS = 1;
const CONFIDENT = 2;
const STAY = 3;
const OUTCOME = 4;
const TOOK_MS = 5;
const REASON = 8;
const STATE = 9;
const OPEN_COMPONENT = 10;
const RETRY_AFTER_MS = 11;
const CHANGES = 12;

export const OUTCOMES = { success: 0, failure: 1, ignored: 2 } as const;

/** What is known of a component, as native code tells it; times are milliseconds since the origin. */
export interface NativeComponent {
  readonly index: number;
  readonly name: string;
  readonly state: 'closed' | 'open' | 'half_open';
  readonly held: boolean;
  readonly enteredMs: number;
  readonly calls: number;
  readonly failures: number;
  readonly confident: boolean;
  readonly exceeded: boolean;
  readonly admitted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly slow: number;
  readonly ignored: number;
  readonly late: number;
  readonly trips: number;
  readonly refused: readonly [number, number, number, number, number];
  readonly lastFailureMs: number | null;
  readonly lastAttemptMs: number | null;
}

export interface NativeChange {
  readonly whose: 'component' | 'dependant' | 'global';
  readonly index: number;
  readonly from: NativeComponent['state'];
  readonly to: NativeComponent['state'];
  readonly cause: string;
  readonly atMs: number;
}

type NativeBreakers = InstanceType<EngineAddonModule['NativeBreakers']>;

/** The breakers of one block of shared memory, as one thread reaches them. */
export class BreakerSet {
  /** To be handed to another thread, which attaches to it. */
  readonly memory: Uint8Array;
  readonly #words: Int32Array;
  readonly #calls: Float64Array;
  readonly #native: NativeBreakers;
  readonly #acquire: () => void;
  readonly #permits: () => void;
  readonly #settle: () => void;

  constructor(
    begin: { readonly defaults: object; readonly rule: object } | { readonly memory: Uint8Array },
    nowMs: number,
  ) {
    const market = loadMarketAddon();
    this.memory = 'memory' in begin ? begin.memory : allocateAligned(market, BREAKER_LAYOUT.bytes);
    const calls = allocateAligned(market, 2 * CACHE_LINE_BYTES);
    const { buffer, byteOffset, byteLength } = this.memory;
    this.#words = new Int32Array(buffer, byteOffset, byteLength / 4);
    this.#calls = new Float64Array(calls.buffer, calls.byteOffset, BREAKER_LAYOUT.callDoubles);
    const [defaults, rule] =
      'memory' in begin ? [] : [JSON.stringify(begin.defaults), JSON.stringify(begin.rule)];
    this.#native = engineCall(
      () => new (loadEngineAddon().NativeBreakers)(this.memory, calls, defaults, rule, nowMs),
    );
    this.#acquire = this.#native.acquireFunction();
    this.#permits = this.#native.permitsFunction();
    this.#settle = this.#native.settleFunction();
  }

  /** The instant in milliseconds from which native times are counted. */
  get originMs(): number {
    const low = Atomics.load(this.#words, BREAKER_LAYOUT.originMs) >>> 0;
    return Atomics.load(this.#words, BREAKER_LAYOUT.originMs + 1) * 2 ** 32 + low;
  }

  /** Tells, by two reads and without a call, that a component and everything else is closed. */
  isSettled(component: number): boolean {
    const state = BREAKER_LAYOUT.firstState + component * BREAKER_LAYOUT.stateStride;
    return (
      (Atomics.load(this.#words, state) & STATE_MASK) === CLOSED &&
      Atomics.load(this.#words, BREAKER_LAYOUT.unsettled) === 0
    );
  }

  /** 0 closed, 1 open, 2 half open. */
  stateOf(component: number): number {
    const state = BREAKER_LAYOUT.firstState + component * BREAKER_LAYOUT.stateStride;
    return Atomics.load(this.#words, state) & STATE_MASK;
  }

  /** Asks for a pass; after `true` the stay is there, after `false` the refusal. */
  acquire(component: number, nowMs: number, confident: boolean): boolean {
    this.#calls[COMPONENT] = component;
    this.#calls[NOW_MS] = nowMs;
    this.#calls[CONFIDENT] = confident ? 1 : 0;
    this.#acquire();
    return this.#calls[REASON] === 0;
  }

  /** Asks whether a call would pass. */
  permits(component: number, nowMs: number): boolean {
    this.#calls[COMPONENT] = component;
    this.#calls[NOW_MS] = nowMs;
    this.#permits();
    return this.#calls[REASON] === 0;
  }

  /** Counts the outcome of a call that passed. */
  settle(component: number, stay: number, outcome: number, tookMs: number, nowMs: number): void {
    this.#calls[COMPONENT] = component;
    this.#calls[NOW_MS] = nowMs;
    this.#calls[STAY] = stay;
    this.#calls[OUTCOME] = outcome;
    this.#calls[TOOK_MS] = tookMs;
    this.#settle();
  }

  /** The stay during which the last pass was given. */
  get stay(): number {
    return this.#calls[STAY] ?? 0;
  }

  /** The last refusal: its reason's number, the breaker's state, the open component and the wait (-1 for none). */
  get refusal(): {
    readonly reason: number;
    readonly state: number;
    readonly by: number;
    readonly retryAfterMs: number;
  } {
    return {
      reason: this.#calls[REASON] ?? 1,
      state: this.#calls[STATE] ?? 1,
      by: this.#calls[OPEN_COMPONENT] ?? -1,
      retryAfterMs: this.#calls[RETRY_AFTER_MS] ?? -1,
    };
  }

  get hasChanges(): boolean {
    return this.#calls[CHANGES] !== 0;
  }

  takeChanges(): readonly NativeChange[] {
    this.#calls[CHANGES] = 0;
    return JSON.parse(this.#native.takeChanges()) as readonly NativeChange[];
  }

  component(name: string): number {
    return engineCall(() => this.#native.component(name));
  }

  declare(name: string, spec: object): number {
    return engineCall(() => this.#native.declare(name, JSON.stringify(spec)));
  }

  setSettings(component: number | undefined, settings: object): void {
    engineCall(() => this.#native.setSettings(component, JSON.stringify(settings)));
  }

  overrideState(component: number, action: number, nowMs: number): boolean {
    return engineCall(() => this.#native.overrideState(component, action, nowMs));
  }

  forbidOverrides(forbidden: boolean): void {
    this.#native.forbidOverrides(forbidden);
  }

  isGlobalOpen(nowMs: number): boolean {
    return this.#native.isGlobalOpen(nowMs);
  }

  snapshot(nowMs: number): readonly NativeComponent[] {
    return JSON.parse(engineCall(() => this.#native.snapshot(nowMs))) as readonly NativeComponent[];
  }
}
