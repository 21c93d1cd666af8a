import { describe, expect, it } from 'vitest';

import { atr, ema, realizedVolatility, sma } from '#ts/quant/indicators/index.js';
import { checkPeriod, PERIOD_MAX } from '#ts/quant/indicators/indicator.js';
import { thrownBy } from '../../../support/thrown-error.js';

const BAD_PERIODS = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, PERIOD_MAX + 1];

describe('checkPeriod', () => {
  it('returns a period that is whole and in range', () => {
    expect([checkPeriod(1), checkPeriod(PERIOD_MAX), checkPeriod(2, 2)]).toEqual([
      1,
      PERIOD_MAX,
      2,
    ]);
  });

  it.each(BAD_PERIODS)('ARGUMENT_INVALID: refuses %s', (period) => {
    const error = thrownBy(() => checkPeriod(period));
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toContain(`was ${period}`);
  });

  it('ARGUMENT_INVALID: is asked by every indicator when it is declared, not when it runs', () => {
    for (const period of [...BAD_PERIODS, '20' as unknown as number]) {
      for (const declare of [sma, ema, atr]) {
        expect(thrownBy(() => declare(period)).code).toBe('ARGUMENT_INVALID');
      }
      expect(thrownBy(() => realizedVolatility({ period, barsPerYear: 252 })).code).toBe(
        'ARGUMENT_INVALID',
      );
      expect(thrownBy(() => realizedVolatility({ period: 20, barsPerYear: period })).code).toBe(
        'ARGUMENT_INVALID',
      );
    }
    expect(thrownBy(() => realizedVolatility({ period: 1, barsPerYear: 252 })).code).toBe(
      'ARGUMENT_INVALID',
    );
  });
});
