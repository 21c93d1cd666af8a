import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import { BreakerSet, type NativeChange } from '../native/breaker-set.js';
import { Breaker, type BreakerHome } from './breaker.js';
import { type BreakerMetrics, metricsOf, prometheusText } from './breaker-metrics.js';
import {
  authorizeOverride,
  OVERRIDE_ACTIONS,
  type OverrideAuthority,
  type OverrideRequest,
} from './breaker-override.js';
import {
  type BreakerOptions,
  breakerSettings,
  type ComponentOptions,
  componentSpec,
  type GlobalCircuitOptions,
  globalRule,
} from './breaker-settings.js';
import { type Listener, ListenerFailures, Listeners } from './listeners.js';
import { monotonicMs } from './monotonic-clock.js';
import type { Permission } from './refusal.js';
import { type StateChange, StateLog } from './state-log.js';

const CHANGES_MAX = 1_000;

/** What a thread brings along, whether it begins or joins. */
export interface BreakersContext {
  /** Milliseconds since 1970 that never go back; the machine's monotonic clock unless given. */
  readonly clock?: () => number;
  /** Who decides about manual overrides; without one there are none. */
  readonly authority?: OverrideAuthority;
}

/** What kind of call goes to a component. */
export type CallKind =
  'external_api' | 'exchange' | 'database' | 'data_api' | 'llm' | 'model_server' | 'internal';

export interface BreakersOptions extends BreakersContext {
  /** Thresholds of every component without its own. */
  readonly defaults?: BreakerOptions;
  /** Components that are known beforehand; every other one is made when it is first used. */
  readonly components?: Readonly<Record<string, ComponentOptions>>;
  /** Thresholds by kind of call, for components that are first used with a kind. */
  readonly kinds?: Partial<Readonly<Record<CallKind, BreakerOptions>>>;
  /** When the circuit over all components opens, beside a critical one that does. */
  readonly global?: GlobalCircuitOptions;
}

/** What happens to breakers, by the name under which it is listened to. */
export interface BreakersEvents {
  readonly change: StateChange;
  readonly globalOpen: StateChange;
  readonly globalClose: StateChange;
}

/**
 * The circuit breakers of a process, in memory that its threads share.
 *
 * @example
 * const breakers = Breakers.create({ defaults: { failures: 5, cooldownMs: 10_000 } });
 * const book = await breakers.component('binance').run(() => fetchBook('BTCUSDT'), { timeoutMs: 2_000 });
 */
export class Breakers {
  readonly #set: BreakerSet;
  readonly #home: BreakerHome;
  readonly #nowMs: () => number;
  readonly #authority: OverrideAuthority | undefined;
  readonly #byName = new Map<string, Breaker>();
  readonly #names: string[] = [];
  readonly #failures = new ListenerFailures();
  readonly #listeners = new Listeners<BreakersEvents>(this.#failures);
  readonly #log = new StateLog(CHANGES_MAX);
  #defaults: BreakerOptions = {};
  #kinds: NonNullable<BreakersOptions['kinds']> = {};

  private constructor(set: BreakerSet, nowMs: () => number, authority?: OverrideAuthority) {
    this.#set = set;
    this.#nowMs = nowMs;
    this.#authority = authority;
    this.#home = {
      set,
      nowMs,
      failures: this.#failures,
      nameOf: (component) => this.#nameOf(component),
      tellChanges: () => this.#tellChanges(),
    };
  }

  /** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
  static create(options: BreakersOptions = {}): Breakers {
    const { clock = monotonicMs, authority, defaults = {}, components = {}, global = {} } = options;
    const begin = { defaults: breakerSettings(defaults), rule: globalRule(global) };
    const breakers = new Breakers(new BreakerSet(begin, clock()), clock, authority);
    breakers.#defaults = defaults;
    breakers.#kinds = options.kinds ?? {};
    for (const kind of Object.values(breakers.#kinds)) breakerSettings({ ...defaults, ...kind });
    for (const [name, component] of Object.entries(components)) breakers.declare(name, component);
    return breakers;
  }

  /**
   * Joins the breakers of another thread, whose `memory` was sent here.
   *
   * @throws HoldfastError `ARGUMENT_INVALID`
   */
  static attach(
    memory: Uint8Array,
    { clock = monotonicMs, authority }: BreakersContext = {},
  ): Breakers {
    const isShared = memory.buffer instanceof SharedArrayBuffer;
    if (!isShared || memory.byteOffset % 4 !== 0 || memory.byteLength % 64 !== 0) {
      throw new HoldfastError('ARGUMENT_INVALID', 'memory must be that of Breakers, and shared');
    }
    return new Breakers(new BreakerSet({ memory }, clock()), clock, authority);
  }

  /** To be sent to a worker thread, which attaches to it. */
  get memory(): Uint8Array {
    return this.#set.memory;
  }

  /**
   * Returns the breaker of a component, which is made on first use: with the thresholds of its kind of call when that has
   * some, and the shared ones otherwise.
   *
   * @throws HoldfastError `CONFIG_INVALID` for a name that is none, `CAPACITY_EXHAUSTED` beyond 256 components
   */
  component(name: string, kind?: CallKind): Breaker {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const own = kind === undefined ? undefined : this.#kinds[kind];
    // Another thread may have made it, and then decided about its thresholds.
    const isFresh = own !== undefined && !this.#isRegistered(name);
    const index = this.#set.component(name);
    if (isFresh) this.#set.setSettings(index, breakerSettings({ ...this.#defaults, ...own }));
    return this.#adopt(name, index);
  }

  /**
   * Tells whether a component may be called, and its state (CB-11); it is made when it is asked for first.
   *
   * @throws HoldfastError `CONFIG_INVALID`, `CAPACITY_EXHAUSTED`
   */
  permission(component: string, kind?: CallKind): Permission {
    return this.component(component, kind).permission();
  }

  /**
   * Declares what a component depends on, and its thresholds.
   *
   * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `CAPACITY_EXHAUSTED`
   */
  declare(name: string, options: ComponentOptions): Breaker {
    const index = this.#set.declare(name, componentSpec(options, this.#defaults));
    return this.#byName.get(name) ?? this.#adopt(name, index);
  }

  /**
   * Changes thresholds while calls go on: of one component, or of all that have none of their own.
   *
   * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `CIRCUIT_RELOAD_CONFLICT`
   */
  reload(options: BreakerOptions, component?: string): void {
    const settings = breakerSettings(options);
    const index = component === undefined ? undefined : this.#set.component(component);
    this.#set.setSettings(index, settings);
    if (component === undefined) this.#defaults = options;
  }

  /** Whether so much is down that no component may be called. */
  get isGlobalOpen(): boolean {
    const isOpen = this.#set.isGlobalOpen(this.#nowMs());
    this.#tellChanges();
    return isOpen;
  }

  /**
   * Overrides a breaker by hand, once that is authorised and recorded. Returns whether it changed anything.
   *
   * @throws HoldfastError `CIRCUIT_OVERRIDE_DENIED`, `CIRCUIT_OVERRIDE_FORBIDDEN`
   */
  override(request: OverrideRequest): boolean {
    const nowMs = this.#nowMs();
    authorizeOverride(this.#authority, request, nowMs);
    const component = this.#set.component(request.component);
    const action = OVERRIDE_ACTIONS.indexOf(request.action);
    try {
      return this.#set.overrideState(component, action, nowMs);
    } catch (error) {
      if (isHoldfastError(error) && error.code === 'CIRCUIT_OVERRIDE_FORBIDDEN') {
        this.#authority?.record({ ...request, outcome: 'forbidden', atMs: nowMs });
      }
      throw error;
    } finally {
      this.#tellChanges();
    }
  }

  /** Forbids manual overrides in all threads, as a discipline profile does, or allows them again. */
  forbidOverrides(forbidden: boolean): void {
    this.#set.forbidOverrides(forbidden);
  }

  /** Listens to changes of any state made by this thread, and returns what ends that. */
  on<Name extends keyof BreakersEvents>(
    name: Name,
    listener: Listener<BreakersEvents[Name]>,
  ): () => void {
    return this.#listeners.add(name, listener);
  }

  /** The latest 1,000 changes of state made by this thread, oldest first. */
  get changes(): readonly StateChange[] {
    return this.#log.toArray();
  }

  /** How many listeners have failed, and with what the last one did. */
  get listenerFailures(): { readonly count: number; readonly last: unknown } {
    return { count: this.#failures.count, last: this.#failures.last };
  }

  /** What is known of every component, of all threads. */
  metrics(): readonly BreakerMetrics[] {
    const { originMs } = this.#set;
    return this.#set.snapshot(this.#nowMs()).map((native) => metricsOf(native, originMs));
  }

  /** The metrics in the text format of Prometheus. */
  prometheus(): string {
    return prometheusText(this.metrics(), {
      isGlobalOpen: this.isGlobalOpen,
      changes: this.#log.count,
      listenerFailures: this.#failures.count,
    });
  }

  #adopt(name: string, index: number): Breaker {
    const breaker = new Breaker(name, index, this.#home);
    this.#byName.set(name, breaker);
    this.#names[index] = name;
    return breaker;
  }

  #isRegistered(name: string): boolean {
    return this.#set.snapshot(this.#nowMs()).some((native) => native.name === name);
  }

  /** Another thread may have made the component. */
  #nameOf(component: number): string {
    const known = this.#names[component];
    if (known !== undefined) return known;
    const found = this.#set.snapshot(this.#nowMs()).find(({ index }) => index === component);
    return found === undefined ? `#${component}` : this.component(found.name).name;
  }

  #tellChanges(): void {
    const { originMs } = this.#set;
    for (const native of this.#set.takeChanges()) this.#tell(native, originMs);
  }

  #tell({ whose, index, from, to, cause, atMs }: NativeChange, originMs: number): void {
    const component = whose === 'global' ? '*' : this.#nameOf(index);
    const change = { whose, component, from, to, cause, atMs: originMs + atMs };
    this.#log.add(change);
    if (whose === 'global') {
      this.#listeners.emit(to === 'open' ? 'globalOpen' : 'globalClose', change);
    } else this.#byName.get(component)?.emitChange(change);
    this.#listeners.emit('change', change);
  }
}
