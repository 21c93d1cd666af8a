import type { Code } from '../core/codes.generated.js';
import { engineCall, loadEngineAddon } from './engine-addon.js';

/** What blew a fuse; limit and observed value are money, counts or lots, as the ceiling says. */
export interface FuseTrip {
  readonly code: Code;
  readonly ceiling: string;
  readonly limit: string;
  readonly observed: string;
  readonly client_order_id: number;
  readonly instrument: number;
  /** The engine's time. */
  readonly ts_ns: string;
}

/** Who set a fuse back, and why; the trip is null when the latch could not be read. */
export interface FuseReset {
  readonly by: string;
  readonly reason: string;
  readonly ts_ns: string;
  readonly tripped: FuseTrip | null;
}

/** How the latch of a folder stands. */
export interface FuseStatus {
  readonly state: 'armed' | 'tripped';
  readonly trip: FuseTrip | null;
  /** The oldest first. */
  readonly resets: readonly FuseReset[];
}

/** How the fuse of a running engine stands; `unusable` when its latch could not be read or written. */
export interface FuseState {
  readonly state: 'armed' | 'tripped' | 'unusable';
  readonly trip: FuseTrip | null;
  readonly reason: string | null;
}

/**
 * Reads the latch of a folder; one that was never written is armed.
 *
 * @throws HoldfastError `FUSE_LATCH_UNUSABLE`, `JOURNAL_NOT_FOUND` when there is no such folder
 */
export function fuseStatus(folder: string): FuseStatus {
  return JSON.parse(engineCall(() => loadEngineAddon().fuseStatus(folder))) as FuseStatus;
}

/**
 * Sets the latch of a folder back. An engine that runs with it has to be opened again.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` without name or reason, `FUSE_LATCH_UNUSABLE`, `JOURNAL_NOT_FOUND`
 */
export function resetFuse(
  folder: string,
  { by, reason, nowMs }: { readonly by: string; readonly reason: string; readonly nowMs: number },
): FuseStatus {
  const text = engineCall(() => loadEngineAddon().fuseReset(folder, by, reason, nowMs));
  return JSON.parse(text) as FuseStatus;
}
