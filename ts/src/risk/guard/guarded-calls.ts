import type { Breaker } from '../../breaker/breaker.js';
import type { CallGuard } from '../../breaker/call-guard.js';
import { isRefusal } from '../../breaker/refusal.js';
import { isVenueFailure } from './venue-errors.js';

type Call = (args: readonly unknown[]) => unknown;
type Work = (call: Call) => Promise<unknown>;

/**
 * Runs work that calls the venue with the breaker's permission, which is asked for before anything is judged: what the
 * breaker refuses reserves nothing. The call's outcome is the breaker's; work that calls nobody says nothing about the venue.
 *
 * @throws HoldfastError a refusal of the breaker, and what the work throws
 */
export async function throughBreaker(breaker: Breaker, call: Call, work: Work): Promise<unknown> {
  const pass = breaker.acquire();
  try {
    return await work(noted(pass, call));
  } finally {
    // The first word counts: this one is for work that ended before its call.
    pass.ignore();
  }
}

/** A cancel leaves whatever the breaker says; its outcome counts where a call would have been let through. */
export async function pastBreaker(breaker: Breaker, call: Call, work: Work): Promise<unknown> {
  const pass = permitted(breaker);
  if (pass === undefined) return await work(call);
  try {
    return await work(noted(pass, call));
  } finally {
    pass.ignore();
  }
}

function permitted(breaker: Breaker): CallGuard | undefined {
  try {
    return breaker.acquire();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function noted(pass: CallGuard, call: Call): Call {
  return async (args) => {
    try {
      const answer = await call(args);
      pass.success();
      return answer;
    } catch (error) {
      // A venue that refuses an order is at work.
      if (isVenueFailure(error)) pass.failure(error);
      else pass.success();
      throw error;
    }
  };
}
