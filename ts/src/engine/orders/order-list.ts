import { HoldfastError } from '../../core/holdfast-error.js';
import { CONTINGENCIES, type Contingency } from '../../core/vocabulary.generated.js';
import type { Command } from '../../native/command-memory.js';
import type { Notice } from '../../native/notice-reader.js';
import type { OrderIntent, SubmitListResult } from '../../strategies/strategy-context.js';
import { checkListed, sharedDecision } from '../order-command.js';
import { codesOf, failedFrom } from '../submit-result.js';

/** Orders of a list that are sent at once; the others follow what the first fills. */
const SENT_AT_ONCE: Readonly<Record<Contingency, number>> = { oco: 2, ouo: 2, oto: 1, bracket: 1 };

/** @throws HoldfastError `ARGUMENT_INVALID` for a word that is none */
function contingencyNumber(contingency: Contingency): number {
  const place = CONTINGENCIES.indexOf(contingency);
  if (place >= 0) return place;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `contingency must be one of ${CONTINGENCIES.join(', ')}, was ${contingency}`,
    { context: { field: 'contingency', value: contingency } },
  );
}

/** What the gate said to a list, by its notices and the id of its first order. */
function listResult(
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

/** What the native side of a list is asked with, and how it answers: the id of the first order. */
interface ListDesk {
  submitList(contingency: number, commands: readonly Command[], notices: Notice[]): number;
}

/**
 * Readies a list for the desk that judges it: what is wrong with an order is thrown before anything is asked.
 *
 * @throws HoldfastError `ORDER_INVALID`, `INSTRUMENT_UNKNOWN`, `STRATEGY_UNKNOWN`
 */
export function listCall(
  contingency: Contingency,
  orders: readonly OrderIntent[],
  command: (order: OrderIntent) => Command,
): (desk: ListDesk, notices: Notice[]) => SubmitListResult {
  const place = contingencyNumber(contingency);
  for (const order of orders) checkListed(order);
  const commands = sharedDecision(orders).map(command);
  return (desk, notices) => {
    const first = desk.submitList(place, commands, notices);
    return listResult(contingency, first, notices, commands.length);
  };
}
