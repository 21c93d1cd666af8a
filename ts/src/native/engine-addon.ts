import { createRequire } from 'node:module';

import { CODES, type Code } from '../core/codes.generated.js';
import { type ErrorContext, HoldfastError } from '../core/holdfast-error.js';
import { addonPath } from './addon-path.js';
import type * as EngineAddon from './engine-addon.generated.js';

export type EngineAddonModule = typeof EngineAddon;

/**
 * Returns the Rust addon of this thread; Node.js loads it once a thread and then remembers it.
 *
 * Errors: `NATIVE_MISSING` when it is not built, or was built for another system.
 */
export function loadEngineAddon(): EngineAddonModule {
  const path = addonPath('engine');
  try {
    return createRequire(import.meta.url)(path) as EngineAddonModule;
  } catch (cause) {
    throw new HoldfastError(
      'NATIVE_MISSING',
      `the native addon engine must be loadable, ${path} is not; run \`npm run setup\``,
      { context: { addon: 'engine', path }, cause },
    );
  }
}

function isCode(code: unknown): code is Code {
  return typeof code === 'string' && Object.hasOwn(CODES, code);
}

/** What the addon's conversions say when plain JavaScript passes a value of another type. */
function isWrongType(code: unknown): boolean {
  return typeof code === 'string' && /^(?:\w+Expected|InvalidArg)$/.test(code);
}

/**
 * Returns the HoldfastError for an error of the addon: its `code`, its message up to the last line, and the context
 * that stands on that line as JSON. Any other value is returned as it is, to be thrown again.
 */
export function fromEngineAddon(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HoldfastError) return error;
  if (!('code' in error)) return error;
  if (isWrongType(error.code)) {
    return new HoldfastError('ARGUMENT_INVALID', error.message, { cause: error });
  }
  if (!isCode(error.code)) return error;
  const split = error.message.lastIndexOf('\n');
  if (split < 0) return new HoldfastError(error.code, error.message, { cause: error });
  const context = JSON.parse(error.message.slice(split + 1)) as ErrorContext;
  return new HoldfastError(error.code, error.message.slice(0, split), { context, cause: error });
}

/** Runs a call of the addon; its errors come out as HoldfastError. */
export function engineCall<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw fromEngineAddon(error);
  }
}
