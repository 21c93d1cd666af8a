import { describe, expect, it } from 'vitest';

import { shownValue } from '#ts/core/shown-value.js';

describe('shownValue', () => {
  it.each([
    ['buy', 'buy'],
    ['9'.repeat(100), '9'.repeat(64)],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [2n ** 200n, String(2n ** 200n)],
    [10n ** 100n, `1${'0'.repeat(63)}`],
    [Symbol('price'), 'Symbol(price)'],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [() => 1, 'a function'],
    [['100'], 'an object'],
    [Object.create(null), 'an object'],
  ])('writes %s in words that fit a message', (value, text) => {
    expect(shownValue(value)).toBe(text);
  });

  it('runs none of the value', () => {
    const trap = {
      toString: () => {
        throw new Error('run');
      },
    };
    expect(shownValue(trap)).toBe('an object');
  });
});
