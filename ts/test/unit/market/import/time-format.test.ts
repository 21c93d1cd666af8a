import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  detectTimeFormat,
  isAmbiguousDate,
  timeOfDayReader,
  timeReaderOf,
} from '#ts/market/import/time-format.js';

const MS = 1_000_000n;

/** Prints nanoseconds as ISO 8601 in UTC with nine digits. */
function isoText(timeNs: bigint): string {
  const belowMs = ((timeNs % MS) + MS) % MS;
  const text = new Date(Number((timeNs - belowMs) / MS)).toISOString();
  return `${text.slice(0, -1)}${belowMs.toString().padStart(6, '0')}Z`;
}
const utc = (text: string): bigint => BigInt(Date.parse(text)) * MS;

describe('time format', () => {
  it.each([
    ['2020-02-29', utc('2020-02-29T00:00:00Z')],
    ['2020-01-02T03:04:05', utc('2020-01-02T03:04:05Z')],
    ['2020-01-02 03:04:05Z', utc('2020-01-02T03:04:05Z')],
    ['2020-01-02T03:04', utc('2020-01-02T03:04:00Z')],
    ['2020-01-02T03:04:05.123456789Z', utc('2020-01-02T03:04:05Z') + 123_456_789n],
    ['2020-01-02T03:04:05.5', utc('2020-01-02T03:04:05.500Z')],
    ['2020-01-02T03:04:05+02:00', utc('2020-01-02T01:04:05Z')],
    ['2020-01-02T03:04:05-0530', utc('2020-01-02T08:34:05Z')],
    ['1969-12-31T23:59:59Z', -1_000_000_000n],
  ])('reads ISO 8601 %s, UTC where no zone is given', (text, timeNs) => {
    expect(timeReaderOf('iso')(text)).toBe(timeNs);
    expect(detectTimeFormat(text)).toBe('iso');
  });

  it.each([
    '2020-02-30',
    '2019-02-29',
    '2020-13-01',
    '2020-00-01',
    '2020-01-00',
    '2020-01-01T24:00:00',
    '2020-01-01T00:60:00',
    '2020-01-01X00:00:00',
    '2020-01-01T00:00:00+25:00',
    '20-01-01',
    '1500-01-01',
    '2300-01-01',
    'x020-01-01',
    '2020-01-01T00:00:00.1234567890',
    '',
    'null',
  ])('TST-08: refuses "%s"', (text) => {
    expect(timeReaderOf('iso')(text)).toBeNull();
  });

  it.each([
    ['1577934245', 's', utc('2020-01-02T03:04:05Z')],
    ['1577934245.25', 's', utc('2020-01-02T03:04:05.250Z')],
    ['1577934245000', 'ms', utc('2020-01-02T03:04:05Z')],
    ['1577934245000001', 'us', utc('2020-01-02T03:04:05Z') + 1000n],
    ['1577934245000000001', 'ns', utc('2020-01-02T03:04:05Z') + 1n],
  ] as const)('tells the unit of the epoch time %s by its magnitude', (text, format, timeNs) => {
    expect(detectTimeFormat(text)).toBe(format);
    expect(timeReaderOf(format)(text)).toBe(timeNs);
  });

  it('NAT-10: refuses an epoch time with more digits than a nanosecond has', () => {
    expect(timeReaderOf('s')('1577934245.0000000001')).toBeNull();
    expect(timeReaderOf('ns')('1577934245000000001.5')).toBeNull();
    expect(timeReaderOf('us')('1577934245000000.5')).toBe(1_577_934_245_000_000_500n);
    expect(timeReaderOf('s')('-0.5')).toBe(-500_000_000n);
  });

  it('TST-08: refuses epoch times beyond the range of a bar', () => {
    expect(timeReaderOf('s')('99999999999')).toBeNull();
    expect(timeReaderOf('ns')('9999999999999999999')).toBeNull();
  });

  it('reads compact and slashed dates', () => {
    const midnight = utc('2020-03-04T00:00:00Z');
    expect(timeReaderOf('yyyymmdd')('20200304')).toBe(midnight);
    expect(timeReaderOf('yyyymmdd')('20200304 01:30')).toBe(utc('2020-03-04T01:30:00Z'));
    expect(timeReaderOf('yyyymmdd')('20200304013005')).toBe(utc('2020-03-04T01:30:05Z'));
    expect(timeReaderOf('mm/dd/yyyy')('3/4/2020')).toBe(midnight);
    expect(timeReaderOf('dd/mm/yyyy')('04/03/2020 00:00')).toBe(midnight);
    expect(timeReaderOf('yyyy/mm/dd')('2020/03/04')).toBe(midnight);
    expect(timeReaderOf('date')('2020-03-04')).toBe(midnight);
    expect(timeReaderOf('date')('2020-03-04T00:00:00')).toBeNull();
    expect(detectTimeFormat('20200304 00:00')).toBe('yyyymmdd');
    expect(detectTimeFormat('2020/03/04')).toBe('yyyy/mm/dd');
  });

  it('never guesses whether the day or the month comes first', () => {
    expect(detectTimeFormat('03/04/2020')).toBeNull();
    expect(isAmbiguousDate('03/04/2020')).toBe(true);
    expect(timeReaderOf('mm/dd/yyyy')('2020/03/04')).toBeNull();
    expect(timeReaderOf('dd/mm/yyyy')('03/13/2020')).toBeNull();
  });

  it('reads milliseconds since the midnight of a day, and no more than that day', () => {
    const read = timeOfDayReader(utc('2018-04-04T00:00:00Z'));
    expect(read('60000')).toBe(utc('2018-04-04T00:01:00Z'));
    expect(read('86399999')).toBe(utc('2018-04-04T23:59:59.999Z'));
    expect(read('86400000')).toBeNull();
    expect(read('-1')).toBeNull();
    expect(read('00:01')).toBeNull();
  });

  it('NAT-10: print then read gives the same nanosecond', () => {
    const range = { min: utc('1700-01-01T00:00:00Z'), max: utc('2260-01-01T00:00:00Z') };
    fc.assert(
      fc.property(fc.bigInt(range), (timeNs) => {
        expect(timeReaderOf('iso')(isoText(timeNs))).toBe(timeNs);
        expect(timeReaderOf('ns')(timeNs.toString())).toBe(timeNs);
      }),
    );
  });
});
