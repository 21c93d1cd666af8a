import { HoldfastError } from '../../core/holdfast-error.js';
import { CONTINGENCIES, type Contingency } from '../../core/vocabulary.generated.js';
import type { Notice } from '../../native/notice-reader.js';
import type { SubmitListResult } from '../../strategies/strategy-context.js';
import { codesOf, failedFrom } from '../submit-result.js';

/** Orders of a list that are sent at once; the others follow what the first fills. */
const SENT_AT_ONCE: Readonly<Record<Contingency, number>> = { oco: 2, ouo: 2, oto: 1, bracket: 1 };

/** @throws HoldfastError `ARGUMENT_INVALID` for a word that is none */
export function contingencyNumber(contingency: Contingency): number {
  const place = CONTINGENCIES.indexOf(contingency);
  if (place >= 0) return place;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `contingency must be one of ${CONTINGENCIES.join(', ')}, was ${contingency}`,
    { context: { field: 'contingency', value: contingency } },
  );
}

/** What the gate said to a list, by its notices and the id of its first order. */
export function listResult(
  contingency: Contingency,
  first: number,
  notices: readonly Notice[],
  orders: number,
): SubmitListResult {
  const clientOrderIds = Array.from(
    { length: SENT_AT_ONCE[contingency] },
    (_, index) => first + index,
  );
  const failed = failedFrom(notices, 0, orders);
  return failed.length === 0
    ? { verdict: 'approved', clientOrderIds }
    : { verdict: 'denied', clientOrderIds, codes: codesOf(failed), failed };
}
