import { engineCall, loadEngineAddon } from './engine-addon.js';

/** Which seeds are run, and how. */
export interface FaultBatch {
  readonly seedStart: number;
  readonly seeds: number;
  /** Acts of market, strategy and faults in each schedule. */
  readonly steps: number;
  /** `all`, `none`, or names with commas between them. */
  readonly faults: string;
  /** What the strategy does besides single orders: `all`, `none`, or names with commas between them. */
  readonly acts: string;
  /** Hash of the batch before, or nothing. */
  readonly hashBefore: string;
}

/** A broken rule, with the smallest schedule found that breaks it. */
export interface FaultViolation {
  readonly seed: number;
  readonly rule: string;
  readonly figures: readonly string[];
  readonly schedule: ReadonlyArray<{ readonly at_ms: number; readonly what: string }>;
}

/** What became of a batch. */
export interface FaultReport {
  readonly seeds: number;
  /** Events of all runs; each seed is run twice. */
  readonly events: number;
  readonly fills: number;
  readonly crashes: number;
  /** Chain over the hashes of the seeds. */
  readonly hash: string;
  readonly violations: readonly FaultViolation[];
}

/** Runs seeds of the fault simulator, each twice, in the calling thread. */
export function simulateFaults(batch: FaultBatch): FaultReport {
  const { seedStart, seeds, steps, faults, acts, hashBefore } = batch;
  const report = engineCall(() =>
    loadEngineAddon().simulateFaults(seedStart, seeds, steps, faults, acts, hashBefore),
  );
  return JSON.parse(report) as FaultReport;
}
