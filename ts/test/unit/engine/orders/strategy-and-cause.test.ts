import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { orderExplanationText } from '#ts/cli/order-explanation-text.js';
import { explainOrder } from '#ts/engine/order-explanation.js';
import type { SubmitResult } from '#ts/strategies/strategy-context.js';
import { replayJournal } from '#ts/native/journal-tools.js';
import { HandClock, LIMIT_BUY, openEngine } from '../../../support/engine-by-hand.js';
import { playScript, UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

/** Two strategies; what the second may order is smaller, and it may not repeat itself. */
const LIMITS = {
  ...UNLIMITED,
  strategies: ['trend', 'reversion'],
  scopes: [
    { strategy: 'reversion', limits: { orderQtyMax: '0.05', duplicateWindowMsMin: '60000' } },
  ],
};
const SMALL = { ...LIMIT_BUY, quantity: '0.05', strategy: 'reversion' } as const;

function codesOf(result: SubmitResult): readonly string[] {
  return result.verdict === 'denied' ? result.codes : [];
}

describe('the strategy of an order', () => {
  it('is judged by the limits of its scope, alone, in a list and in a batch', () => {
    const engine = openEngine({ limits: LIMITS });
    expect(engine.submit({ ...LIMIT_BUY, strategy: 'trend' }).verdict).toBe('approved');
    expect(engine.submit(LIMIT_BUY).verdict).toBe('approved');
    const denied = engine.submit({ ...LIMIT_BUY, strategy: 'reversion' });
    expect(codesOf(denied)).toEqual(['ORDER_QTY_EXCEEDED']);
    // An order of a list that names no strategy is of the first one's.
    const stop = { ...LIMIT_BUY, orderType: 'stop_limit', triggerPrice: '51000' } as const;
    const list = engine.submitList('oco', [SMALL, stop]);
    expect(list.verdict === 'denied' && list.codes).toEqual(['ORDER_QTY_EXCEEDED']);
    const own = engine.submitList('oco', [SMALL, { ...stop, strategy: 'trend' }]);
    expect(own.verdict).toBe('approved');
    const order = { instrument: 0, side: 'sell', lots: 100, limitTicks: 100_001 } as const;
    for (const strategy of ['trend', 'reversion', undefined]) {
      engine.orderBatch.add(strategy === undefined ? order : { ...order, strategy });
    }
    engine.submitBatch();
    expect([0, 1, 2].map((slot) => engine.orderBatch.code(slot))).toEqual([
      null,
      'ORDER_QTY_EXCEEDED',
      null,
    ]);
    expect(engine.openOrders().map(({ strategy }) => strategy)).toEqual([
      'trend',
      null,
      'reversion',
      'trend',
      'trend',
      null,
    ]);
    engine.close();
  });

  it('has a window of its own against the same intent twice', () => {
    const engine = openEngine({ limits: LIMITS });
    expect(engine.submit(SMALL).verdict).toBe('approved');
    expect(codesOf(engine.submit(SMALL))).toEqual(['DUPLICATE_INTENT']);
    expect(engine.submit({ ...SMALL, strategy: 'trend' }).verdict).toBe('approved');
    engine.close();
  });

  it('is refused when the limits do not name it, and nothing happens', () => {
    const engine = openEngine({ limits: LIMITS });
    const before = engine.snapshot();
    const error = thrownBy(() => engine.submit({ ...LIMIT_BUY, strategy: 'reversal' }));
    expect(error).toMatchObject({ code: 'STRATEGY_UNKNOWN', context: { nearest: 'reversion' } });
    const wrong = { instrument: 0, side: 'buy', lots: 1, strategy: 'trends' } as const;
    expect(thrownBy(() => engine.orderBatch.add(wrong)).code).toBe('STRATEGY_UNKNOWN');
    expect(engine.orderBatch.length).toBe(0);
    expect(engine.snapshot()).toEqual(before);
    engine.close();
  });
});

describe('the cause of an order', () => {
  it('is measured against the oldest that may act, alone and in a batch', () => {
    const clock = new HandClock();
    const limits = { ...UNLIMITED, intentAgeMsMax: '250' };
    const engine = openEngine({ limits, clock: clock.read });
    const seen = clock.nowNs;
    clock.advance(300_000_000n);
    engine.quote({ bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' });
    // The price is fresh, and so an order without a cause passes; the event it was decided on is not.
    expect(engine.submit(LIMIT_BUY).verdict).toBe('approved');
    expect(codesOf(engine.submit({ ...LIMIT_BUY, causedAtNs: seen }))).toEqual(['INTENT_STALE']);
    const recent = Number((clock.nowNs - 200_000_000n) / 1_000_000n);
    expect(engine.submit({ ...LIMIT_BUY, causedAtMs: recent }).verdict).toBe('approved');
    const order = { instrument: 0, side: 'buy', lots: 1, limitTicks: 100_000 } as const;
    engine.orderBatch.add({ ...order, causedAtNs: seen });
    engine.orderBatch.add({ ...order, causedAtNs: clock.nowNs });
    // A slot that had a cause before has none when its next order names none.
    engine.submitBatch();
    expect([0, 1].map((slot) => engine.orderBatch.code(slot))).toEqual(['INTENT_STALE', null]);
    engine.orderBatch.clear();
    engine.orderBatch.add(order);
    engine.submitBatch();
    expect(engine.orderBatch.code(0)).toBeNull();
    engine.close();
  });
});

describe('journal why', () => {
  it('SEC-06: tells the strategy and the cause of an order, and replays the same', () => {
    const folder = join(temporaryFolder(), 'journal');
    const clock = new HandClock();
    const engine = openEngine({ limits: LIMITS, journal: { path: folder }, clock: clock.read });
    const causedAtNs = clock.nowNs - 1_500_000n;
    const { clientOrderId } = engine.submit({ ...SMALL, causedAtNs });
    const plain = engine.submit(LIMIT_BUY).clientOrderId;
    engine.close();
    const explained = explainOrder(folder, String(clientOrderId));
    expect(explained.order).toMatchObject({ strategy: 'reversion', cause_ns: String(causedAtNs) });
    const text = orderExplanationText(explained);
    expect(text).toMatch(/strategy +reversion/);
    expect(text).toMatch(/caused by +the market event of .* UTC, 1\.5 ms before the order/);
    const other = explainOrder(folder, String(plain));
    expect(other.order).toMatchObject({ strategy: null, cause_ns: null });
    expect(orderExplanationText(other)).not.toContain('caused by');
    expect(() => replayJournal(folder)).not.toThrow();
  });
});

describe('a strategy in a session', () => {
  const limits = {
    ...UNLIMITED,
    strategies: ['other', 'scripted'],
    scopes: [{ strategy: 'scripted', limits: { orderQtyMax: '5' } }],
  };

  it('is the one of its orders where the limits name it, unless an order names another', async () => {
    const results: SubmitResult[] = [];
    await playScript(
      [10, 10, 10],
      {
        0: (context) => {
          results.push(context.buy(6), context.buy(6, { strategy: 'other' }), context.buy(5));
        },
        1: (context) => {
          results.push(context.buy(1, { causedAtMs: context.nowMs - 1 }));
        },
      },
      { limits },
    );
    expect(results.map(codesOf)).toEqual([['ORDER_QTY_EXCEEDED'], [], [], []]);
  });
});
