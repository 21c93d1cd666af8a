import { Worker } from 'node:worker_threads';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { type BreakerOptions, Breakers } from '#ts/breaker/index.js';
import { BREAKER_LAYOUT } from '#ts/native/breaker-layout.js';
import { loadEngineAddon } from '#ts/native/engine-addon.js';
import { thrownBy } from '../../support/thrown-error.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { boom, breakersAt } from './breaker-clock.js';

const DEFAULTS = { failures: 2, minimumCalls: 2, windowMs: 1_000, cooldownMs: 100 };

function fail(breakers: Breakers, component: string, times = 2): void {
  for (let call = 0; call < times; call += 1) {
    expect(() => breakers.component(component).runSync(boom)).toThrow('boom');
  }
}

describe('the memory of the breakers', () => {
  it('CB-03: has one layout on both sides', () => {
    expect(JSON.parse(loadEngineAddon().breakerLayout())).toEqual(BREAKER_LAYOUT);
  });

  it('CB-18: takes far less than ten megabytes', () => {
    expect(Breakers.create().memory.byteLength).toBeLessThan(10_000_000);
  });

  it('is shared by threads: what one opens, another is refused by', async () => {
    const breakers = Breakers.create({ defaults: { ...DEFAULTS, cooldownMs: 60_000 } });
    const module = writeInto(
      temporaryFolder(),
      'worker.mjs',
      `import { workerData } from 'node:worker_threads';
       import { Breakers } from ${JSON.stringify(pathToFileURL(resolve('dist/breaker/index.js')).href)};
       const breakers = Breakers.attach(workerData);
       for (let call = 0; call < 2; call += 1) {
         await breakers.component('venue').run(() => { throw new Error(); }).catch(() => undefined);
       }`,
    );
    const worker = new Worker(pathToFileURL(module), { workerData: breakers.memory });
    await new Promise((done, failed) => worker.on('exit', done).on('error', failed));
    expect(breakers.component('venue').state).toBe('open');
    expect(breakers.component('venue').allowRequest()).toBe(false);
    expect(breakers.metrics()).toMatchObject([{ component: 'venue', failed: 2, trips: 1 }]);
  });

  it('has the names of components that another one made', () => {
    const { breakers, clock } = breakersAt({
      defaults: DEFAULTS,
      components: { orders: { dependsOn: ['database'] } },
    });
    const other = Breakers.attach(breakers.memory, { clock: clock.read });
    fail(breakers, 'database');
    const refused = thrownBy(() => other.component('orders').acquire());
    expect(refused.context).toMatchObject({ openComponent: 'database' });
    expect(other.changes).toEqual([]);
    expect(other.metrics()).toEqual(breakers.metrics());
  });

  it('is refused when it is no memory of breakers', () => {
    const zero = new Uint8Array(new SharedArrayBuffer(BREAKER_LAYOUT.bytes));
    expect(thrownBy(() => Breakers.attach(zero)).code).toBe('ARGUMENT_INVALID');
    for (const other of [new Uint8Array(64), zero.subarray(1), zero.subarray(0, 64)]) {
      expect(thrownBy(() => Breakers.attach(other)).code).toBe('ARGUMENT_INVALID');
    }
  });
});

describe('components', () => {
  it('CB-12: are made on first use and bounded in number', () => {
    const { breakers } = breakersAt();
    expect(breakers.component('a')).toBe(breakers.component('a'));
    for (let number = 1; number < 256; number += 1) breakers.component(`c${number}`);
    expect(thrownBy(() => breakers.component('one more')).code).toBe('CAPACITY_EXHAUSTED');
    expect(thrownBy(() => breakers.component('')).code).toBe('CONFIG_INVALID');
  });

  it('CB-11: give permission and state by id and kind of call', () => {
    const { breakers } = breakersAt({
      defaults: DEFAULTS,
      kinds: { database: { failures: 1, minimumCalls: 1 } },
    });
    expect(breakers.permission('ledger', 'database')).toEqual({ allowed: true, state: 'closed' });
    fail(breakers, 'ledger', 1);
    expect(breakers.permission('ledger', 'database')).toMatchObject({
      allowed: false,
      state: 'open',
      code: 'CIRCUIT_OPEN',
    });
    breakers.component('quotes', 'data_api');
    fail(breakers, 'quotes', 1);
    expect(breakers.permission('quotes').allowed).toBe(true);
    const kinds = { llm: { cooldownMs: -1 } };
    expect(thrownBy(() => Breakers.create({ kinds })).code).toBe('CONFIG_INVALID');
  });

  it('CB-11: keep the thresholds of the thread that made them', () => {
    const { breakers, clock } = breakersAt({
      defaults: DEFAULTS,
      kinds: { database: { failures: 1, minimumCalls: 1 } },
    });
    const first = Breakers.attach(breakers.memory, { clock: clock.read });
    first.component('ledger');
    breakers.component('ledger', 'database');
    fail(breakers, 'ledger', 1);
    expect(breakers.component('ledger').state).toBe('closed');
  });

  it('CB-15: keep their dependants away while they are open, and say so', () => {
    const { breakers, clock } = breakersAt({
      defaults: DEFAULTS,
      components: { orders: { dependsOn: ['store'] }, store: { dependsOn: ['database'] } },
    });
    const blocked: string[] = [];
    const orders = breakers.component('orders');
    orders.on('blocked', ({ component }) => blocked.push(`${component} blocked`));
    orders.on('unblocked', ({ component }) => blocked.push(`${component} unblocked`));
    fail(breakers, 'database');
    const refused = thrownBy(() => orders.acquire());
    expect(refused.code).toBe('CIRCUIT_DEPENDENCY_OPEN');
    expect(refused.context).toMatchObject({ component: 'orders', openComponent: 'database' });
    expect(orders.state).toBe('closed');
    expect(orders.allowRequest()).toBe(false);
    clock.advance(100);
    orders.acquire().success();
    expect(blocked).toEqual(['orders blocked', 'orders unblocked']);
  });

  it('CB-04: together open the global circuit, which denies all of them', () => {
    const { breakers } = breakersAt({ defaults: DEFAULTS, global: { fraction: 0.5 } });
    const told: string[] = [];
    breakers.on('globalOpen', () => told.push('open'));
    breakers.on('globalClose', () => told.push('close'));
    for (const name of ['a', 'b', 'c', 'd']) breakers.component(name);
    fail(breakers, 'a');
    expect(breakers.isGlobalOpen).toBe(false);
    fail(breakers, 'b');
    expect(breakers.isGlobalOpen).toBe(true);
    const refused = thrownBy(() => breakers.component('d').acquire());
    expect(refused).toMatchObject({ code: 'CIRCUIT_GLOBAL_OPEN', message: 'Global circuit open' });
    expect(told).toEqual(['open']);
  });

  it('CB-09: take changed thresholds while calls go on', () => {
    const { breakers } = breakersAt({ defaults: { ...DEFAULTS, failures: 50 } });
    fail(breakers, 'a', 5);
    breakers.reload({ ...DEFAULTS, failures: 6 });
    fail(breakers, 'a', 1);
    expect(breakers.component('a').state).toBe('open');
    breakers.reload({ ...DEFAULTS, failures: 1, minimumCalls: 1 }, 'b');
    fail(breakers, 'b', 1);
    expect(breakers.component('b').state).toBe('open');
  });

  it.each([
    [{ failures: 0 }, 'CONFIG_INVALID'],
    [{ failureRate: 1.5 }, 'CONFIG_INVALID'],
    [{ cooldownMs: 0 }, 'CONFIG_INVALID'],
    [{ windowMs: 10, buckets: 3 }, 'CONFIG_INVALID'],
    [{ trials: 1, trialSuccesses: 2 }, 'CONFIG_INVALID'],
    [{ failurs: 3 }, 'CONFIG_UNKNOWN_KEY'],
  ])('refuse %o', (defaults: BreakerOptions & object, code) => {
    expect(thrownBy(() => Breakers.create({ defaults })).code).toBe(code);
  });

  it('find buckets for any window', () => {
    for (const windowMs of [1, 7, 15, 1_001, 9_999]) {
      expect(Breakers.create({ defaults: { windowMs } }).component('a').state).toBe('closed');
    }
  });
});

describe('CB-17: changes of state', () => {
  it('are logged with their cause, oldest first', async () => {
    const { breakers, clock } = breakersAt({ defaults: DEFAULTS });
    const told: unknown[] = [];
    breakers.on('change', (change) => told.push(change));
    const openedMs = clock.ms;
    fail(breakers, 'a');
    clock.advance(100);
    breakers.component('a').runSync(() => 1);
    expect(breakers.changes).toEqual([
      {
        whose: 'component',
        component: 'a',
        from: 'closed',
        to: 'open',
        cause: 'CIRCUIT_TOO_MANY_FAILURES',
        atMs: openedMs,
      },
      expect.objectContaining({ to: 'half_open', cause: 'cooldown', atMs: openedMs + 100 }),
      expect.objectContaining({ to: 'closed', cause: 'trial_succeeded' }),
    ]);
    expect(told).toEqual(breakers.changes);
  });

  it('keep the latest thousand', () => {
    const { breakers, clock } = breakersAt({ defaults: DEFAULTS });
    fail(breakers, 'a');
    for (let round = 0; round < 600; round += 1) {
      clock.advance(100);
      expect(() => breakers.component('a').runSync(boom)).toThrow('boom');
    }
    expect(breakers.changes).toHaveLength(1_000);
    expect(breakers.metrics()[0]?.trips).toBe(601);
  });

  it('and counts are exported, as an object and for Prometheus', () => {
    const { breakers, clock } = breakersAt({ defaults: DEFAULTS });
    breakers.component('a "quoted"\\').runSync(() => 1);
    fail(breakers, 'b');
    expect(breakers.component('b').allowRequest()).toBe(false);
    expect(() => breakers.component('b').acquire()).toThrow('open');
    expect(breakers.metrics().find(({ component }) => component === 'b')).toEqual({
      component: 'b',
      state: 'open',
      held: false,
      enteredMs: clock.ms,
      lastFailureMs: clock.ms,
      lastAttemptMs: clock.ms,
      window: { calls: 0, failures: 0, confident: false, exceeded: false },
      admitted: 2,
      succeeded: 0,
      failed: 2,
      slow: 0,
      ignored: 0,
      late: 0,
      trips: 1,
      refused: { open: 1, exhausted: 0, global: 0, dependency: 0, confidence: 0 },
    });
    const text = breakers.prometheus().split('\n');
    expect(text).toContain('# TYPE holdfast_breaker_state gauge');
    expect(text).toContain('holdfast_breaker_state{component="b"} 2');
    expect(text).toContain('holdfast_breaker_state{component="a \\"quoted\\"\\\\"} 0');
    expect(text).toContain('holdfast_breaker_outcomes_total{component="b",outcome="failed"} 2');
    expect(text).toContain('holdfast_breaker_refused_total{component="b",reason="open"} 1');
    expect(text).toContain('holdfast_breaker_changes_total 1');
    expect(text).toContain('holdfast_breaker_global_open 0');
    for (const line of text.filter((each) => each !== '' && !each.startsWith('#'))) {
      expect(line).toMatch(/^[a-z_]+(?:\{[^}]+\})? \d+$/);
    }
  });
});
