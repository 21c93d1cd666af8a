import type { Code } from '../core/codes.generated.js';
import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';

export type BreakerState = 'closed' | 'open' | 'half_open';

export const BREAKER_STATES: readonly BreakerState[] = ['closed', 'open', 'half_open'];

/** The answer to the question whether a component may be called. */
export interface Permission {
  readonly allowed: boolean;
  /** The breaker's own state. */
  readonly state: BreakerState;
  /** Why not. */
  readonly code?: Code;
  /** The component that is open, when it is one that this one depends on. */
  readonly openComponent?: string;
  /** Milliseconds after which it is worth asking again, when that is known. */
  readonly retryAfterMs?: number;
}

/** Codes by the number of the reason in native code. */
const CODES_OF_REASONS: readonly Code[] = [
  'CIRCUIT_OPEN',
  'CIRCUIT_OPEN',
  'CIRCUIT_HALF_OPEN_EXHAUSTED',
  'CIRCUIT_GLOBAL_OPEN',
  'CIRCUIT_DEPENDENCY_OPEN',
  'CIRCUIT_MIN_CALLS_NOT_MET',
];

const REFUSALS: ReadonlySet<Code> = new Set([...CODES_OF_REASONS, 'CIRCUIT_TRADING_OPEN']);

/** Makes the answer of numbers that native code left; `nameOf` finds the name of a component. */
export function permissionOf(
  refusal: {
    readonly reason: number;
    readonly state: number;
    readonly by: number;
    readonly retryAfterMs: number;
  },
  nameOf: (component: number) => string,
): Permission {
  return {
    allowed: false,
    state: BREAKER_STATES[refusal.state] ?? 'open',
    code: CODES_OF_REASONS[refusal.reason] ?? 'CIRCUIT_OPEN',
    ...(refusal.by < 0 ? {} : { openComponent: nameOf(refusal.by) }),
    ...(refusal.retryAfterMs < 0 ? {} : { retryAfterMs: refusal.retryAfterMs }),
  };
}

const MESSAGES: Partial<Record<Code, (component: string, by: string) => string>> = {
  CIRCUIT_OPEN: (component) => `the circuit of ${component} must be closed, is open`,
  CIRCUIT_HALF_OPEN_EXHAUSTED: (component) =>
    `${component} is tried out, and its trial calls are all under way`,
  CIRCUIT_GLOBAL_OPEN: () => 'Global circuit open',
  CIRCUIT_DEPENDENCY_OPEN: (component, by) =>
    `${component} depends on ${by}, whose circuit is open`,
  CIRCUIT_MIN_CALLS_NOT_MET: (component) =>
    `the window of ${component} must hold its minimum of calls for a call that asks for confidence`,
};

/** The error of a call that was not made. */
export function refusalError(component: string, permission: Permission): HoldfastError {
  const { code = 'CIRCUIT_OPEN', state, openComponent, retryAfterMs } = permission;
  const message = MESSAGES[code]?.(component, openComponent ?? '') ?? `${component} was not called`;
  return new HoldfastError(code, message, {
    context: {
      component,
      state,
      ...(openComponent === undefined ? {} : { openComponent }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  });
}

/** Tells whether an error says that a call was not made, so that it is no news about the component. */
export function isRefusal(error: unknown): boolean {
  return isHoldfastError(error) && REFUSALS.has(error.code);
}
