import { describe, expect, it } from 'vitest';

import { durationText, textColumns, utcText } from '#ts/cli/text-columns.js';

describe('textColumns', () => {
  it('lays cells under each other, figures to the right, without blanks at line ends', () => {
    expect(
      textColumns(
        [
          ['a', '1', 'x'],
          ['bcd', '200', ''],
        ],
        [1],
      ),
    ).toEqual(['a      1  x', 'bcd  200']);
  });
});

describe('utcText', () => {
  it('prints milliseconds, and nanoseconds where they are not whole milliseconds', () => {
    expect(utcText('1578355200000000000')).toBe('2020-01-07 00:00:00.000');
    expect(utcText('1578355199999999999')).toBe('2020-01-06 23:59:59.999999999');
  });
});

describe('durationText', () => {
  it.each([
    [0n, '0 ns'],
    [999n, '999 ns'],
    [1_500n, '1.5 µs'],
    [812_000_000n, '812 ms'],
    [60_000_000_000n, '1 min'],
    [90_000_000_000n, '1.5 min'],
    [86_400_000_000_000n, '1 d'],
  ])('%s ns is %s', (ns, text) => {
    expect(durationText(ns)).toBe(text);
  });
});
