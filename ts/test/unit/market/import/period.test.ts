import { describe, expect, it } from 'vitest';

import { TimePeriod } from '#ts/market/import/period.js';

import { thrownBy } from './import-fixture.js';

const ns = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;

describe('time period', () => {
  it('takes the whole day of a date at its end', () => {
    const period = TimePeriod.parse({ from: '2020-01-02', to: '2020-01-03' });
    expect(period.includes(ns('2020-01-02T00:00:00Z') - 1n)).toBe(false);
    expect(period.includes(ns('2020-01-02T00:00:00Z'))).toBe(true);
    expect(period.includes(ns('2020-01-04T00:00:00Z') - 1n)).toBe(true);
    expect(period.includes(ns('2020-01-04T00:00:00Z'))).toBe(false);
  });

  it('takes a time at its end to the nanosecond', () => {
    const period = TimePeriod.parse({ to: '2020-01-03T12:00:00Z' });
    expect(period.includes(ns('2020-01-03T12:00:00Z'))).toBe(true);
    expect(period.includes(ns('2020-01-03T12:00:00Z') + 1n)).toBe(false);
    expect(period.includes(0n)).toBe(true);
  });

  it('includes everything without ends', () => {
    expect(TimePeriod.parse({}).includes(-5n)).toBe(true);
  });

  it('TST-08: refuses what is no time, and an end before the start', () => {
    const noTime = thrownBy(() => TimePeriod.parse({ from: 'yesterday' }));
    expect([noTime.code, noTime.context['field']]).toEqual(['ARGUMENT_INVALID', 'from']);
    expect(thrownBy(() => TimePeriod.parse({ to: '01/02/2020' })).context['field']).toBe('to');
    const reversed = thrownBy(() => TimePeriod.parse({ from: '2020-02-01', to: '2020-01-01' }));
    expect(reversed.message).toContain('from must not lie after to');
    expect(() => TimePeriod.parse({ from: '2020-01-01', to: '2020-01-01' })).not.toThrow();
  });
});
