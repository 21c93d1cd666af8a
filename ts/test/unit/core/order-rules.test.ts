import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { orderRulesRecord, parseOrderRules } from '#ts/core/order-rules.js';
import { journalConfiguration, readJournal } from '#ts/native/journal-tools.js';
import type { SubmitResult } from '#ts/strategies/strategy-context.js';
import { playScript, STOCK } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { rejectionOf, thrownBy } from '../../support/thrown-error.js';

describe('the rules of orders', () => {
  it('ORD-08: self-trade prevention is chosen by the session, for all or by symbol', async () => {
    const cross = async (selfTrade: Parameters<typeof parseOrderRules>[0]) => {
      const results: SubmitResult[] = [];
      await playScript(
        [10, 10],
        {
          0: (context) => {
            const limit = { orderType: 'limit', limitPrice: '9' } as const;
            results.push(context.buy(1, limit), context.sell(1, limit));
          },
        },
        selfTrade === undefined ? {} : { orders: selfTrade },
      );
      return results.map((result) => (result.verdict === 'denied' ? result.codes : 'approved'));
    };
    expect(await cross(undefined)).toEqual(['approved', 'approved']);
    expect(await cross({ selfTrade: 'cancel_newest' })).toEqual(['approved', ['SELF_TRADE']]);
    expect(await cross({ selfTrade: { bySymbol: { STOCK: 'cancel_newest' } } })).toEqual([
      'approved',
      ['SELF_TRADE'],
    ]);
  });

  it('ORD-04: the epoch of the ids and the account stand in the configuration', async () => {
    const out = temporaryFolder();
    const ids: number[] = [];
    await playScript(
      [10, 10],
      { 0: (context) => void ids.push(context.buy(1).clientOrderId) },
      { out, orders: { idEpoch: 2, account: 9, idempotencyMax: 20_000 } },
    );
    expect(ids).toEqual([2 * 2 ** 32 + 1]);
    expect(journalConfiguration(join(out, 'journal'))?.record.content).toMatchObject({
      engine: { orders: { id_epoch: 2, account: 9, idempotency_max: 20_000 } },
    });
  });

  it('add nothing to a configuration when they are the default', () => {
    expect(orderRulesRecord(parseOrderRules(), [STOCK], 10_000)).toBeUndefined();
    expect(
      orderRulesRecord(parseOrderRules({ selfTrade: { policy: 'off' } }), [STOCK], 10_000),
    ).toBe(undefined);
  });

  it('ask for more keys where there may be more open orders than keys are remembered', () => {
    const keys = (maxOpenOrders: number, rules = {}) =>
      orderRulesRecord(parseOrderRules(rules), [STOCK], maxOpenOrders)?.['idempotency_max'];
    expect(keys(65_536)).toBeUndefined();
    expect(keys(65_537)).toBe(65_538);
    expect(keys(100_000, { idempotencyMax: 500_000 })).toBe(500_000);
  });

  it.each([
    [{ selfTrade: 'both' }, 'CONFIG_INVALID'],
    [{ idEpoch: 2_097_152 }, 'CONFIG_INVALID'],
    [{ account: -1 }, 'CONFIG_INVALID'],
    [{ epoch: 1 }, 'CONFIG_UNKNOWN_KEY'],
  ])('%j is refused with %s', (rules, code) => {
    // @ts-expect-error plain JavaScript may pass any rules
    expect(thrownBy(() => parseOrderRules(rules)).code).toBe(code);
  });

  it('name instruments of the session only', () => {
    const rules = parseOrderRules({ selfTrade: { bySymbol: { GOLD: 'cancel_both' } } });
    expect(thrownBy(() => orderRulesRecord(rules, [STOCK], 10_000)).code).toBe('CONFIG_INVALID');
  });
});

describe('the policy of the journal', () => {
  it.each(['always', 'os', { batchMs: 50 }] as const)(
    'NAT-05: %j writes the same records',
    async (journalPolicy) => {
      const out = temporaryFolder();
      const buy = { 0: (context: { buy(quantity: number): unknown }) => void context.buy(1) };
      await playScript([10, 10], buy, { out, journalPolicy, tables: false });
      expect(readJournal(join(out, 'journal'), 0, 100)).toHaveLength(14);
    },
  );

  it.each([[{ batchMs: 0 }], ['sometimes'], [{ batchMs: 1, age: 2 }]])(
    '%j is refused',
    async (journalPolicy) => {
      const out = temporaryFolder();
      // @ts-expect-error plain JavaScript may pass any policy
      const error = await rejectionOf(playScript([10], {}, { out, journalPolicy }));
      expect(error.code).toBe('CONFIG_INVALID');
    },
  );

  it('is refused without a journal', async () => {
    const error = await rejectionOf(playScript([10], {}, { journalPolicy: 'always' }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('with a journal only');
  });
});

describe('the trading mode of a session', () => {
  it('ORD-17: a strategy tightens it, says why, and cannot loosen it', async () => {
    const out = temporaryFolder();
    const seen: unknown[] = [];
    await playScript(
      [10, 10, 10],
      {
        0: (context) => {
          seen.push(context.mode);
          context.buy(5);
        },
        1: (context) => {
          context.setMode('paused', 'the model is not sure');
          const denied = context.buy(1);
          seen.push(context.mode, denied.verdict === 'denied' && denied.codes);
          seen.push(thrownBy(() => context.setMode('normal', 'sure again')).code);
          seen.push(thrownBy(() => context.setMode('reduced', '')).code);
          context.setMode('emergency', 'enough');
        },
        2: (context) => seen.push(context.position().quantity),
      },
      { out },
    );
    expect(seen).toEqual([
      'normal',
      'paused',
      ['TRADING_MODE_DENIED'],
      'MODE_RESET_REQUIRED',
      'ARGUMENT_INVALID',
      0,
    ]);
    const changes = readJournal(join(out, 'journal'), 0, 100).filter(
      ({ kind }) => kind === 'mode_changed',
    );
    expect(changes.map(({ content }) => content['reason'])).toEqual([
      'the model is not sure',
      'enough',
    ]);
  });
});
