import { describe, expect, it } from 'vitest';

import { openActors, pricesAt } from '../../../support/actor-session.js';
import { LIMIT_BUY, openEngine } from '../../../support/engine-by-hand.js';
import { thrownBy } from '../../../support/thrown-error.js';

/** `REQUESTS_MAX` of native/rust/engine/src/desk.rs. */
const REQUESTS_MAX = 2 ** 20;

describe('requests that nobody drains', () => {
  it(
    'ARC-06: an order is refused once 2²⁰ of them wait, and a cancel never',
    { timeout: 60_000 },
    () => {
      const engine = openEngine();
      const { clientOrderId } = engine.submit(LIMIT_BUY);
      for (let asked = 1; asked < REQUESTS_MAX - 1; asked += 1) engine.loseTrack(clientOrderId);
      const last = engine.submit(LIMIT_BUY);
      expect(last.verdict).toBe('approved');
      for (const submit of [
        () => engine.submit(LIMIT_BUY),
        () => engine.submit(LIMIT_BUY, { idempotencyKey: 'once' }),
        () => engine.submitList('oco', [LIMIT_BUY, LIMIT_BUY]),
      ]) {
        expect(thrownBy(submit).code).toBe('CAPACITY_EXHAUSTED');
      }
      engine.cancel(last.clientOrderId);
      expect(engine.order(last.clientOrderId)?.isPendingCancel).toBe(true);
      engine.close();
    },
  );

  it('ARC-06: the same holds for symbol actors', { timeout: 60_000 }, () => {
    const actors = openActors({ threads: 0 });
    const place = () => {
      actors.orderBatch.clear();
      actors.orderBatch.add({ instrument: 0, side: 'buy', lots: 1, limitTicks: 10_000 });
      actors.submitBatch();
      return actors.orderBatch.clientOrderId(0);
    };
    const first = place();
    for (let asked = 1; asked < REQUESTS_MAX - 1; asked += 1) actors.loseTrack(first);
    actors.trades(pricesAt('100'));
    const last = place();
    expect(last).toBeGreaterThan(first);
    expect(thrownBy(place).code).toBe('CAPACITY_EXHAUSTED');
    actors.cancel(last);
    expect(actors.order(last)?.isPendingCancel).toBe(true);
    actors.close();
  });
});
