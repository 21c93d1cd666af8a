import { describe, expect, it } from 'vitest';

import { BREAKER_LAYOUT } from '#ts/native/breaker-layout.js';
import { BreakerSet, OUTCOMES } from '#ts/native/breaker-set.js';
import { loadEngineAddon } from '#ts/native/engine-addon.js';
import { allocateAligned, loadMarketAddon } from '#ts/native/market-addon.js';

const DEFAULTS = {
  failures: 1,
  failureRate: 0,
  above: false,
  minimumCalls: 1,
  windowMs: 1_000,
  buckets: 10,
  cooldownMs: 100,
  trials: 1,
  trialSuccesses: 1,
  trialTimeoutMs: 100,
  slowCallMs: 0,
};
const RULE = { components: 0, fraction: 0 };

describe('the native breakers', () => {
  it('fail closed for an index or a time that is none', () => {
    const set = new BreakerSet({ defaults: DEFAULTS, rule: RULE }, 1_000);
    const component = set.component('a');
    for (const index of [Number.NaN, -1, 0.5, 256, Number.POSITIVE_INFINITY]) {
      expect(set.acquire(index, 1_000, false), String(index)).toBe(false);
      expect(set.permits(index, 1_000), String(index)).toBe(false);
      expect(() => set.settle(index, 0, OUTCOMES.failure, 0, 1_000)).not.toThrow();
    }
    expect(set.acquire(component, 1_000, false)).toBe(true);
    set.settle(component, set.stay, OUTCOMES.failure, 0, 1_000);
    for (const nowMs of [Number.NaN, 0, -1e300, 1_099]) {
      expect(set.permits(component, nowMs), String(nowMs)).toBe(false);
    }
    expect(set.permits(component, 1_100)).toBe(true);
  });

  it('count an outcome that is none of theirs as a failure', () => {
    const set = new BreakerSet({ defaults: DEFAULTS, rule: RULE }, 0);
    const component = set.component('a');
    set.acquire(component, 0, false);
    set.settle(component, set.stay, 9, 0, 0);
    expect(set.stateOf(component)).toBe(1);
  });

  it('refuse memory and settings that are wrong', () => {
    const { NativeBreakers } = loadEngineAddon();
    const market = loadMarketAddon();
    const aligned = (bytes: number) => allocateAligned(market, bytes);
    const make = (memory: Uint8Array, calls: Uint8Array, settings: object | undefined) => {
      const text = settings && JSON.stringify(settings);
      return new NativeBreakers(memory, calls, text, JSON.stringify(RULE), 0);
    };
    const memory = aligned(BREAKER_LAYOUT.bytes);
    const wrong = [
      [memory.subarray(64), aligned(128), DEFAULTS, 'memory must have 2309 lines, has 2308'],
      [aligned(BREAKER_LAYOUT.bytes + 64).subarray(1), aligned(128), DEFAULTS, 'aligned to 64'],
      [memory, aligned(64), DEFAULTS, 'calls must have at least 128 bytes'],
      [memory, aligned(128), { ...DEFAULTS, extra: 1 }, 'unknown field `extra`'],
      [memory, aligned(128), { ...DEFAULTS, failures: -1 }, 'expected u32'],
      [memory, aligned(128), { ...DEFAULTS, trials: 0 }, 'trials must be from 1 to 31'],
      [memory, aligned(128), undefined, 'must be that of breakers'],
    ] as const;
    for (const [one, calls, settings, message] of wrong) {
      expect(() => make(one, calls, settings)).toThrow(message);
    }
    expect(() => make(memory, aligned(128), DEFAULTS)).not.toThrow();
  });

  it('keep the changes of the latest thousand until they are taken', () => {
    const set = new BreakerSet({ defaults: DEFAULTS, rule: RULE }, 0);
    const component = set.component('a');
    for (let round = 0; round < 600; round += 1) {
      expect(set.acquire(component, round * 100, false)).toBe(true);
      set.settle(component, set.stay, OUTCOMES.failure, 0, round * 100);
    }
    expect(set.hasChanges).toBe(true);
    expect(set.takeChanges()).toHaveLength(1_024);
    expect(set.hasChanges).toBe(false);
    expect(set.takeChanges()).toEqual([]);
  });
});
