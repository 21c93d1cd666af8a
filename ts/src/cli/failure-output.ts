import { CODES } from '../core/codes.generated.js';
import { isHoldfastError } from '../core/holdfast-error.js';

/** Prints a failure for people: code, message and the way out; other errors with their stack. */
export function failureText(error: unknown): string {
  if (!isHoldfastError(error)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return `error ${error.code}: ${error.message}\n  ${CODES[error.code].remedy}`;
}

/** The same for scripts: one JSON object. */
export function failureJson(error: unknown): string {
  const body = isHoldfastError(error)
    ? { ...error.toJSON(), remedy: CODES[error.code].remedy }
    : { code: null, message: error instanceof Error ? error.message : String(error) };
  return JSON.stringify({ error: body });
}
