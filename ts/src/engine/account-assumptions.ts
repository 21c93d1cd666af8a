import type { AccountRules } from '../core/account-options.js';
import type { Assumption } from './session-result.js';

/** States what was taken for granted about the account; nothing for the default, of which nothing need be known. */
export function accountAssumptions(account: AccountRules | undefined): readonly Assumption[] {
  if (account === undefined) return [];
  const list: Assumption[] = [];
  if (account.positionMode === 'hedging') {
    list.push({
      name: 'positions',
      value: 'hedging',
      note: 'A long and a short position side by side; reduce-only orders close, all others open.',
    });
  }
  for (const { currency, rateFrac, per } of account.borrow) {
    list.push({
      name: `interest on ${currency}`,
      value: `${rateFrac} a ${per}`,
      note: 'Simple interest on cash below zero and on spot units sold short, at every event.',
    });
  }
  return list;
}
