import { describe, expect, it } from 'vitest';

import { fuseRecord, parseFuse } from '#ts/risk/fuse.js';
import { thrownBy } from '../../support/thrown-error.js';

describe('the ceilings of the fuse', () => {
  it('become the text that the native core reads, and nothing where all have their default', () => {
    const ceilings = parseFuse({
      account: { ordersPerSecondMax: 20, notionalPerDayMax: 2_000_000, orderNotionalMax: '25x' },
      eachInstrument: { ordersPerMinuteMax: 'unlimited' },
      instruments: { BTC: { orderQuantityMax: '0.5' } },
      unansweredNotionalMax: 1_000,
      repeatsMax: 5,
      repeatWindowMs: 1_000,
    });
    expect(fuseRecord(ceilings)).toEqual({
      account: {
        orders_per_second_max: '20',
        notional_per_day_max: '2000000',
        order_notional_max: '25x',
      },
      each_instrument: { orders_per_minute_max: 'unlimited' },
      instruments: { BTC: { order_quantity_max: '0.5' } },
      unanswered_notional_max: '1000',
      repeats_max: '5',
      repeat_window_ms: 1_000,
    });
    expect(fuseRecord(parseFuse({}))).toBeUndefined();
  });

  it.each([
    { account: { ordersPerSecondMax: 0 } },
    { account: { ordersPerSecondMax: 1.5 } },
    { account: { notionalPerDayMax: Number.NaN } },
    { account: { notionalPerDayMax: '0x' } },
    { account: { orderNotionalMax: 'none' } },
    { repeatsMax: -1 },
    { repeatWindowMs: 0 },
  ])('are refused when they are wrong: %j', (options) => {
    expect(thrownBy(() => parseFuse(options)).code).toBe('LIMITS_INVALID');
  });

  it('are refused with the nearest key when one is misspelt', () => {
    const error = thrownBy(() => parseFuse({ repeatMax: 5 } as object));
    expect(error.code).toBe('LIMITS_UNKNOWN_KEY');
    expect(error.message).toContain('repeatsMax');
  });
});
