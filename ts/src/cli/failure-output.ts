import { CODES } from '../core/codes.generated.js';
import { type HoldfastError, isHoldfastError } from '../core/holdfast-error.js';

/** The way out that the place of the failure knows, or that of its code. */
function remedyOf({ code, context }: HoldfastError): string {
  const { remedy } = context;
  return typeof remedy === 'string' ? remedy : CODES[code].remedy;
}

/** Prints a failure for people: code, message and the way out; other errors with their stack. */
export function failureText(error: unknown): string {
  if (!isHoldfastError(error)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return `error ${error.code}: ${error.message}\n  ${remedyOf(error)}`;
}

/** The same for scripts: one JSON object. */
export function failureJson(error: unknown): string {
  const body = isHoldfastError(error)
    ? { ...error.toJSON(), remedy: remedyOf(error) }
    : { code: null, message: error instanceof Error ? error.message : String(error) };
  return JSON.stringify({ error: body });
}
