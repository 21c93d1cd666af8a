import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Instrument, type LimitsOptions } from 'holdfast';
import { Engine } from 'holdfast/orders';

import { actorRows } from './actor-rounds.js';
import { type Figure, rowsOf } from './figures.js';
import { nativeExample } from './native-example.js';
import { PlainOrderBooks } from './plain-order-books.js';
import { OPEN_FUSE } from './open-fuse.js';
import { isStartedDirectly, printSuite, type Suite } from './suite.js';

/** Orders of a batch, and batches that are measured after as many that are not. */
const BATCH = 256;
const BATCHES = 400;

const SUBMIT = 'submit, gate, journal buffer, request bytes';
const FILL = 'fill applied to order, position and account';
const LIFE = 'orders sent and filled, sustained';
/** As `FILL`, which natively is one step between two readings of the clock, for the fills of a batch between two. */
const FILLS = 'fills of a batch of 64, timed together';
/** What plain JavaScript does of each case. */
const PLAIN_CASES: Readonly<Record<string, string>> = {
  [SUBMIT]: SUBMIT,
  [FILL]: FILL,
  [FILLS]: FILL,
  [LIFE]: LIFE,
  'orders sent, sustained': SUBMIT,
};
const REFERENCE = 'plain JavaScript books (numbers, no journal)';

/** The same instrument and limits as in native/rust/engine/examples/order_rate.rs: all set, all far away. */
const instrument = Instrument.create({
  symbol: 'TEST',
  tickSize: '0.01',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1000',
  percentPriceFrac: '0.2',
});
const limits: LimitsOptions = {
  orderQtyMax: '100',
  orderNotionalQuoteMax: '1000000',
  positionQtyMax: 'unlimited',
  positionNotionalQuoteMax: 'unlimited',
  positionFracMax: '50',
  grossExposureFracMax: '100',
  priceBandFracMax: '0.1',
  ordersPerMinuteMax: 'unlimited',
  dailyTradesMax: 'unlimited',
  dailyLossFracMax: '0.5',
  drawdownFracMax: '0.5',
  stopLossRequired: false,
  priceAgeMsMax: 'unlimited',
};

/** A desk that sends a batch of orders, and hears that they filled. */
interface Desk {
  readonly send: () => void;
  readonly fill: () => void;
  readonly close: () => void;
}

const sideOf = (slot: number) => (slot % 2 === 0 ? 'buy' : 'sell');

function openEngine(path: string | undefined): Engine {
  const engine = Engine.open({
    fuse: OPEN_FUSE,
    instruments: [instrument],
    limits,
    account: { cash: '1000000000' },
    batchMax: BATCH,
    clock: () => 1_000_000_000n,
    ...(path === undefined ? {} : { journal: { path, policy: 'os' } }),
  });
  engine.quote({ bid: '99.99', bidQty: '0.001', ask: '100.01', askQty: '0.001' });
  return engine;
}

function batchDesk(path: string | undefined): Desk {
  const engine = openEngine(path);
  const { orderBatch, reportBatch } = engine;
  let tradeId = 0;
  return {
    send: () => {
      orderBatch.clear();
      for (let slot = 0; slot < BATCH; slot += 1) {
        orderBatch.add({ instrument: 0, side: sideOf(slot), lots: 10, limitTicks: 10_000 });
      }
      engine.submitBatch();
      engine.drainBatch();
    },
    fill: () => {
      reportBatch.clear();
      for (let slot = 0; slot < BATCH; slot += 1) {
        reportBatch.add({
          kind: 'fill',
          clientOrderId: orderBatch.clientOrderId(slot),
          tradeId: (tradeId += 1),
          lastTicks: 10_000,
          lastLots: 10,
          feeUnits: 123,
          feeScale: 6,
        });
      }
      engine.applyReports();
      if (reportBatch.status(BATCH - 1) !== 'filled') throw new Error('an order did not fill');
    },
    close: () => void engine.close(),
  };
}

function singleDesk(path: string | undefined): Desk {
  const engine = openEngine(path);
  const ids: number[] = [];
  let tradeId = 0;
  return {
    send: () => {
      ids.length = 0;
      for (let slot = 0; slot < BATCH; slot += 1) {
        const order = { side: sideOf(slot), quantity: '0.01', limitPrice: '100' } as const;
        ids.push(engine.submit({ ...order, orderType: 'limit' }).clientOrderId);
        engine.drainRequests();
      }
    },
    fill: () => {
      for (const clientOrderId of ids) {
        engine.report({
          kind: 'fill',
          clientOrderId,
          tradeId: (tradeId += 1),
          lastPx: '100',
          lastQty: '0.01',
          fee: { amount: '0.000123' },
        });
      }
    },
    close: () => void engine.close(),
  };
}

function plainDesk(): Desk {
  const books = new PlainOrderBooks();
  const ids: number[] = [];
  let tradeId = 0;
  return {
    send: () => {
      ids.length = 0;
      books.requests.length = 0;
      for (let slot = 0; slot < BATCH; slot += 1) ids.push(books.submit(sideOf(slot), 10, 10_000));
    },
    fill: () => {
      for (const id of ids) books.fill(id, (tradeId += 1), 10_000, 10, 0.000_123);
      if (books.orders.size > 0) throw new Error('an order did not fill');
    },
    close: () => undefined,
  };
}

/** Runs desks in turn, so that a drift of the machine meets all of them alike. */
function measured(desks: Readonly<Record<string, Desk>>): readonly Figure[] {
  const samples = Object.keys(desks).map(() => ({
    [SUBMIT]: [] as number[],
    [FILL]: [] as number[],
    [LIFE]: [] as number[],
  }));
  for (let round = 0; round < 2 * BATCHES; round += 1) {
    for (const [index, desk] of Object.values(desks).entries()) {
      const start = process.hrtime.bigint();
      desk.send();
      const sent = process.hrtime.bigint();
      desk.fill();
      const filled = process.hrtime.bigint();
      if (round < BATCHES) continue;
      samples[index]?.[SUBMIT].push(Number(sent - start) / BATCH);
      samples[index]?.[FILL].push(Number(filled - sent) / BATCH);
      samples[index]?.[LIFE].push(Number(filled - start) / BATCH);
    }
  }
  return Object.entries(desks).flatMap(([subject, desk], index) => {
    desk.close();
    return Object.entries(samples[index] ?? {}).map(([name, each]) => ({
      case: name,
      subject,
      unit: name === FILL ? 'ns/report' : 'ns/order',
      samples: each,
    }));
  });
}

function nativeFigures(): readonly Figure[] {
  const output = nativeExample('holdfast-engine', 'order_rate')();
  const { cases } = JSON.parse(output) as { readonly cases: readonly Figure[] };
  return cases.filter((figure) => Object.hasOwn(PLAIN_CASES, figure.case));
}

const isPlain = (other: Figure, { case: name }: Figure): boolean =>
  other.subject === REFERENCE && other.case === PLAIN_CASES[name];

/** Orders through gate, books and journal, natively and from JavaScript, beside what a bot keeps by hand. */
export function ordersSuite(): Suite {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const figures = [
      ...nativeFigures(),
      ...measured({
        'Holdfast from JavaScript, batches of 256, with journal': batchDesk(join(folder, 'batch')),
        'Holdfast from JavaScript, batches of 256, without journal': batchDesk(undefined),
        'Holdfast from JavaScript, single calls, with journal': singleDesk(join(folder, 'single')),
        [REFERENCE]: plainDesk(),
      }),
    ];
    return { suite: 'orders', rows: [...rowsOf(figures, isPlain), ...actorRows(limits)] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isStartedDirectly(import.meta.url)) printSuite(ordersSuite());
