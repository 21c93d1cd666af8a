import { describe, expect, it } from 'vitest';

import { formatInterval, parseInterval, smallestSpacing } from '#ts/market/import/interval.js';

describe('interval', () => {
  it.each([
    ['1d', 86_400_000_000_000n],
    ['4h', 14_400_000_000_000n],
    ['15m', 900_000_000_000n],
    ['30s', 30_000_000_000n],
    ['250ms', 250_000_000n],
    ['1w', 604_800_000_000_000n],
  ])('reads and prints %s', (text, intervalNs) => {
    expect(parseInterval(text)).toBe(intervalNs);
    expect(formatInterval(intervalNs)).toBe(text);
  });

  it.each(['', '0d', 'd', '1', '-1d', '1.5h', '1mo', '1 d', '400d', '999999w', '1D'])(
    'TST-08: refuses "%s"',
    (text) => {
      expect(parseInterval(text)).toBeNull();
    },
  );

  it('finds the smallest positive distance, whatever goes back or repeats', () => {
    expect(smallestSpacing([0n, 60n, 60n, 30n, 90n, 100n])).toBe(10n);
    expect(smallestSpacing([5n, 5n, 3n])).toBeNull();
    expect(smallestSpacing([])).toBeNull();
  });
});
