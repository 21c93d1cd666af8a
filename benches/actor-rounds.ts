import { Instrument, type LimitsOptions } from 'holdfast';
import { SymbolActors } from 'holdfast/orders';

import { OPEN_FUSE } from './open-fuse.js';
import { median, percentile, type SuiteRow } from './suite.js';

const SYMBOLS = Array.from({ length: 8 }, (_, number) => `I${number}`);
const THREADS = [0, 1, 2] as const;
const REFERENCE = 1;
/** Rounds that are measured after as many that are not, and how many orders each has. */
const ROUNDS = 200;
const BATCHES = [1, 256, 4_096] as const;

interface Desk {
  readonly threads: number;
  readonly actors: SymbolActors;
  readonly samples: number[];
  tradeId: number;
}

function open(threads: number, batchMax: number, limits: LimitsOptions): Desk {
  const instruments = SYMBOLS.map((symbol) =>
    Instrument.create({ symbol, tickSize: '0.01', lotSize: '0.001', maxQuantity: '1000' }),
  );
  const actors = SymbolActors.open({
    instruments,
    limits,
    account: { cash: '8000000000' },
    orders: { maxOpenOrders: 8_192 },
    actors: SYMBOLS.map((symbol) => ({ symbols: [symbol], budget: '1000000000' })),
    threads,
    batchMax,
    fuse: OPEN_FUSE,
    clock: () => 1_000_000_000n,
  });
  const sides = { bid: '99.99', bidQty: '0.001', ask: '100.01', askQty: '0.001' };
  actors.quotes(SYMBOLS.map((instrument) => ({ instrument, ...sides })));
  return { threads, actors, samples: [], tradeId: 0 };
}

/** Sends a batch of orders over all actors, and tells that they filled: two rounds. */
function play(desk: Desk, orders: number): void {
  const { actors } = desk;
  const { orderBatch, reportBatch } = actors;
  orderBatch.clear();
  for (let slot = 0; slot < orders; slot += 1) {
    const side = (slot >> 3) % 2 === 0 ? 'buy' : 'sell';
    orderBatch.add({ instrument: slot % 8, side, lots: 10, limitTicks: 10_000 });
  }
  actors.submitBatch();
  actors.drainBatch();
  reportBatch.clear();
  for (let slot = 0; slot < orders; slot += 1) {
    reportBatch.add({
      kind: 'fill',
      clientOrderId: orderBatch.clientOrderId(slot),
      tradeId: (desk.tradeId += 1),
      lastTicks: 10_000,
      lastLots: 10,
    });
  }
  actors.applyReports();
  if (reportBatch.status(orders - 1) !== 'filled') throw new Error('an order did not fill');
}

function subject(threads: number): string {
  if (threads === 0) return 'symbol actors in the calling thread';
  return `symbol actors on ${threads} worker thread${threads === 1 ? '' : 's'}`;
}

/** Orders over eight actors from JavaScript, by number of threads beside one; every run must end in the same state. */
export function actorRows(limits: LimitsOptions): readonly SuiteRow[] {
  return BATCHES.flatMap((orders) => {
    const desks = THREADS.map((threads) => open(threads, orders, limits));
    // In turn, so that a drift of the machine meets all of them alike.
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      for (const desk of desks) {
        const start = process.hrtime.bigint();
        play(desk, orders);
        const took = Number(process.hrtime.bigint() - start);
        if (round >= ROUNDS) desk.samples.push(took / orders);
      }
    }
    const states = new Set(desks.map(({ actors }) => actors.close().stateHash));
    if (states.size !== 1) throw new Error('threads must end in the same state');
    const reference = desks.find(({ threads }) => threads === REFERENCE)?.samples ?? [];
    return desks.map(({ threads, samples }) => ({
      case: `sent and filled over 8 actors, rounds of ${orders}`,
      subject: subject(threads),
      unit: 'ns/order',
      median: median(samples),
      p99: percentile(samples, 0.99),
      samples: samples.length,
      reference: subject(REFERENCE),
      ratio: median(reference) / median(samples),
    }));
  });
}
