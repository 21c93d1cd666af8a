import { describe, expect, it } from 'vitest';

import { accountAssumptions } from '#ts/engine/account-assumptions.js';
import { parseAccount } from '#ts/core/account-options.js';

describe('accountAssumptions', () => {
  it('says nothing of the default and names what was assumed otherwise', () => {
    expect(accountAssumptions(undefined)).toEqual([]);
    expect(accountAssumptions(parseAccount())).toEqual([]);
    const borrow = [{ currency: 'USD', rateFrac: '0.0002', per: 'day' as const }];
    const list = accountAssumptions(parseAccount({ positionMode: 'hedging', borrow }));
    expect(list.map(({ name, value }) => [name, value])).toEqual([
      ['positions', 'hedging'],
      ['interest on USD', '0.0002 a day'],
    ]);
  });
});
