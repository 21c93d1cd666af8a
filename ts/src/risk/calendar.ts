import { z } from 'zod';

const DAY_MS = 86_400_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2026-01-31');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:30');
const instant = z.string().regex(/^-?\d{1,19}$/, 'must be nanoseconds since 1970 as text');

const timeZone = z.string().refine(
  (name) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
    } catch {
      return false;
    }
  },
  { error: 'must be the name of a time zone, such as America/New_York' },
);

const localSessions = z.strictObject({
  /** IANA name of the time zone. */
  timeZone,
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  /** Local times; a session that closes at or before its opening ends on the next day. */
  open: clock,
  close: clock,
  /** First and last local day. */
  from: date,
  until: date,
  holidays: z.array(date).optional(),
});

type LocalSessions = z.output<typeof localSessions>;

/** A session from an instant and until before another, in nanoseconds since 1970 as text. */
export type SessionInstants = [string, string];

/** Milliseconds by which a time zone is ahead of UTC at an instant. */
function offsetMs(formatter: Intl.DateTimeFormat, utcMs: number): number {
  const parts = formatter.formatToParts(utcMs);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - utcMs;
}

/** The instant at which clocks of the zone show a local time; the later one where they show it twice. */
function instantOf(formatter: Intl.DateTimeFormat, localMs: number): number {
  const guess = localMs - offsetMs(formatter, localMs);
  return localMs - offsetMs(formatter, guess);
}

function clockMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}

/** Resolves sessions in local time to instants, so that the native core needs no time zones. */
export function resolveSessions(sessions: LocalSessions): SessionInstants[] {
  const { days, open, close, from, until, holidays = [] } = sessions;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: sessions.timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const closed = new Set(holidays);
  const closesAt = clockMs(close) > clockMs(open) ? clockMs(close) : clockMs(close) + DAY_MS;
  const resolved: SessionInstants[] = [];
  const last = Date.parse(`${until}T00:00:00Z`);
  for (let day = Date.parse(`${from}T00:00:00Z`); day <= last; day += DAY_MS) {
    const name = DAYS[new Date(day).getUTCDay()] ?? 'sun';
    if (!days.includes(name) || closed.has(new Date(day).toISOString().slice(0, 10))) continue;
    const opens = instantOf(formatter, day + clockMs(open));
    const closes = instantOf(formatter, day + closesAt);
    resolved.push([`${opens}000000`, `${closes}000000`]);
  }
  return resolved;
}

/** A calendar: instants, or sessions in local time, which become instants. */
export const calendarSchema = z.union([
  z.array(z.tuple([instant, instant])),
  localSessions.transform(resolveSessions),
]);
