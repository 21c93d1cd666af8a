import type { Code } from '../core/codes.generated.js';
import type { Notice } from '../native/notice-reader.js';
import type { FailedControl, SubmitResult } from '../strategies/strategy-context.js';
import { failedControl } from './denial.js';

/** What the gate said to one order, by the notices from an index on. */
export function resultFrom(
  notices: readonly Notice[],
  from: number,
  clientOrderId: number,
): SubmitResult {
  const failed = failedFrom(notices, from, 1);
  if (failed.length === 0) return { verdict: 'approved', clientOrderId };
  return { verdict: 'denied', clientOrderId, codes: codesOf(failed), failed };
}

/** What failed in the verdicts that stand together among the notices from an index on, one for each of at most `orders`. */
export function failedFrom(
  notices: readonly Notice[],
  from: number,
  orders: number,
): readonly FailedControl[] {
  const failed: FailedControl[] = [];
  let judged = 0;
  for (let index = from; index < notices.length && judged < orders; index += 1) {
    const notice = notices[index];
    if (notice?.kind === 'verdict') {
      failed.push(...notice.failed.map(failedControl));
      judged += 1;
    } else if (judged > 0) break;
  }
  return failed;
}

/** Each code once: several orders of a list may fail the same control. */
export function codesOf(failed: readonly FailedControl[]): readonly Code[] {
  return [...new Set(failed.map((each) => each.code))];
}
