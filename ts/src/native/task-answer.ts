import type { Code } from '../core/codes.generated.js';
import { type ErrorContext, HoldfastError } from '../core/holdfast-error.js';

interface Failure {
  readonly failure: {
    readonly code: Code;
    readonly message: string;
    readonly context: ErrorContext;
  };
}

/**
 * Returns the figures that a task of the addon answered: a rejected promise cannot carry a code, so a failure is an answer.
 *
 * @throws HoldfastError with the code of the failure
 */
export function taskFigures(text: string): object {
  const answer = JSON.parse(text) as object | Failure;
  if (!('failure' in answer)) return answer;
  const { code, message, context } = answer.failure;
  throw new HoldfastError(code, message, { context });
}
