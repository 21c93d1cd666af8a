import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { exportedText, recordLine } from '#ts/cli/journal-export.js';
import type { ClosedTrade } from '#ts/engine/orders/closed-trade.js';
import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { BTC, openEngine } from '../../../support/engine-by-hand.js';
import { killedAfter } from '../../../support/killed-process.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const NOW_NS = 1_700_000_000_000_000_000n;

let executions = 0;

const usd = (amount: string) => ({ amount, currency: 'USD' });

interface Wish {
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly px: string;
  readonly fee?: { readonly amount: string; readonly currency: string };
}

/** Sends a market order and reports it filled whole. */
function trade(engine: Engine, { side, quantity, px, ...fee }: Wish): number {
  const { clientOrderId } = engine.submit({ side, quantity });
  executions += 1;
  engine.report({ kind: 'accepted', clientOrderId });
  const fill = { kind: 'fill', clientOrderId, tradeId: executions } as const;
  engine.report({ ...fill, lastPx: px, lastQty: quantity, ...fee });
  return clientOrderId;
}

const closedOf = (events: readonly EngineEvent[]): readonly ClosedTrade[] =>
  events.flatMap((event) => (event.kind === 'closed' ? [event.closed] : []));

describe('a trade that closes', () => {
  it('ORD-15: is told with its id, prices, exit reason and exact profit, behind the fill that closed it', () => {
    const path = join(temporaryFolder(), 'journal');
    const events: EngineEvent[] = [];
    const engine = openEngine({
      journal: { path, policy: 'os' },
      account: {
        cash: '1000000',
        balances: [{ currency: 'EUR', amount: '10' }],
        rateAgeMsMax: 'unlimited',
      },
      onEvent: (event) => events.push(event),
    });
    engine.setRate('EUR', '1.1');
    trade(engine, { side: 'buy', quantity: '0.1', px: '50000', fee: usd('1') });
    trade(engine, {
      side: 'buy',
      quantity: '0.2',
      px: '50010',
      fee: { amount: '0.5', currency: 'EUR' },
    });
    expect(closedOf(events)).toEqual([]);
    trade(engine, { side: 'sell', quantity: '0.4', px: '51000', fee: usd('4') });
    const [closed, ...rest] = closedOf(events);
    expect(rest).toEqual([]);
    expect(events.map(({ kind }) => kind).slice(-4)).toEqual([
      'position',
      'fill',
      'order',
      'closed',
    ]);
    expect(closed).toMatchObject({
      tradeId: 1,
      side: 'long',
      exitReason: 'signal',
      openedMs: 1_700_000_000_000,
      tsMs: 1_700_000_000_000,
      openedByOrderId: 1,
      closedByOrderId: 3,
      quantity: '0.3',
      mostQuantity: '0.3',
      entryPx: '50006.666666666666666667',
      exitPx: '51000',
      entryTickLots: 30_004_000n,
      exitTickLots: 30_600_000n,
    });
    expect(closed?.instrument.symbol).toBe('BTC');
    // 0.3 × 51,000 less 0.1 × 50,000 and 0.2 × 50,010, less the first fee and three quarters of the last.
    expect([closed?.pnl, closed?.fees].map(String)).toEqual(['294', '4']);
    expect(closed?.otherFees.map((fee) => `${String(fee)} ${fee.currency}`)).toEqual(['0.5 EUR']);
    expect(engine.snapshot().open_trips).toMatchObject([
      { trade_id: 2, side: 'short', entry_lots: '100', exit_lots: '0', fees: '1' },
    ]);
    const { state_hash: stateHash } = engine.close();
    expect(replayJournal(path).state_hash).toBe(stateHash);
    const records = readJournal(path, 0, 1_000).filter(({ kind }) => kind === 'trade_closed');
    expect(records.map(recordLine)).toEqual([
      expect.stringMatching(
        / trade_closed .* client_order_id=3 .*entry_ticks=100013\.333333333333333333 .*exit_reason=signal .*exit_ticks=102000 .*fees=4 .*lots=300 .*pnl=294 side=long trade_id=1$/,
      ),
    ]);
    const [head] = [...exportedText(records, 'csv', true)].join('').split('\n');
    expect(head?.split(',')).toEqual(expect.arrayContaining(['trade_id', 'exit_reason', 'pnl']));
  });

  it('ORD-15: names the protective order that closed it', () => {
    const events: EngineEvent[] = [];
    const engine = openEngine({ onEvent: (event) => events.push(event) });
    const intent = {
      side: 'buy',
      quantity: '0.1',
      stopLoss: '49000',
      takeProfit: '52000',
    } as const;
    const { clientOrderId } = engine.submit(intent);
    engine.report({ kind: 'accepted', clientOrderId });
    const entry = { kind: 'fill', tradeId: 70_001, lastPx: '50000', lastQty: '0.1' } as const;
    engine.report({ ...entry, clientOrderId });
    const target = engine.openOrders().find(({ role }) => role === 'take_profit');
    const targetId = target?.clientOrderId ?? 0;
    engine.report({ kind: 'accepted', clientOrderId: targetId });
    const exit = { kind: 'fill', tradeId: 70_002, lastPx: '52000', lastQty: '0.1' } as const;
    engine.report({ ...exit, clientOrderId: targetId });
    expect(closedOf(events)).toMatchObject([
      { exitReason: 'take_profit', closedByOrderId: targetId, openedByOrderId: clientOrderId },
    ]);
    engine.close();
  });

  it('ORD-15: begins with what is known when a position was adopted, and says that others closed it', () => {
    const events: EngineEvent[] = [];
    const engine = openEngine({ onEvent: (event) => events.push(event) });
    const ts = Number(NOW_NS / 1_000_000n);
    const held = (quantity: string) => ({
      ts,
      orders_complete_until: ts,
      fills_complete_from: 0,
      positions_complete: true,
      orders: [],
      fills: [],
      positions: [{ symbol: 'BTC', quantity, entry_price: '48000' }],
    });
    for (const quantity of ['0.2', '0']) {
      const { open } = engine.reconcile(held(quantity));
      for (const { id } of open) engine.decide(id, 'adopt', 'the venue is right');
    }
    expect(closedOf(events)).toMatchObject([
      { tradeId: 1, quantity: '0.2', entryPx: '48000', exitReason: 'external' },
    ]);
    engine.close();
  });
});

const SHARED = {
  limits: UNLIMITED,
  account: { cash: '1000000000' },
  fuse: {
    account: { ordersPerSecondMax: 'unlimited', ordersPerMinuteMax: 'unlimited' },
    repeatsMax: 'unlimited',
  },
} as const;

/** Buys and sells in a process of its own; a line tells of each trade that closed, when the journal has it. */
const RUN = `
import { writeSync } from 'node:fs';
import { Engine } from '#ts/engine/orders/engine.js';
import { Instrument } from '#ts/core/instrument.js';
const [path, shared, instrument] = process.argv.slice(1);
const told = [];
const engine = Engine.open({
  ...JSON.parse(shared),
  instruments: [Instrument.create(JSON.parse(instrument))],
  clock: () => ${NOW_NS}n,
  journal: { path, policy: 'os', snapshot: { everyRecords: 100 } },
  onEvent: (event) => event.kind === 'closed' && told.push(event.closed.tradeId),
});
engine.quote({ bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' });
for (let order = 1; order <= 20000; order += 1) {
  // Every third order turns the position over.
  const side = order % 2 === 1 ? 'buy' : 'sell';
  const quantity = order % 3 === 0 ? '0.003' : '0.002';
  const { clientOrderId } = engine.submit({ side, quantity });
  engine.drainRequests();
  engine.report({ kind: 'accepted', clientOrderId });
  engine.report({ kind: 'fill', clientOrderId, tradeId: order, lastPx: '50000', lastQty: quantity });
  engine.drainRequests();
  for (const id of told.splice(0)) writeSync(1, id + '\\n');
}
`;

const ARGUMENTS = [JSON.stringify(SHARED), JSON.stringify(BTC.options)];

describe('a process that is killed between trades', () => {
  it.each([1, 150])(
    'ORD-15: gives no trade id a second time, after %i trades',
    { timeout: 60_000 },
    async (trades) => {
      const path = join(temporaryFolder(), 'journal');
      const told = await killedAfter(RUN, [path, ...ARGUMENTS], trades);
      const events: EngineEvent[] = [];
      const engine = Engine.open({
        ...SHARED,
        instruments: [BTC],
        clock: () => NOW_NS,
        journal: { path, policy: 'os', resume: true, snapshot: { everyRecords: 100 } },
        onEvent: (event) => events.push(event),
      });
      engine.reconcile({ ts: Number(NOW_NS / 1_000_000n) });
      executions = 1_000_000;
      for (const side of ['buy', 'sell', 'sell', 'buy'] as const)
        trade(engine, { side, quantity: '0.009', px: '50000' });
      expect(closedOf(events).length).toBeGreaterThan(0);
      const { state_hash: stateHash } = engine.close();
      expect(replayJournal(path).state_hash).toBe(stateHash);
      const closed = readJournal(path, 0, 1_000_000).filter(({ kind }) => kind === 'trade_closed');
      const ids = closed.map(({ content }) => content['trade_id']);
      // One trade is open at a time, so that they close in the order of their numbers.
      expect(ids).toEqual(ids.map((_, place) => place + 1));
      expect(ids.slice(0, told.length)).toEqual(told);
      expect(closedOf(events).map(({ tradeId }) => tradeId)).toEqual(
        ids.slice(-closedOf(events).length),
      );
    },
  );
});
