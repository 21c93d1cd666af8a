import { describe, expect, it, vi } from 'vitest';

import { isRefusal } from '#ts/breaker/index.js';
import { rejectionOf, thrownBy } from '../../support/thrown-error.js';
import { boom, breakersAt } from './breaker-clock.js';

const DEFAULTS = { failures: 2, minimumCalls: 2, windowMs: 1_000, cooldownMs: 100 };

function venue(more: object = {}) {
  const { clock, breakers } = breakersAt({ defaults: { ...DEFAULTS, ...more } });
  return { clock, breakers, breaker: breakers.component('venue') };
}

/** Fails as often as it takes to open the breaker of `venue()`. */
async function open(breaker: ReturnType<typeof venue>['breaker']): Promise<void> {
  for (let call = 0; call < 2; call += 1) await breaker.run(boom).catch(() => undefined);
}

describe('a call through a breaker', () => {
  it('gives its result, and throws its error as it is', async () => {
    const { breaker } = venue();
    await expect(breaker.run(async () => 7)).resolves.toBe(7);
    await expect(breaker.run(() => 8)).resolves.toBe(8);
    await expect(breaker.run(boom)).rejects.toThrow('boom');
    expect(breaker.runSync(() => 9)).toBe(9);
    expect(() => breaker.runSync(boom)).toThrow('boom');
  });

  it('CB-01: opens, tries one call after the cooldown, and closes on its success', async () => {
    const { breaker, clock } = venue();
    await open(breaker);
    expect(breaker.state).toBe('open');
    const refused = await rejectionOf(breaker.run(() => 1));
    expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', retryable: true });
    expect(refused.context).toEqual({ component: 'venue', state: 'open', retryAfterMs: 100 });
    expect(isRefusal(refused)).toBe(true);
    clock.advance(100);
    expect(breaker.allowRequest()).toBe(true);
    const trial = breaker.acquire();
    expect(breaker.state).toBe('half_open');
    expect(thrownBy(() => breaker.acquire()).code).toBe('CIRCUIT_HALF_OPEN_EXHAUSTED');
    trial.success();
    expect(breaker.state).toBe('closed');
    expect(breaker.permission()).toEqual({ allowed: true, state: 'closed' });
  });

  it('waits for the cooldown to the millisecond, at any time since 1970', () => {
    for (let round = 0; round < 500; round += 1) {
      const { breaker, clock } = venue();
      clock.ms = 1_795_279_319_000 + round * 7_919;
      for (let call = 0; call < 2; call += 1) breaker.acquire().failure();
      clock.advance(99);
      expect(breaker.allowRequest(), String(clock.ms)).toBe(false);
      clock.advance(1);
      expect(breaker.allowRequest(), String(clock.ms)).toBe(true);
    }
  });

  it('CB-01: opens again when the trial fails', async () => {
    const { breaker, clock } = venue();
    await open(breaker);
    clock.advance(100);
    await breaker.run(boom).catch(() => undefined);
    expect(breaker.state).toBe('open');
    clock.advance(99);
    expect(breaker.allowRequest()).toBe(false);
    expect(breaker.permission()).toMatchObject({ code: 'CIRCUIT_OPEN', retryAfterMs: 1 });
  });

  it('CB-02: is refused without enough calls in the window when it asks for confidence', async () => {
    const { breaker } = venue();
    const refused = await rejectionOf(breaker.run(() => 1, { confident: true }));
    expect(refused.code).toBe('CIRCUIT_MIN_CALLS_NOT_MET');
    breaker.runSync(() => 1);
    breaker.runSync(() => 1);
    await expect(breaker.run(() => 1, { confident: true })).resolves.toBe(1);
  });

  it('takes a result or an error for a failure only when it is told so', async () => {
    const { breaker, breakers } = venue();
    const failed = () => breakers.metrics()[0]?.failed;
    await breaker.run(() => 500, { failsWith: (status) => status >= 500 });
    expect(failed()).toBe(1);
    await breaker.run(boom, { failsOn: () => false }).catch(() => undefined);
    expect(failed()).toBe(1);
    expect(breakers.metrics()[0]?.ignored).toBe(1);
    expect(breaker.state).toBe('closed');
    const broken = () => {
      throw new Error('predicate');
    };
    await expect(breaker.run(() => 1, { failsWith: broken })).resolves.toBe(1);
    expect(failed()).toBe(2);
    expect(breakers.listenerFailures).toMatchObject({ count: 1 });
  });

  it('counts a slow success as a failure when there is a bound', () => {
    const { breaker, breakers, clock } = venue({ slowCallMs: 50 });
    breaker.runSync(() => clock.advance(49));
    breaker.runSync(() => clock.advance(50));
    expect(breakers.metrics()[0]).toMatchObject({ succeeded: 1, failed: 1, slow: 1 });
  });

  it('does not take the refusal of a breaker further down for a failure', async () => {
    const { breaker, breakers } = venue();
    const inner = breakers.component('inner');
    await open(inner);
    await breaker.run(() => inner.run(() => 1)).catch(() => undefined);
    expect(breakers.metrics().find(({ component }) => component === 'venue')).toMatchObject({
      failed: 0,
      ignored: 1,
    });
  });

  it('gives the result of the fallback for a refusal and for an error', async () => {
    const { breaker } = venue();
    const told: unknown[] = [];
    breaker.on('fallback', (event) => told.push(event));
    const fallback = (error: unknown) => String(error);
    expect(await breaker.run<string>(boom, { fallback })).toBe('Error: boom');
    expect(await breaker.run<string>(boom, { fallback })).toBe('Error: boom');
    expect(await breaker.run(() => 'fine', { fallback })).toContain('must be closed, is open');
    expect(told).toHaveLength(3);
  });

  it('passes arguments through a wrapped function', async () => {
    const { breaker } = venue();
    const add = breaker.wrap((left: number, right: number) => left + right);
    await expect(add(2, 3)).resolves.toBe(5);
  });
});

describe('a deadline', () => {
  it('fails a call that takes too long, aborts it, and does not look at its end', async () => {
    vi.useFakeTimers();
    try {
      const { breaker, breakers } = venue();
      const timeouts: unknown[] = [];
      breaker.on('timeout', (event) => timeouts.push(event));
      let aborted: unknown;
      const pending = rejectionOf(
        breaker.run(
          (signal) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => {
                aborted = signal.reason;
                resolve('late');
              });
            }),
          { timeoutMs: 30 },
        ),
      );
      await vi.advanceTimersByTimeAsync(30);
      const error = await pending;
      expect(error).toMatchObject({ code: 'CIRCUIT_TIMEOUT', context: { timeoutMs: 30 } });
      expect(aborted).toBe(error);
      expect(timeouts).toHaveLength(1);
      expect(breakers.metrics()[0]).toMatchObject({ failed: 1, succeeded: 0 });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ignores a call that its caller gives up, before and during it', async () => {
    const { breaker, breakers } = venue();
    const reason = new Error('changed my mind');
    const before = AbortSignal.abort(reason);
    await expect(breaker.run(() => 1, { signal: before })).rejects.toBe(reason);
    expect(breakers.metrics()[0]).toMatchObject({ admitted: 0 });
    const controller = new AbortController();
    const pending = breaker.run(() => new Promise(() => undefined), { signal: controller.signal });
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(breakers.metrics()[0]).toMatchObject({ admitted: 1, ignored: 1, failed: 0 });
  });

  it('gives the token of a trial back that was given up', async () => {
    const { breaker, clock } = venue();
    await open(breaker);
    clock.advance(100);
    const controller = new AbortController();
    const pending = breaker.run(() => new Promise(() => undefined), { signal: controller.signal });
    expect(breaker.allowRequest()).toBe(false);
    controller.abort();
    await pending.catch(() => undefined);
    expect(breaker.allowRequest()).toBe(true);
  });

  it.each([0, -1, Number.NaN, 2 ** 31])('refuses a timeout of %s', async (timeoutMs) => {
    const { breaker } = venue();
    const error = await rejectionOf(breaker.run(() => 1, { timeoutMs }));
    expect(error.code).toBe('ARGUMENT_INVALID');
  });
});

describe('a guard', () => {
  it('CB-08: counts the first word, and a failure when it goes out of scope without one', () => {
    const { breaker, breakers } = venue();
    const guard = breaker.acquire();
    guard.success();
    guard.failure();
    guard[Symbol.dispose]();
    expect(breakers.metrics()[0]).toMatchObject({ succeeded: 1, failed: 0 });
    breaker.acquire()[Symbol.dispose]();
    breaker.acquire().ignore();
    expect(breakers.metrics()[0]).toMatchObject({ succeeded: 1, failed: 1, ignored: 1 });
  });

  it('whose outcome comes after the breaker has changed decides nothing', async () => {
    const { breaker, breakers, clock } = venue();
    const early = breaker.acquire();
    await open(breaker);
    clock.advance(100);
    breaker.acquire();
    early.failure();
    expect(breaker.state).toBe('half_open');
    expect(breakers.metrics()[0]).toMatchObject({ late: 1, failed: 3 });
  });

  it('that is lost gives its trial up after a time', async () => {
    const { breaker, clock } = venue();
    await open(breaker);
    clock.advance(100);
    breaker.acquire();
    clock.advance(99);
    expect(breaker.permission()).toMatchObject({ code: 'CIRCUIT_HALF_OPEN_EXHAUSTED' });
    clock.advance(1);
    breaker.acquire().success();
    expect(breaker.state).toBe('closed');
  });
});

describe('events', () => {
  it('tell every change and every outcome, until nobody listens any more', async () => {
    const { breaker, clock } = venue();
    const told: string[] = [];
    const names = ['open', 'halfOpen', 'close', 'success', 'failure', 'reject'] as const;
    const ends = names.map((name) => breaker.on(name, () => told.push(name)));
    await open(breaker);
    await breaker.run(() => 1).catch(() => undefined);
    clock.advance(100);
    await breaker.run(() => 1);
    expect(told).toEqual(['failure', 'open', 'failure', 'reject', 'halfOpen', 'close', 'success']);
    for (const end of ends) end();
    await breaker.run(() => 1);
    expect(told).toHaveLength(7);
  });

  it('CB-07: a listener that throws or rejects changes nothing, and is kept', async () => {
    const { breaker, breakers } = venue();
    breaker.on('open', boom);
    breaker.on('open', async () => boom());
    await open(breaker);
    expect(breaker.state).toBe('open');
    await Promise.resolve();
    expect(breakers.listenerFailures.count).toBe(2);
    expect(breakers.listenerFailures.last).toMatchObject({ message: 'boom' });
  });
});
