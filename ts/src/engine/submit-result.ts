import type { Code } from '../core/codes.generated.js';
import type { Instrument } from '../core/instrument.js';
import type { Notice } from '../native/notice-reader.js';
import type { FailedControl, SubmitResult } from '../strategies/strategy-context.js';
import { failedControl } from './denial.js';

/** What the gate said to one order, by the notices from an index on. */
export function resultFrom(
  notices: readonly Notice[],
  from: number,
  clientOrderId: number,
  instrument: Instrument,
): SubmitResult {
  const failed = failedFrom(notices, from, 1);
  if (failed.length === 0) return { verdict: 'approved', clientOrderId };
  const lots = suggestedLots(notices, from);
  const suggested =
    lots === null ? {} : { suggestedQuantity: instrument.quantityOfLots(lots).toString() };
  return { verdict: 'denied', clientOrderId, codes: codesOf(failed), failed, ...suggested };
}

/** What the first verdict among the notices from an index on suggests instead. */
function suggestedLots(notices: readonly Notice[], from: number): bigint | null {
  for (let index = from; index < notices.length; index += 1) {
    const notice = notices[index];
    if (notice?.kind === 'verdict') return notice.suggestedLots;
  }
  return null;
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
