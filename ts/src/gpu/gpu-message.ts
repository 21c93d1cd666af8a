import type { Code } from '../core/codes.generated.js';
import { type ErrorContext, HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import type { AdapterChoice, AdapterDescription } from './adapter-choice.js';
import type { GpuTask, GpuTaskAnswer } from './gpu-task.js';

/** What the worker is started with. */
export interface GpuWorkerData {
  readonly choice: AdapterChoice;
}

/** What the worker is asked. */
export interface GpuRequest {
  readonly id: number;
  readonly task: GpuTask;
}

/** An error as plain data: the class does not survive the way from one thread to another. */
export interface GpuFailure {
  readonly code: Code;
  readonly message: string;
  readonly context: ErrorContext;
}

/** What the worker answers; `id` is null for the opening of the device. */
export type GpuAnswer =
  | { readonly id: null; readonly opened: AdapterDescription }
  | { readonly id: number; readonly answer: GpuTaskAnswer }
  | { readonly id: number | null; readonly failure: GpuFailure };

export function failureOf(error: unknown): GpuFailure {
  if (isHoldfastError(error)) {
    return { code: error.code, message: error.message, context: error.context };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'GPU_UNAVAILABLE', message: `graphics worker failed: ${message}`, context: {} };
}

export function reviveFailure({ code, message, context }: GpuFailure): HoldfastError {
  return new HoldfastError(code, message, { context });
}
