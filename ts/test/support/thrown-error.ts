import { HoldfastError } from '#ts/core/holdfast-error.js';

/** Runs a call that must throw a HoldfastError, and returns that. */
export function thrownBy(call: () => unknown): HoldfastError {
  try {
    call();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('the call was expected to throw');
}

/** Waits for a promise that must reject with a HoldfastError, and returns that. */
export async function rejectionOf(pending: Promise<unknown>): Promise<HoldfastError> {
  try {
    await pending;
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('the promise was expected to reject');
}
