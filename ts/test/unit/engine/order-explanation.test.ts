import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { explainOrder } from '#ts/engine/order-explanation.js';
import { firstSegment, recordOffsets } from '../../support/journal-bytes.js';
import { playScript } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const out = join(temporaryFolder(), 'session');
const journal = join(out, 'journal');

beforeAll(async () => {
  const script = {
    0: (context: { buy: (quantity: number, options: { stopLoss: number }) => unknown }) =>
      context.buy(3, { stopLoss: 9.5 }),
  };
  await playScript([10, 11, [11, 11, 9, 9]], script, { out });
});

describe('explainOrder', () => {
  it('SEC-06: says what was asked for, what each control saw, and what became of it', () => {
    const explained = explainOrder(journal, '1');
    expect(explained.order).toMatchObject({
      client_order_id: '1',
      symbol: 'STOCK',
      currency: 'USD',
      side: 'buy',
      order_type: 'market',
      quantity: '3',
      stop_loss: '9.50',
      limit_price: null,
    });
    expect(explained.decision?.approved).toBe(true);
    const check = (code: string) =>
      explained.decision?.checks.find((candidate) => candidate.code === code);
    expect(check('ORDER_NOTIONAL_EXCEEDED')).toMatchObject({
      passed: true,
      unit: 'amount',
      limit: null,
      observed: '30',
      input_age_ns: 0,
    });
    expect(check('POSITION_LIMIT_EXCEEDED')?.observed).toBe('0.0003');
    expect(explained.outcome).toEqual({
      status: 'filled',
      filled: '3',
      average_price: '11',
      fees: '0',
      realized: '0',
    });
    expect(explained.timeline.map(({ what }) => what)).toEqual([
      'order asked for',
      'gate approved',
      'order submitted',
      'venue accepted',
      'order accepted',
      'venue fill',
      'position 3',
      'order filled',
    ]);
    expect(explained.timeline.find(({ what }) => what === 'venue fill')?.detail).toBe(
      '3 at 11.00 as taker, fee 0 USD, trade 1',
    );
    expect(explained.configuration?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(explained.damage).toBeNull();
  });

  it('tells of the order that protects it, and that one of the order that it protects', () => {
    const [child] = explainOrder(journal, '1').protective_orders;
    expect(child).toMatchObject({ parent: '1', role: 'stop_loss', trigger_price: '9.50' });
    const explained = explainOrder(journal, child?.client_order_id ?? '');
    expect(explained.order.parent).toBe('1');
    expect(explained.decision?.reducing).toBe(true);
    expect(explained.outcome).toMatchObject({ filled: '3', realized: '-4.5' });
    expect(explained.protective_orders).toEqual([]);
  });

  it('explains what stands before damage, and says what the damage is', () => {
    const segment = firstSegment(journal);
    const intact = readFileSync(segment);
    const last = recordOffsets(segment).at(-2) ?? 0;
    const forged = Buffer.from(intact);
    forged.writeUInt8(forged.readUInt8(last + 30) ^ 1, last + 30);
    try {
      writeFileSync(segment, forged);
      const explained = explainOrder(journal, '1');
      expect(explained.outcome.status).toBe('filled');
      expect(explained.damage?.code).toBe('JOURNAL_CORRUPT');
    } finally {
      writeFileSync(segment, intact);
    }
  });

  it('JOURNAL_ORDER_MISSING: names the order that no record is about', () => {
    const error = thrownBy(() => explainOrder(journal, '77'));
    expect(error).toMatchObject({ code: 'JOURNAL_ORDER_MISSING', context: { order: '77' } });
    expect(thrownBy(() => explainOrder(journal, 'abc')).code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => explainOrder(out, '1')).code).toBe('JOURNAL_NOT_FOUND');
  });
});
