import { CODES, type Category, type Code } from './codes.generated.js';

/** A value that may stand in an error's context: plain data that survives JSON. */
export type ContextValue =
  | string
  | number
  | boolean
  | null
  | readonly ContextValue[]
  | { readonly [key: string]: ContextValue };

export type ErrorContext = Readonly<Record<string, ContextValue>>;

export interface HoldfastErrorOptions {
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

/**
 * The one error of the library. `code` is stable and listed in `ts/docs/codes.md`; `category` and `retryable`
 * follow from the code; `context` holds the values that the message names.
 *
 * @example
 * try { instrument.price('100.005'); }
 * catch (error) { if (isHoldfastError(error) && error.code === 'PRICE_OFF_TICK') console.log(error.context); }
 */
export class HoldfastError extends Error {
  readonly code: Code;
  readonly category: Category;
  readonly retryable: boolean;
  readonly context: ErrorContext;

  constructor(code: Code, message: string, options: HoldfastErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.category = CODES[code].category;
    this.retryable = CODES[code].retryable;
    this.context = options.context ?? {};
  }

  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      category: this.category,
      retryable: this.retryable,
      message: this.message,
      context: this.context,
    };
  }
}

/** Tells a Holdfast error from any other thrown value, also across two copies of the package. */
export function isHoldfastError(value: unknown): value is HoldfastError {
  return value instanceof Error && value.name === 'HoldfastError' && 'code' in value;
}
