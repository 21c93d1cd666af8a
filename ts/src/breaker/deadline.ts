import { HoldfastError } from '../core/holdfast-error.js';

/** How long a call may take, and who may give it up. */
export interface Deadline {
  /** Milliseconds after which the call counts as failed. */
  readonly timeoutMs?: number | undefined;
  /** Gives the call up: it says nothing about the component then. */
  readonly signal?: AbortSignal | undefined;
}

/** The signal of a call that nobody can give up. */
export const NEVER_ABORTED: AbortSignal = new AbortController().signal;

export function hasDeadline({ timeoutMs, signal }: Deadline): boolean {
  return timeoutMs !== undefined || signal !== undefined;
}

/**
 * Runs an operation until its deadline. Its signal is aborted then, and what it comes to later is not looked at.
 *
 * @throws HoldfastError `CIRCUIT_TIMEOUT`; the reason of the signal; what the operation throws
 */
export async function withDeadline<Result>(
  component: string,
  operation: (signal: AbortSignal) => Result | Promise<Result>,
  { timeoutMs, signal }: Deadline,
): Promise<Result> {
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= 2_147_483_647)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `timeoutMs must be above 0 and at most 2147483647, was ${timeoutMs}`,
      { context: { timeoutMs } },
    );
  }
  const controller = new AbortController();
  return await new Promise<Result>((resolve, reject) => {
    const giveUp = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => giveUp(timeout()), timeoutMs);
    const timeout = () =>
      new HoldfastError('CIRCUIT_TIMEOUT', `${component} must answer within ${timeoutMs} ms`, {
        context: { component, timeoutMs: timeoutMs ?? null },
      });
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    // A throw before the first await is an outcome too.
    const run = async () => await operation(controller.signal);
    run().finally(finish).then(resolve, reject);
  });
}
