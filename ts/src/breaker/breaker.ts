import { isHoldfastError } from '../core/holdfast-error.js';
import { type BreakerSet, OUTCOMES } from '../native/breaker-set.js';
import { CallGuard, type OutcomeSink } from './call-guard.js';
import { type Deadline, hasDeadline, NEVER_ABORTED, withDeadline } from './deadline.js';
import { type Listener, type ListenerFailures, Listeners } from './listeners.js';
import {
  BREAKER_STATES,
  type BreakerState,
  isRefusal,
  type Permission,
  permissionOf,
  refusalError,
} from './refusal.js';
import type { StateChange } from './state-log.js';

/** What a call through a breaker may ask for beside its operation. */
export interface BreakerCallOptions<Result> extends Deadline {
  /** Whether the call passes only when the window holds its minimum of calls, so that "closed" means something. */
  readonly confident?: boolean | undefined;
  /** Which errors are failures of the component; all unless given, save refusals of breakers. */
  readonly failsOn?: ((error: unknown) => boolean) | undefined;
  /** Which results are failures of the component, such as a status of 500; none unless given. */
  readonly failsWith?: ((result: Result) => boolean) | undefined;
  /** Gives a result in place of a refusal or an error. */
  readonly fallback?: ((error: unknown) => Result | Promise<Result>) | undefined;
}

/** What happens at a breaker, by the name under which it is listened to. */
export interface BreakerEvents {
  readonly open: StateChange;
  readonly halfOpen: StateChange;
  readonly close: StateChange;
  /** A component that this one depends on opened, or may be tried again. */
  readonly blocked: StateChange;
  readonly unblocked: StateChange;
  readonly success: { readonly component: string; readonly tookMs: number };
  readonly failure: {
    readonly component: string;
    readonly tookMs: number;
    readonly error: unknown;
  };
  readonly timeout: { readonly component: string; readonly error: unknown };
  readonly reject: { readonly component: string; readonly permission: Permission };
  readonly fallback: { readonly component: string; readonly error: unknown };
}

/** What the breakers of one memory share. */
export interface BreakerHome {
  readonly set: BreakerSet;
  readonly nowMs: () => number;
  readonly failures: ListenerFailures;
  nameOf(component: number): string;
  /** Tells the changes of state that the last call made. */
  tellChanges(): void;
}

const ALLOWED: Permission = { allowed: true, state: 'closed' };

/** The breaker of one component. Made by {@link Breakers.component}. */
export class Breaker implements OutcomeSink {
  readonly name: string;
  readonly #index: number;
  readonly #home: BreakerHome;
  readonly #listeners: Listeners<BreakerEvents>;

  constructor(name: string, index: number, home: BreakerHome) {
    this.name = name;
    this.#index = index;
    this.#home = home;
    this.#listeners = new Listeners(home.failures);
  }

  /** The breaker's own state; a closed one may be kept from calls by another component. */
  get state(): BreakerState {
    return BREAKER_STATES[this.#home.set.stateOf(this.#index)] ?? 'open';
  }

  /** Tells whether a call would pass. It takes no trial, so a call may still be refused: `run` and `acquire` decide. */
  allowRequest(): boolean {
    const { set, nowMs } = this.#home;
    if (set.isSettled(this.#index)) return true;
    return set.permits(this.#index, nowMs());
  }

  /** Tells whether a call would pass, and if not, why. */
  permission(): Permission {
    const { set, nowMs } = this.#home;
    if (set.isSettled(this.#index)) return ALLOWED;
    const allowed = set.permits(this.#index, nowMs());
    if (allowed) return { allowed, state: this.state };
    return permissionOf(set.refusal, (component) => this.#home.nameOf(component));
  }

  /**
   * Asks for a pass, and gives the guard that owes its outcome.
   *
   * @throws HoldfastError `CIRCUIT_OPEN`, `CIRCUIT_HALF_OPEN_EXHAUSTED`, `CIRCUIT_GLOBAL_OPEN`, `CIRCUIT_DEPENDENCY_OPEN`,
   * `CIRCUIT_MIN_CALLS_NOT_MET`
   */
  acquire(options: { readonly confident?: boolean | undefined } = {}): CallGuard {
    const startedMs = this.#home.nowMs();
    return new CallGuard(this, this.#pass(startedMs, options.confident === true), startedMs);
  }

  /**
   * Runs an operation through the breaker and gives its result. The operation's signal is aborted at its deadline.
   *
   * @throws HoldfastError as {@link acquire}, and `CIRCUIT_TIMEOUT`; what the operation throws
   */
  run<Result>(
    operation: (signal: AbortSignal) => Result | Promise<Result>,
    options: BreakerCallOptions<Result> = {},
  ): Promise<Result> {
    // One promise a call: what is awaited twice costs twice.
    const call = this.#call(operation, options);
    return options.fallback === undefined ? call : this.#orElse(call, options.fallback);
  }

  /**
   * Runs an operation that gives its result at once.
   *
   * @throws HoldfastError as {@link acquire}; what the operation throws
   */
  runSync<Result>(
    operation: () => Result,
    options: Pick<BreakerCallOptions<Result>, 'confident' | 'failsOn' | 'failsWith'> = {},
  ): Result {
    const startedMs = this.#home.nowMs();
    const stay = this.#pass(startedMs, options.confident === true);
    let result: Result;
    try {
      result = operation();
    } catch (error) {
      this.#fail(stay, startedMs, error, options.failsOn);
      throw error;
    }
    this.#succeed(stay, startedMs, result, options.failsWith);
    return result;
  }

  /** Gives a function that runs another one through the breaker, with the same arguments. */
  wrap<Arguments extends readonly unknown[], Result>(
    operation: (...args: Arguments) => Result | Promise<Result>,
    options: BreakerCallOptions<Result> = {},
  ): (...args: Arguments) => Promise<Result> {
    return async (...args) => await this.run(() => operation(...args), options);
  }

  /** Listens to what happens here, in this thread, and returns what ends that. */
  on<Name extends keyof BreakerEvents>(
    name: Name,
    listener: Listener<BreakerEvents[Name]>,
  ): () => void {
    return this.#listeners.add(name, listener);
  }

  /** Counts the outcome of a call; guards call it. */
  finish(stay: number, startedMs: number, outcome: number, error?: unknown): void {
    const { set } = this.#home;
    const nowMs = this.#home.nowMs();
    const tookMs = Math.max(0, nowMs - startedMs);
    set.settle(this.#index, stay, outcome, tookMs, nowMs);
    if (set.hasChanges) this.#home.tellChanges();
    if (outcome === OUTCOMES.success && this.#listeners.hears('success')) {
      this.#listeners.emit('success', { component: this.name, tookMs });
    } else if (outcome === OUTCOMES.failure && this.#listeners.hears('failure')) {
      this.#listeners.emit('failure', { component: this.name, tookMs, error });
    }
  }

  /** Tells a change of this component's state. */
  emitChange(change: StateChange): void {
    if (change.whose === 'dependant') {
      this.#listeners.emit(change.to === 'open' ? 'blocked' : 'unblocked', change);
    } else if (change.to === 'open') this.#listeners.emit('open', change);
    else this.#listeners.emit(change.to === 'closed' ? 'close' : 'halfOpen', change);
  }

  #pass(nowMs: number, confident: boolean): number {
    const { set } = this.#home;
    const isAdmitted = set.acquire(this.#index, nowMs, confident);
    const { stay } = set;
    if (isAdmitted) {
      if (set.hasChanges) this.#home.tellChanges();
      return stay;
    }
    const permission = permissionOf(set.refusal, (component) => this.#home.nameOf(component));
    if (set.hasChanges) this.#home.tellChanges();
    this.#listeners.emit('reject', { component: this.name, permission });
    throw refusalError(this.name, permission);
  }

  async #orElse<Result>(
    call: Promise<Result>,
    fallback: (error: unknown) => Result | Promise<Result>,
  ): Promise<Result> {
    try {
      return await call;
    } catch (error) {
      this.#listeners.emit('fallback', { component: this.name, error });
      return await fallback(error);
    }
  }

  async #call<Result>(
    operation: (signal: AbortSignal) => Result | Promise<Result>,
    options: BreakerCallOptions<Result>,
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    const startedMs = this.#home.nowMs();
    const stay = this.#pass(startedMs, options.confident === true);
    let result: Result;
    try {
      result = hasDeadline(options)
        ? await withDeadline(this.name, operation, options)
        : await operation(NEVER_ABORTED);
    } catch (error) {
      if (options.signal?.aborted === true && error === options.signal.reason) {
        this.finish(stay, startedMs, OUTCOMES.ignored);
      } else {
        this.#fail(stay, startedMs, error, options.failsOn);
      }
      throw error;
    }
    this.#succeed(stay, startedMs, result, options.failsWith);
    return result;
  }

  #succeed<Result>(
    stay: number,
    startedMs: number,
    result: Result,
    failsWith: ((result: Result) => boolean) | undefined,
  ): void {
    const isFailure = failsWith !== undefined && this.#judge(failsWith, result);
    this.finish(stay, startedMs, isFailure ? OUTCOMES.failure : OUTCOMES.success);
  }

  #fail(
    stay: number,
    startedMs: number,
    error: unknown,
    failsOn: ((error: unknown) => boolean) | undefined,
  ): void {
    const isTimeout = isHoldfastError(error) && error.code === 'CIRCUIT_TIMEOUT';
    const isFailure =
      isTimeout || (failsOn === undefined ? !isRefusal(error) : this.#judge(failsOn, error));
    this.finish(stay, startedMs, isFailure ? OUTCOMES.failure : OUTCOMES.ignored, error);
    if (isTimeout) this.#listeners.emit('timeout', { component: this.name, error });
  }

  /** A predicate that throws has found something unexpected, which is a failure. */
  #judge<Value>(predicate: (value: Value) => boolean, value: Value): boolean {
    try {
      return predicate(value);
    } catch (error) {
      this.#home.failures.note(error);
      return true;
    }
  }
}
