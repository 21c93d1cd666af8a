import { describe, expect, it } from 'vitest';

import { StrategyNumbers } from '#ts/core/strategy-numbers.js';
import { thrownBy } from '../../support/thrown-error.js';

describe('StrategyNumbers', () => {
  it('counts from 1 in the order of the limits; 0 is none', () => {
    const strategies = new StrategyNumbers(['trend', 'reversion']);
    expect([strategies.of('trend'), strategies.of('reversion')]).toEqual([1, 2]);
    expect([strategies.find('reversion'), strategies.find('carry')]).toEqual([2, 0]);
    expect([0, 1, 2, 3].map((number) => strategies.name(number))).toEqual([
      null,
      'trend',
      'reversion',
      null,
    ]);
  });

  it('refuses a name that the limits do not have, and tells which they have', () => {
    const error = thrownBy(() => new StrategyNumbers(['trend']).of('trendy'));
    expect(error).toMatchObject({ code: 'STRATEGY_UNKNOWN', context: { nearest: 'trend' } });
    expect(error.message).toContain('one of trend');
    expect(thrownBy(() => new StrategyNumbers().of('trend')).message).toContain('which name none');
  });

  it.each([
    ['a symbol', Symbol('trend')],
    ['an object without a text', Object.create(null) as unknown],
    ['null', null],
    ['a number', 1],
  ])('refuses %s by its code, as it refuses a wrong name', (_, value) => {
    const strategies = new StrategyNumbers(['trend']);
    const error = thrownBy(() => strategies.of(value as string));
    expect(error).toMatchObject({ code: 'STRATEGY_UNKNOWN', context: { nearest: null } });
  });
});
