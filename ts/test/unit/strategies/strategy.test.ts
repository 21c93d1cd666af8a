import { describe, expect, it } from 'vitest';

import { sma } from '#ts/quant/indicators/index.js';
import { defineStrategy, isStrategy, type StrategyDefinition } from '#ts/strategies/strategy.js';
import { thrownBy } from '../../support/thrown-error.js';

const onBar = () => undefined;

describe('defineStrategy', () => {
  it('keeps what it was given, and is known as a strategy', () => {
    const definition = {
      name: 'sma-cross',
      params: { fast: 2, slow: 5 },
      indicators: ({ fast, slow }: { fast: number; slow: number }) => ({
        fast: sma(fast),
        slow: sma(slow),
      }),
      onBar,
    };
    const strategy = defineStrategy(definition);
    expect(strategy).toMatchObject({ name: 'sma-cross', params: { fast: 2, slow: 5 } });
    expect(strategy.definition).toBe(definition);
    expect(isStrategy(strategy)).toBe(true);
    expect(defineStrategy({ name: 'x', onBar }).params).toEqual({});
  });

  it.each(['a', '0', 'a-b-c', '9lives', 'x'.repeat(64)])('takes the name %s', (name) => {
    expect(defineStrategy({ name, onBar }).name).toBe(name);
  });

  it.each(['', 'A', 'a_b', 'a b', '-a', 'a/b', '../a', 'ä', 'a\n', 'x'.repeat(65)])(
    'STRATEGY_INVALID: refuses the name %j, which would name a folder',
    (name) => {
      const error = thrownBy(() => defineStrategy({ name, onBar }));
      expect(error.code).toBe('STRATEGY_INVALID');
      expect(error.context['field']).toBe('name');
    },
  );

  it('STRATEGY_INVALID: refuses a key that it does not know, such as a misspelt hook', () => {
    const misspelt = { name: 'x', onBar, onbar: onBar } as StrategyDefinition;
    const error = thrownBy(() => defineStrategy(misspelt));
    expect(error.code).toBe('STRATEGY_INVALID');
    expect(error.message).toContain('"onbar"');
    expect(error.message).toContain('onBar');
  });

  it('STRATEGY_INVALID: refuses a strategy without a hook', () => {
    expect(thrownBy(() => defineStrategy({ name: 'x' })).message).toContain(
      'at least one of onStart',
    );
    const notCallable = { name: 'x', onBar: 'text' } as unknown as StrategyDefinition;
    expect(thrownBy(() => defineStrategy(notCallable)).code).toBe('STRATEGY_INVALID');
  });

  it.each(['onStart', 'onBar', 'onTrade', 'onQuote', 'onFill', 'onOrder', 'onTimer', 'onStop'])(
    'is content with %s alone',
    (hook) => {
      expect(isStrategy(defineStrategy({ name: 'x', [hook]: onBar }))).toBe(true);
    },
  );

  it('STRATEGY_INVALID: refuses what JavaScript passes that is no definition', () => {
    const call = defineStrategy as (definition: unknown) => unknown;
    for (const value of [undefined, null, 'text', 7, {}, []]) {
      expect(thrownBy(() => call(value)).code).toBe('STRATEGY_INVALID');
    }
  });

  it('STRATEGY_INVALID: refuses a hook that is no function beside one that is', () => {
    const broken = { name: 'x', onBar, onFill: 'text' } as unknown as StrategyDefinition;
    expect(thrownBy(() => defineStrategy(broken)).code).toBe('STRATEGY_INVALID');
  });

  it('STRATEGY_INVALID: refuses parameters that are no plain values: they stand in the journal', () => {
    const values: readonly unknown[] = [
      5n,
      () => 1,
      Symbol('x'),
      {},
      [],
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ];
    for (const value of values) {
      const definition = { name: 'x', params: { value }, onBar } as unknown as StrategyDefinition;
      expect(thrownBy(() => defineStrategy(definition)).code).toBe('STRATEGY_INVALID');
    }
    const plain = { one: 1, text: 'a', yes: true, none: null };
    expect(defineStrategy({ name: 'x', params: plain, onBar }).params).toEqual(plain);
  });
});

describe('isStrategy', () => {
  it.each([null, undefined, 7, 'x', onBar, {}, { name: 'x' }, { name: 'x', definition: null }])(
    'refuses %j',
    (value) => {
      expect(isStrategy(value)).toBe(false);
    },
  );
});
