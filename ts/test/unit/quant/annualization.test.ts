import { describe, expect, it } from 'vitest';
import { annualizationOf, DAY_MS, yearsBetween } from '#ts/quant/annualization.js';

function days(count: number, keep: (day: Date) => boolean, start = '2019-01-01'): number[] {
  const first = Date.parse(start);
  return Array.from({ length: count }, (_, index) => first + index * DAY_MS).filter((tsMs) =>
    keep(new Date(tsMs)),
  );
}

const weekday = (day: Date): boolean => day.getUTCDay() % 6 !== 0;

describe('annualizationOf', () => {
  it('takes 252 for data that rest at weekends', () => {
    expect(annualizationOf(days(730, weekday))).toEqual({ periodsPerYear: 252, basis: 'weekdays' });
  });

  it('takes 365 for data that trade every day', () => {
    expect(annualizationOf(days(730, () => true))).toEqual({
      periodsPerYear: 365,
      basis: 'every_day',
    });
  });

  it('takes the observed number for weekly data', () => {
    const weekly = days(1_461, (day) => day.getUTCDay() === 5);
    expect(annualizationOf(weekly)).toEqual({ periodsPerYear: 52, basis: 'observed' });
  });

  it('decides a short span by a Saturday', () => {
    expect(annualizationOf(days(5, () => true, '2018-04-02')).periodsPerYear).toBe(252);
    expect(annualizationOf(days(7, () => true, '2018-04-02')).periodsPerYear).toBe(365);
    expect(annualizationOf([]).periodsPerYear).toBe(252);
  });
});

describe('yearsBetween', () => {
  it('counts years of 365.25 days', () => {
    const firstTsMs = Date.parse('2000-01-01');
    expect(yearsBetween({ firstTsMs, lastTsMs: Date.parse('2004-01-01') })).toBe(4);
    expect(yearsBetween({ firstTsMs, lastTsMs: firstTsMs - DAY_MS })).toBe(0);
  });
});
