import { expect, it } from 'vitest';

import { failedControl } from '#ts/engine/denial.js';

it.each([
  ['ORDER_NOTIONAL_EXCEEDED', 'amount', 1_500_000_000_000_000_000n, '1.5'],
  ['POSITION_LIMIT_EXCEEDED', 'fraction', 20_001n, '0.020001'],
  ['DAILY_TRADES_EXCEEDED', 'count', 21n, '21'],
  ['PRICE_STALE', 'ns', 61_000_000_000n, '61000000000'],
  ['STOP_LOSS_REQUIRED', 'ticks', 0n, '0'],
  ['ACCOUNT_UNAVAILABLE', 'amount', -5n, '-0.000000000000000005'],
] as const)('%s: prints its numbers as %s', (code, unit, observed, text) => {
  expect(failedControl({ code, limit: observed, observed, ageNs: 0n })).toEqual({
    code,
    unit,
    limit: text,
    observed: text,
  });
  expect(failedControl({ code, limit: null, observed, ageNs: 0n }).limit).toBeNull();
});
