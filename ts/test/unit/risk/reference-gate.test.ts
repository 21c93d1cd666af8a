import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  KNOWN_TO_BOTH,
  limitsOf,
  OTHER_LIMITS,
  PORTFOLIO_LIMITS,
  SIZE_LIMITS,
} from '../../support/gate-limits.js';
import { GatePair } from '../../support/gate-pair.js';

/** A few of the limits, each at one of its values: with many nothing would ever pass. */
function some(of: Readonly<Record<string, readonly string[]>>) {
  return fc
    .shuffledSubarray(Object.entries(of), { maxLength: 3 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map(([name, values]) => fc.constantFrom(...values).map((value) => [name, value])),
      ),
    )
    .map((entries): unknown => Object.fromEntries(entries));
}

const anyLimits = fc
  .record({
    sizes: some(SIZE_LIMITS),
    others: some(OTHER_LIMITS),
    portfolio: fc.oneof(fc.constant({}), some(PORTFOLIO_LIMITS)),
    isAbsolute: fc.boolean(),
    guard: fc.boolean(),
    flags: fc.record({ restricted: fc.boolean(), shortSaleDenied: fc.boolean() }),
    isRestricted: fc.nat(9),
    /** Messages of stops and their cancels are the engine's own, so one of the two is looked at. */
    kind: fc.constantFrom('stops' as const, 'messages' as const),
  })
  .map((choice) => ({ limits: limitsOf(choice), kind: choice.kind }));

const anyAct = fc.record({
  act: fc.constantFrom(
    'order',
    'order',
    'order',
    'order',
    'again',
    'price',
    'price',
    'price',
    'cancel',
    'signal',
    'tell',
    'tell',
  ),
  instrument: fc.nat(2),
  side: fc.nat(1),
  lots: fc.constantFrom(1, 40, 100, 130, 200, 260, 400),
  offset: fc.integer({ min: -400, max: 400 }),
  pause: fc.constantFrom(0, 0, 1, 90, 400, 2_000, 40_000, 90_000_000),
  form: fc.constantFrom('market', 'limit', 'limit', 'reduce'),
  stop: fc.constantFrom('none', 'right', 'right', 'wrong'),
  signal: fc.nat(6),
});
describe('the native gate and a slow reference', () => {
  const seen = new Map<string, number>();
  let suggestions = 0;

  it('RISK-29: agree on every verdict and every suggested quantity', () => {
    fc.assert(
      fc.property(
        anyLimits,
        fc.array(anyAct, { minLength: 20, maxLength: 60 }),
        ({ limits, kind }, acts) => {
          const pair = new GatePair(limits);
          for (const act of acts) pair.play(act, kind);
          pair.fixture.session.dispose();
          for (const [code, count] of pair.seen) seen.set(code, (seen.get(code) ?? 0) + count);
          suggestions += pair.suggestions;
        },
      ),
      { numRuns: 800, seed: 20_260_729 },
    );
  }, 120_000);

  it('meet every control that they both know, many times', () => {
    expect(suggestions).toBeGreaterThan(100);
    expect(KNOWN_TO_BOTH.filter((code) => (seen.get(code) ?? 0) < 5)).toEqual([]);
  });
});
