/** Scenarios of the least submission. */
const BATCH_MIN = 1 << 10;

/** Multiplications of one submission on a device that the processor plays, and on a card. */
export interface SubmissionWork {
  readonly software: number;
  readonly hardware: number;
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
