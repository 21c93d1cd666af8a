import { HoldfastError } from '../core/holdfast-error.js';

/** What is done by hand: open and hold, close with counts of zero, or let a held breaker begin its cooldown. */
export type OverrideAction = 'force_open' | 'reset' | 'release';

export const OVERRIDE_ACTIONS: readonly OverrideAction[] = ['force_open', 'reset', 'release'];

export interface OverrideRequest {
  readonly component: string;
  readonly action: OverrideAction;
  /** Who asks. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
}

/** What is recorded of an override, before it takes place. */
export interface OverrideRecord extends OverrideRequest {
  readonly outcome: 'granted' | 'denied' | 'forbidden';
  readonly atMs: number;
}

/** Decides about overrides and keeps their records. Without one, no breaker can be overridden. */
export interface OverrideAuthority {
  /** Whether this actor may do this; anything but `true` is a no. */
  authorize(request: OverrideRequest): boolean;
  /** Keeps a record; when it throws, nothing is overridden. */
  record(record: OverrideRecord): void;
  /** Whether a discipline profile is in force that allows no override at all. */
  isForbidden?(): boolean;
}

function denied(request: OverrideRequest, why: string, cause?: unknown): HoldfastError {
  const { component, action, actor } = request;
  return new HoldfastError(
    'CIRCUIT_OVERRIDE_DENIED',
    `override ${action} of ${component} by ${actor} was denied: ${why}`,
    { context: { component, action, actor }, cause },
  );
}

function keep(authority: OverrideAuthority, record: OverrideRecord): void {
  try {
    authority.record(record);
  } catch (cause) {
    throw denied(record, 'it could not be recorded', cause);
  }
}

function isForbidden(authority: OverrideAuthority): boolean {
  try {
    return authority.isForbidden?.() ?? false;
  } catch {
    return true;
  }
}

function isAuthorized(authority: OverrideAuthority, request: OverrideRequest): boolean {
  try {
    const answer: unknown = authority.authorize(request);
    return answer === true;
  } catch {
    return false;
  }
}

/**
 * Lets an override pass that is complete, authorised and recorded.
 *
 * @throws HoldfastError `CIRCUIT_OVERRIDE_DENIED`, `CIRCUIT_OVERRIDE_FORBIDDEN`
 */
export function authorizeOverride(
  authority: OverrideAuthority | undefined,
  request: OverrideRequest,
  atMs: number,
): void {
  if (authority === undefined) throw denied(request, 'no authority was given');
  const { actor, reason, action } = request;
  if (actor.trim() === '' || reason.trim() === '' || !OVERRIDE_ACTIONS.includes(action)) {
    throw denied(request, 'it must name an action, an actor and a reason');
  }
  if (isForbidden(authority)) {
    keep(authority, { ...request, outcome: 'forbidden', atMs });
    throw new HoldfastError(
      'CIRCUIT_OVERRIDE_FORBIDDEN',
      'no breaker must be overridden under the discipline profile',
      { context: { component: request.component, action, actor } },
    );
  }
  if (!isAuthorized(authority, request)) {
    keep(authority, { ...request, outcome: 'denied', atMs });
    throw denied(request, 'the authority did not allow it');
  }
  keep(authority, { ...request, outcome: 'granted', atMs });
}
