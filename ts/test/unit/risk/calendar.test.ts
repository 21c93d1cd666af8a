import { describe, expect, it } from 'vitest';

import { calendarSchema, resolveSessions } from '#ts/risk/calendar.js';

const NYSE = {
  timeZone: 'America/New_York',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const,
  open: '09:30',
  close: '16:00',
  from: '2026-03-05',
  until: '2026-03-10',
};

const iso = (ns: string) => new Date(Number(BigInt(ns) / 1_000_000n)).toISOString();
const told = (sessions: readonly (readonly [string, string])[]) =>
  sessions.map(([from, until]) => `${iso(from)} ${iso(until)}`);

describe('sessions in local time', () => {
  it('follow the clocks of their zone over a change of time, without weekends', () => {
    expect(told(resolveSessions({ ...NYSE, days: [...NYSE.days] }))).toEqual([
      '2026-03-05T14:30:00.000Z 2026-03-05T21:00:00.000Z',
      '2026-03-06T14:30:00.000Z 2026-03-06T21:00:00.000Z',
      '2026-03-09T13:30:00.000Z 2026-03-09T20:00:00.000Z',
      '2026-03-10T13:30:00.000Z 2026-03-10T20:00:00.000Z',
    ]);
  });

  it('leave out holidays, and end on the next day where they close before they open', () => {
    const night = {
      ...NYSE,
      days: ['thu', 'fri'] as ('thu' | 'fri')[],
      open: '18:00',
      close: '17:00',
      holidays: ['2026-03-06'],
    };
    expect(told(resolveSessions(night))).toEqual([
      '2026-03-05T23:00:00.000Z 2026-03-06T22:00:00.000Z',
    ]);
  });
});

describe('a calendar', () => {
  it('is instants, or becomes them', () => {
    expect(calendarSchema.parse([['0', '5']])).toEqual([['0', '5']]);
    expect(calendarSchema.parse(NYSE)).toHaveLength(4);
  });

  it.each([
    { ...NYSE, timeZone: 'America/Nowhere' },
    { ...NYSE, open: '24:00' },
    { ...NYSE, from: '05.03.2026' },
    { ...NYSE, days: [] },
    { ...NYSE, closes: '16:00' },
    [['0', 'x']],
    [[0, 5]],
  ])('is refused where it is wrong: %j', (calendar) => {
    expect(calendarSchema.safeParse(calendar).success).toBe(false);
  });
});
