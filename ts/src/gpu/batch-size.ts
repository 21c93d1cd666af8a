/** Scenarios of the least submission. */
const BATCH_MIN = 1 << 10;

/** Multiplications of one submission on a device that the processor plays, and on a card. */
export interface SubmissionWork {
  readonly software: number;
  readonly hardware: number;
}

/** Returns the scenarios of a submission whose paths remember so many bytes each, one of so many scenarios at a time. */
export function batchWithin(bytes: number, perPath: number, inTurn: number): number {
  const most = Math.floor(bytes / perPath) * inTurn;
  return Math.max(BATCH_MIN, Math.floor(most / BATCH_MIN) * BATCH_MIN);
}

/**
 * Returns the scenarios of one submission, by the multiplications that each takes: a driver resets a device that does not
 * answer for two seconds.
 */
export function scenariosPerSubmission(
  work: SubmissionWork,
  products: number,
  isSoftware: boolean,
): number {
  const most = (isSoftware ? work.software : work.hardware) / products;
  return Math.max(BATCH_MIN, Math.floor(most / BATCH_MIN) * BATCH_MIN);
}
