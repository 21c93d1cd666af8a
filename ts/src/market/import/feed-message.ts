import type { Code } from '../../core/codes.generated.js';
import { type ErrorContext, HoldfastError, isHoldfastError } from '../../core/holdfast-error.js';
import type { ImportOptions, ImportReport } from './bar-sink.js';

/** What a feed's worker is started with. */
export interface FeedWorkerData {
  readonly sources: readonly ImportOptions[];
  readonly ringMemory: SharedArrayBuffer;
  readonly controlMemory: SharedArrayBuffer;
}

/** An error as plain data: the class does not survive the way from one thread to another. */
export interface ErrorMessage {
  readonly code: Code;
  readonly message: string;
  readonly context: ErrorContext;
  readonly cause: string | null;
}

export type FeedMessage =
  | { readonly kind: 'done'; readonly reports: readonly ImportReport[] }
  | { readonly kind: 'failed'; readonly error: ErrorMessage };

export function errorMessageOf(error: unknown): ErrorMessage {
  if (!isHoldfastError(error)) {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = `feed worker failed: ${error instanceof Error ? error.message : cause}`;
    return { code: 'DATA_SOURCE_FAILED', message, context: {}, cause };
  }
  const { code, message, context } = error;
  const cause = error.cause instanceof Error ? error.cause.message : null;
  return { code, message, context, cause };
}

export function reviveError({ code, message, context, cause }: ErrorMessage): HoldfastError {
  return new HoldfastError(code, message, {
    context,
    ...(cause === null ? {} : { cause: new Error(cause) }),
  });
}
