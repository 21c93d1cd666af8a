import { CircuitState, circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import fc from 'fast-check';
import CircuitBreaker from 'opossum';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Breakers } from '#ts/breaker/index.js';

/**
 * What all three libraries agree on: when a run of outcomes opens the breaker, that an open one makes no call, that one
 * trial follows the cooldown, and what it does. They differ afterwards: opossum keeps its window when it closes, and
 * cockatiel counts the trial in it.
 */
const COOLDOWN_MS = 1_000;
const WINDOW_MS = 60_000;

interface Peer {
  /** Makes one call that fails or not, and says whether it was made. */
  call(fails: boolean): Promise<boolean>;
  state(): string;
  close(): void;
}

async function attempt(run: (operation: () => Promise<void>) => Promise<unknown>, fails: boolean) {
  let wasMade = false;
  const operation = async () => {
    wasMade = true;
    if (fails) throw new Error('down');
  };
  await run(operation).catch(() => undefined);
  return wasMade;
}

function holdfast(rate: number, minimumCalls: number): Peer {
  const breaker = Breakers.create({
    clock: () => Date.now(),
    defaults: {
      failureRate: rate,
      thresholdRule: 'above',
      minimumCalls,
      windowMs: WINDOW_MS,
      cooldownMs: COOLDOWN_MS,
    },
  }).component('peer');
  return {
    call: async (fails) => await attempt((operation) => breaker.run(operation), fails),
    state: () => breaker.state,
    close: () => undefined,
  };
}

function opossum(rate: number, minimumCalls: number): Peer {
  const breaker = new CircuitBreaker(async (operation: () => Promise<void>) => await operation(), {
    timeout: false,
    errorThresholdPercentage: rate * 100,
    resetTimeout: COOLDOWN_MS,
    volumeThreshold: minimumCalls,
    rollingCountTimeout: WINDOW_MS,
  });
  return {
    call: async (fails) => await attempt((operation) => breaker.fire(operation), fails),
    state: () => (breaker.opened ? 'open' : breaker.halfOpen ? 'half_open' : 'closed'),
    close: () => breaker.shutdown(),
  };
}

function cockatiel(rate: number, minimumCalls: number): Peer {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: COOLDOWN_MS,
    breaker: new SamplingBreaker({
      threshold: rate,
      duration: WINDOW_MS,
      minimumRps: minimumCalls / (WINDOW_MS / 1_000),
    }),
  });
  return {
    call: async (fails) => await attempt((operation) => policy.execute(operation), fails),
    state: () => (policy.state === CircuitState.Closed ? 'closed' : 'open'),
    close: () => undefined,
  };
}

const scenario = fc.record({
  rate: fc.constantFrom(0.25, 0.5, 0.75),
  minimumCalls: fc.integer({ min: 1, max: 12 }),
  outcomes: fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
  early: fc.integer({ min: 0, max: COOLDOWN_MS - 1 }),
  trialFails: fc.boolean(),
});

describe('beside opossum and cockatiel', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each([
    ['opossum', opossum],
    ['cockatiel', cockatiel],
  ] as const)('opens, refuses, tries and decides as %s does', async (name, make) => {
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ rate, minimumCalls, outcomes, early, trialFails }) => {
        const [own, peer] = [holdfast(rate, minimumCalls), make(rate, minimumCalls)];
        const both = async (fails: boolean) => {
          const made = [await own.call(fails), await peer.call(fails)];
          expect(made[0]).toBe(made[1]);
          return made[0];
        };
        try {
          for (const fails of outcomes) await both(fails);
          expect(own.state()).toBe(peer.state());
          if (own.state() === 'closed') return;
          opened += 1;
          await vi.advanceTimersByTimeAsync(early);
          expect(await both(false)).toBe(false);
          await vi.advanceTimersByTimeAsync(COOLDOWN_MS - early);
          expect(await both(trialFails)).toBe(true);
          expect(own.state()).toBe(trialFails ? 'open' : 'closed');
          expect(peer.state()).toBe(own.state());
          if (trialFails) expect(await both(false)).toBe(false);
        } finally {
          peer.close();
        }
      }),
      { numRuns: 1_000 },
    );
    expect(opened, name).toBeGreaterThan(200);
  });
});
