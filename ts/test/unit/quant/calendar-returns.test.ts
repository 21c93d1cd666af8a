import { describe, expect, it } from 'vitest';
import { calendarReturns } from '#ts/quant/calendar-returns.js';

function point(date: string, value: number): { tsMs: number; value: number } {
  return { tsMs: Date.parse(`${date}T23:59:59.999Z`), value };
}

describe('calendarReturns', () => {
  it('cuts at the last point of each month and starts from the start value', () => {
    const table = calendarReturns({
      startValue: 100,
      points: [
        point('2019-11-29', 105),
        point('2019-12-02', 108),
        point('2019-12-31', 110),
        point('2020-02-28', 99),
      ],
    });
    expect(table).toHaveLength(2);
    expect(table?.[0]?.year).toBe(2019);
    expect(table?.[0]?.months[10]).toBeCloseTo(0.05, 14);
    expect(table?.[0]?.months[11]).toBeCloseTo(110 / 105 - 1, 14);
    expect(table?.[0]?.totalFrac).toBeCloseTo(0.1, 14);
    expect(table?.[1]?.months[0]).toBeNull();
    expect(table?.[1]?.months[1]).toBeCloseTo(-0.1, 14);
    expect(table?.[1]?.totalFrac).toBeCloseTo(-0.1, 14);
  });

  it('compounds over years to the total return', () => {
    const points = Array.from({ length: 900 }, (_, day) => ({
      tsMs: Date.parse('2018-01-15') + day * 86_400_000,
      value: 100 + 30 * Math.sin(day / 40),
    }));
    const years = calendarReturns({ points, startValue: 80 }) ?? [];
    const total = years.reduce((product, year) => product * (1 + year.totalFrac), 1);
    expect(total).toBeCloseTo((points[899]?.value ?? 0) / 80, 12);
  });

  it('is empty without points and null when a base is not positive', () => {
    expect(calendarReturns({ points: [], startValue: 100 })).toEqual([]);
    const points = [point('2019-01-31', 0), point('2019-02-28', 5)];
    expect(calendarReturns({ points, startValue: 100 })).toBeNull();
  });
});
