import type { TimeFormat } from '../data-description.js';

/**
 * Reads one time as nanoseconds since the epoch; null when the text is not a time of the format.
 */
export type TimeReader = (text: string) => bigint | null;

/** A format that is settled; `auto` is resolved on the first rows of the file. */
export type KnownTimeFormat = Exclude<TimeFormat, 'auto'>;

/** A year inside the range of 64-bit nanoseconds, so that a bar's close time fits as well. */
const YEAR_MIN = 1679;
const YEAR_MAX = 2260;
const TIME_NS_MIN = BigInt(Date.UTC(YEAR_MIN, 0, 1)) * 1_000_000n;
const TIME_NS_MAX = BigInt(Date.UTC(YEAR_MAX, 11, 31)) * 1_000_000n;
const DAY_MS = 86_400_000;

/** An integer below each bound is taken for that unit: 1e11 s is the year 5138, 1e11 ms is 1973. */
const EPOCH_MAGNITUDES = [
  { format: 's', below: 100_000_000_000n },
  { format: 'ms', below: 100_000_000_000_000n },
  { format: 'us', below: 100_000_000_000_000_000n },
] as const;

const EPOCH_DIGITS = { s: 9, ms: 6, us: 3, ns: 0 } as const;

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:[ T]?(\d\d):?(\d\d)(?::?(\d\d))?)?$/;
const SLASHED = /^(\d{1,4})\/(\d{1,2})\/(\d{1,4})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?$/;
const EPOCH = /^(-?\d{1,19})(?:\.(\d{1,9}))?$/;

const READERS: Readonly<Record<KnownTimeFormat, TimeReader>> = {
  iso: readIso,
  date: (text) => (text.length === 10 ? readIso(text) : null),
  s: (text) => readEpoch(text, EPOCH_DIGITS.s),
  ms: (text) => readEpoch(text, EPOCH_DIGITS.ms),
  us: (text) => readEpoch(text, EPOCH_DIGITS.us),
  ns: (text) => readEpoch(text, EPOCH_DIGITS.ns),
  yyyymmdd: readCompact,
  'yyyy/mm/dd': (text) => readSlashed(text, { year: 1, month: 2, day: 3 }),
  'mm/dd/yyyy': (text) => readSlashed(text, { month: 1, day: 2, year: 3 }),
  'dd/mm/yyyy': (text) => readSlashed(text, { day: 1, month: 2, year: 3 }),
};

export function timeReaderOf(format: KnownTimeFormat): TimeReader {
  return READERS[format];
}

/**
 * Names the format of a time, or null when it has none that can be told apart. `03/04/2020` is
 * March in one country and April in another, so it is never guessed.
 */
export function detectTimeFormat(text: string): KnownTimeFormat | null {
  if (readIso(text) !== null) return 'iso';
  if (readCompact(text) !== null) return 'yyyymmdd';
  if (READERS['yyyy/mm/dd'](text) !== null) return 'yyyy/mm/dd';
  const whole = EPOCH.exec(text)?.[1];
  if (whole === undefined) return null;
  const magnitude = BigInt(whole.replace('-', ''));
  return EPOCH_MAGNITUDES.find(({ below }) => magnitude < below)?.format ?? 'ns';
}

/** Tells a slashed date that only its owner can read from text that is no date at all. */
export function isAmbiguousDate(text: string): boolean {
  return SLASHED.test(text);
}

/** Milliseconds since midnight of a day that the file's name gives. */
export function timeOfDayReader(midnightNs: bigint): TimeReader {
  return (text) => {
    const sinceMidnight = readEpoch(text, EPOCH_DIGITS.ms);
    if (sinceMidnight === null || sinceMidnight < 0n) return null;
    return sinceMidnight < BigInt(DAY_MS) * 1_000_000n ? midnightNs + sinceMidnight : null;
  };
}

function readIso(text: string): bigint | null {
  const quick = readQuickIso(text);
  if (quick !== null) return quick;
  const match = ISO.exec(text);
  if (match === null) return null;
  const zoneMinutes = minutesOfZone(match[8] ?? 'Z');
  return zoneMinutes === null
    ? null
    : timeOf({
        year: Number(match[1]),
        month: Number(match[2]),
        day: Number(match[3]),
        hour: Number(match[4] ?? 0),
        minute: Number(match[5] ?? 0),
        second: Number(match[6] ?? 0),
        nanos: Number((match[7] ?? '').padEnd(9, '0')),
        zoneMinutes,
      });
}

/** Dates and times in UTC to the second are nearly all there is, and need no pattern match. */
function readQuickIso(text: string): bigint | null {
  const length = text.length;
  if (length !== 10 && length !== 19 && !(length === 20 && text.charCodeAt(19) === 90)) return null;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return null;
  const isDate = length === 10;
  if (!isDate) {
    const between = text.charCodeAt(10);
    if (between !== 84 && between !== 32) return null;
    if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null;
  }
  return timeOf({
    year: twoDigits(text, 0) * 100 + twoDigits(text, 2),
    month: twoDigits(text, 5),
    day: twoDigits(text, 8),
    hour: isDate ? 0 : twoDigits(text, 11),
    minute: isDate ? 0 : twoDigits(text, 14),
    second: isDate ? 0 : twoDigits(text, 17),
    nanos: 0,
    zoneMinutes: 0,
  });
}

/** NaN for anything but two digits; every comparison with NaN then refuses the date. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function readCompact(text: string): bigint | null {
  const match = COMPACT.exec(text);
  if (match === null) return null;
  return timeOf({
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4] ?? 0),
    minute: Number(match[5] ?? 0),
    second: Number(match[6] ?? 0),
    nanos: 0,
    zoneMinutes: 0,
  });
}

function readSlashed(
  text: string,
  order: { readonly year: 1 | 3; readonly month: 1 | 2; readonly day: 1 | 2 | 3 },
): bigint | null {
  const match = SLASHED.exec(text);
  if (match === null || match[order.year]?.length !== 4) return null;
  if ((match[order.month]?.length ?? 0) > 2 || (match[order.day]?.length ?? 0) > 2) return null;
  return timeOf({
    year: Number(match[order.year]),
    month: Number(match[order.month]),
    day: Number(match[order.day]),
    hour: Number(match[4] ?? 0),
    minute: Number(match[5] ?? 0),
    second: Number(match[6] ?? 0),
    nanos: 0,
    zoneMinutes: 0,
  });
}

function readEpoch(text: string, unitDigits: number): bigint | null {
  const match = EPOCH.exec(text);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > unitDigits && !/^0*$/.test(fraction.slice(unitDigits))) return null;
  const whole = BigInt(match[1] ?? 0) * 10n ** BigInt(unitDigits);
  const below = BigInt(fraction.slice(0, unitDigits).padEnd(unitDigits, '0') || '0');
  return inRange(text.startsWith('-') ? whole - below : whole + below);
}

/** All fields always, so that the engine keeps one shape and makes no object of it. */
interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  readonly zoneMinutes: number;
}

function timeOf(time: CalendarTime): bigint | null {
  const { year, month, day, hour, minute, second, nanos, zoneMinutes } = time;
  if (!(
    year >= YEAR_MIN &&
    year <= YEAR_MAX &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31
  )) {
    return null;
  }
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return null;
  const midnightMs = Date.UTC(year, month - 1, day);
  // The calendar rolls 30 February over into March; a day that moved was never a date.
  if (day > 28 && new Date(midnightMs).getUTCDate() !== day) return null;
  const seconds = midnightMs / 1000 + hour * 3600 + (minute - zoneMinutes) * 60 + second;
  return inRange(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}

function minutesOfZone(zone: string): number | null {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 18 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function inRange(timeNs: bigint): bigint | null {
  return timeNs <= TIME_NS_MAX && timeNs >= TIME_NS_MIN ? timeNs : null;
}
