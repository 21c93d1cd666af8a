import { createRequire } from 'node:module';

import { CODES, type Code } from '../core/codes.generated.js';
import { type ErrorContext, HoldfastError } from '../core/holdfast-error.js';
import { addonPath } from './addon-path.js';

/** One side of a ring; every function but `close` fails with HANDLE_CLOSED after `close`. */
export interface RingSide {
  /** These take their argument from the last line of the staging buffer, and leave their result there. */
  publish(): void;
  drain(): void;
  peek(): void;
  consume(): void;
  readable(): number;
  writable(): number;
  closeWrite(): void;
  isWriteClosed(): boolean;
  stats(): RingStats;
  close(): void;
}

export interface RingStats {
  readonly published: bigint;
  readonly drained: bigint;
  /** Publishes that could not take every record, because the ring was full. */
  readonly stalls: bigint;
  readonly capacity: number;
}

export interface MarketLayout {
  readonly eventBytes: number;
  readonly eventOffsets: Readonly<Record<string, number>>;
  readonly eventKinds: Readonly<Record<string, number>>;
  readonly eventFlags: Readonly<Record<string, number>>;
  readonly ring: {
    readonly layoutVersion: number;
    readonly headerBytes: number;
    readonly capacityMax: number;
    readonly batchMax: number;
    readonly recordsWakeBytes: number;
    readonly spaceWakeBytes: number;
  };
  readonly codes: Readonly<Record<string, number>>;
}

export interface MarketAddon {
  /**
   * Attaches to the ring in `memory`; records pass through `staging`, behind which one line more tells how many: three
   * 32-bit words, the count, the first record to publish or the first slot to read, the count that was moved. Both lie in shared memory.
   */
  openRing(memory: Uint8Array, staging: Uint8Array): RingSide;
  alignmentOffset(bytes: Uint8Array, alignment: number): number;
  ringBytes(capacity: number): number;
  initializeRing(memory: Uint8Array, capacity: number): void;
  layout(): MarketLayout;
}

/** Numeric buffers start at a cache line (NAT-18). */
export const CACHE_LINE_BYTES = 64;

/**
 * Returns the C++ addon of this thread; Node.js loads it once a thread and then remembers it.
 *
 * Errors: `NATIVE_MISSING` when it is not built, or was built for another system.
 */
export function loadMarketAddon(): MarketAddon {
  const path = addonPath('market');
  try {
    return createRequire(import.meta.url)(path) as MarketAddon;
  } catch (cause) {
    throw new HoldfastError(
      'NATIVE_MISSING',
      `the native addon market must be loadable, ${path} is not; run \`npm run setup\``,
      { context: { addon: 'market', path }, cause },
    );
  }
}

/**
 * Returns zeroed bytes that start at a cache line. They lie in shared memory because that alone
 * can neither be detached nor shrink while native code holds its address.
 */
export function allocateAligned(addon: MarketAddon, bytes: number): Uint8Array {
  const buffer = new SharedArrayBuffer(bytes + CACHE_LINE_BYTES - 1);
  const offset = addon.alignmentOffset(new Uint8Array(buffer), CACHE_LINE_BYTES);
  return new Uint8Array(buffer, offset, bytes);
}

function isCode(code: unknown): code is Code {
  return typeof code === 'string' && Object.hasOwn(CODES, code);
}

/**
 * Returns the HoldfastError for an error that the addon threw with a code; any other value is
 * returned as it is, to be thrown again.
 */
export function fromMarketAddon(error: unknown, context: ErrorContext = {}): unknown {
  if (!(error instanceof Error) || error instanceof HoldfastError) return error;
  if (!('code' in error) || !isCode(error.code)) return error;
  if (!('observed' in error)) {
    return new HoldfastError(error.code, error.message, { context, cause: error });
  }
  const observed = String(error.observed);
  return new HoldfastError(error.code, `${error.message}, was ${observed}`, {
    context: { ...context, observed },
    cause: error,
  });
}
