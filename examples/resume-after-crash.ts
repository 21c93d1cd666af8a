/**
 * A bot that dies with orders on their way, and the one that starts after it: what the first had sent is known, what nobody
 * answered is in doubt, and nothing new is opened before the venue was asked. Run it with
 * `npx tsx examples/resume-after-crash.ts`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { HoldfastError, Instrument, presetLimits } from 'holdfast';
import { Engine, type VenueState } from 'holdfast/orders';

const NOW_MS = 1_760_000_000_000;
const btc = Instrument.create({ symbol: 'BTC-USD', tickSize: '0.5', lotSize: '0.001' });

function openEngine(path: string): Engine {
  const engine = Engine.open({
    instruments: [btc],
    limits: { ...presetLimits('lightning'), strategies: ['dip-buyer'] },
    account: { cash: '50000' },
    journal: { path, resume: 'if_present', snapshot: { everyRecords: 10_000 } },
    clock: () => BigInt(NOW_MS) * 1_000_000n,
  });
  engine.quote({ bid: '64999.5', bidQty: '1.2', ask: '65000.5', askQty: '0.8' });
  return engine;
}

function buy(engine: Engine, limitPrice: string, idempotencyKey: string): number {
  const { clientOrderId } = engine.submit({
    side: 'buy',
    quantity: '0.01',
    orderType: 'limit',
    limitPrice,
    stopLoss: '60000',
    strategy: 'dip-buyer',
    causedAtMs: NOW_MS,
    idempotencyKey,
  });
  return clientOrderId;
}

/** The first process: one order filled, one sent and not answered, and then it is killed. */
function firstLife(path: string): void {
  const engine = openEngine(path);
  const clientOrderId = buy(engine, '65000', 'dip of 09:00');
  engine.drainRequests();
  engine.report({ kind: 'accepted', clientOrderId });
  const fill = { lastPx: '65000', lastQty: '0.01', tradeId: 7 };
  engine.report({ kind: 'fill', clientOrderId, ...fill });
  buy(engine, '64000', 'dip of 10:00');
  engine.drainRequests();
  process.kill(process.pid, 'SIGKILL');
}

/** What the venue would answer: the fill, the protective stop and the second order are there. */
function venueState(): VenueState {
  const order = { symbol: 'BTC-USD', quantity: '0.01' };
  return {
    ts: NOW_MS,
    orders_complete_until: NOW_MS,
    fills_complete_from: 0,
    positions_complete: true,
    orders: [
      {
        ...order,
        venue_order_id: 'v-2',
        client_order_id: 2,
        side: 'sell',
        type: 'stop_market',
        trigger_price: '60000',
        reduce_only: true,
      },
      {
        ...order,
        venue_order_id: 'v-3',
        client_order_id: 3,
        side: 'buy',
        type: 'limit',
        limit_price: '64000',
      },
      // Somebody has placed this one by hand.
      {
        ...order,
        venue_order_id: 'v-9',
        side: 'buy',
        type: 'limit',
        limit_price: '50000',
      },
    ],
    fills: [
      {
        trade_id: 7,
        venue_order_id: 'v-1',
        client_order_id: 1,
        symbol: 'BTC-USD',
        side: 'buy',
        price: '65000',
        quantity: '0.01',
        ts: NOW_MS,
      },
    ],
    positions: [{ symbol: 'BTC-USD', quantity: '0.01', entry_price: '65000' }],
  };
}

function secondLife(path: string): void {
  const engine = openEngine(path);
  const { replayed, in_doubt } = engine.restart ?? { replayed: 0, in_doubt: [] };
  console.log(`resumed  ${replayed} records, in doubt: orders ${in_doubt.join(' and ')}`);
  for (const { kind, clientOrderIdText } of engine.drainRequests()) {
    console.log(`${kind.padEnd(8)} ${clientOrderIdText}`);
  }
  console.log(`again    ${buy(engine, '65000', 'dip of 09:00')} is the order of this key`);
  try {
    buy(engine, '63000', 'dip of 11:00');
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    console.log(`refused  ${error.code}`);
  }
  const { open, mode } = engine.reconcile(venueState());
  for (const { code, here, there } of open) console.log(`differs  ${code}: ${here}, ${there}`);
  console.log(`mode     ${mode} while ${open.length} difference stands open`);
  for (const { id } of open) engine.decide(id, 'flatten', 'placed by hand');
  for (const { kind, venueOrderId } of engine.drainRequests()) {
    console.log(`${kind.padEnd(8)} ${venueOrderId}`);
  }
  console.log(`mode     ${engine.mode}, in doubt: ${engine.order(3)?.isInDoubt}`);
  console.log(`new      order ${buy(engine, '63000', 'dip of 11:00')}`);
  engine.close();
}

const [, , journal] = process.argv;
if (journal !== undefined) {
  firstLife(journal);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'resume-after-crash-'));
  const path = join(folder, 'journal');
  const args = [...process.execArgv, fileURLToPath(import.meta.url), path];
  const { signal } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  console.log(`killed   by ${signal}`);
  secondLife(path);
  rmSync(folder, { recursive: true });
}
