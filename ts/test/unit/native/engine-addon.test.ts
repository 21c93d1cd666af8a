import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { engineCall, fromEngineAddon, loadEngineAddon } from '#ts/native/engine-addon.js';
import { loadMarketAddon } from '#ts/native/market-addon.js';
import { MARKET_EVENT_BYTES, MARKET_EVENT_OFFSETS } from '#ts/market/market-event-layout.js';
import { alignedRecords, configJson } from '../../support/native-fixture.js';
import { thrownBy } from '../../support/thrown-error.js';

const addon = loadEngineAddon();

it('loads the same addon each time', () => {
  expect(loadEngineAddon()).toBe(addon);
});

it('lays the market event out as C++ and TypeScript do', () => {
  const layout = JSON.parse(addon.marketEventLayout()) as Record<string, unknown>;
  const text = JSON.stringify(layout);
  expect(text).toContain(String(MARKET_EVENT_BYTES));
  const { eventBytes, eventOffsets } = loadMarketAddon().layout();
  expect(eventBytes).toBe(MARKET_EVENT_BYTES);
  expect(eventOffsets).toMatchObject(MARKET_EVENT_OFFSETS);
});

describe('NAT-30: errors of the addon', () => {
  it('come out with code, message and context', () => {
    const error = thrownBy(() => engineCall(() => addon.priceTicks(specText(), '1.005')));
    expect(error.code).toBe('PRICE_OFF_TICK');
    expect(error.message).toBe('price must be a multiple of 0.01, was 1.005');
    expect(error.context).toEqual({ value: '1.005', step: '0.01', below: '1', above: '1.01' });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('are converted by code only: any other value stays what it is', () => {
    const coded = Object.assign(new Error('text\n{"a":1}'), { code: 'ORDER_UNKNOWN' });
    expect(fromEngineAddon(coded)).toMatchObject({
      code: 'ORDER_UNKNOWN',
      message: 'text',
      context: { a: 1 },
    });
    const bare = Object.assign(new Error('text'), { code: 'ORDER_UNKNOWN' });
    expect(fromEngineAddon(bare)).toMatchObject({
      code: 'ORDER_UNKNOWN',
      message: 'text',
      context: {},
    });
    const foreign = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const plain = new TypeError('x');
    const converted = new HoldfastError('ORDER_INVALID', 'x');
    for (const value of [foreign, plain, converted, 'text', null, undefined]) {
      expect(fromEngineAddon(value)).toBe(value);
    }
  });

  it('let a result through', () => {
    expect(engineCall(() => addon.amountSum('0.1', '0.2'))).toBe('0.3');
  });
});

describe('NAT-30: wrong types to the addon', () => {
  const strange: readonly unknown[] = [
    undefined,
    null,
    1,
    1n,
    true,
    {},
    [],
    Symbol('x'),
    () => 1,
    new Date(0),
  ];

  /** Two that take nothing, and a number of rounds that any value gives. */
  const WITHOUT_ARGUMENT = new Set(['marketEventLayout', 'breakerLayout', 'amountArithmeticNs']);

  it('are errors, never a crash, in every function and every place', () => {
    const functions = Object.entries(addon).filter(([name]) => !name.startsWith('Native'));
    expect(functions.length).toBeGreaterThan(6);
    for (const [name, call] of functions) {
      if (WITHOUT_ARGUMENT.has(name)) continue;
      for (const value of strange) {
        const run = call as (...args: unknown[]) => unknown;
        expect(() => run(value), name).toThrow(Error);
        if (call.length > 1) expect(() => run('{}', value, value), name).toThrow(Error);
      }
    }
  });

  it('are errors in the constructor of a session, whatever is wrong', () => {
    const make = addon.NativeSession as unknown as new (...args: unknown[]) => unknown;
    const [exchange, notices, records] = [alignedRecords(), alignedRecords(), alignedRecords()];
    const right: readonly unknown[] = [configJson(), undefined, exchange, notices, records];
    expect(() => new make(...right)).not.toThrow();
    for (const place of [0, 2, 3, 4]) {
      for (const value of [...strange, new Float64Array(64), new ArrayBuffer(4_096), 'text']) {
        expect(
          () => new make(...right.map((each, index) => (index === place ? value : each))),
        ).toThrow(Error);
      }
    }
    expect(() => new make(configJson(), 7, exchange, notices, records)).toThrow(Error);
  });

  it('NAT-18: ARGUMENT_INVALID: refuses memory that is too small or not aligned', () => {
    const wrong = [alignedRecords().subarray(0, 8), alignedRecords().subarray(1)];
    for (const memory of wrong) {
      const error = thrownBy(() =>
        engineCall(
          () =>
            new addon.NativeSession(configJson(), null, memory, alignedRecords(), alignedRecords()),
        ),
      );
      expect(error.code).toBe('ARGUMENT_INVALID');
      expect(error.message).toContain('aligned to 64');
    }
  });

  it('CONFIG_INVALID: refuses a configuration without its fields', () => {
    for (const text of ['', '{', '{}', 'null', '[]', '{"engine":{}}']) {
      const error = thrownBy(() =>
        engineCall(
          () =>
            new addon.NativeSession(
              text,
              null,
              alignedRecords(),
              alignedRecords(),
              alignedRecords(),
            ),
        ),
      );
      expect(error.code).toBe('CONFIG_INVALID');
    }
  });

  it('are errors on a session method that is called on something else', () => {
    const { snapshot, close, dispose } = addon.NativeSession.prototype;
    for (const method of [snapshot, close, dispose]) {
      for (const self of [{}, null, addon, new Map()])
        expect(() => method.call(self as never)).toThrow(Error);
    }
  });
});

/** An instrument with a tick of one cent, as the native core reads it. */
function specText(): string {
  return JSON.stringify(
    (JSON.parse(configJson()) as { engine: { instruments: unknown[] } }).engine.instruments[0],
  );
}
