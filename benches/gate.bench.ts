import type { LimitsOptions } from 'holdfast';
import { Gate, type GateOrder } from 'holdfast/risk';

import { PlainGate } from './plain-gate.js';
import { OPEN_FUSE } from './open-fuse.js';
import { isStartedDirectly, median, percentile, printSuite, type Suite } from './suite.js';

const INSTRUMENTS = 100;
const OPEN_ORDERS = [10, 1_000, 100_000] as const;
/** Orders that are timed together, after which they are voided untimed: the count of open orders stays. */
const BATCH = 32;
const ROUNDS = 600;
const WARM_UPS = 400;

const REFERENCE = 'plain JavaScript gate (numbers, no journal, no order states)';

/** Every control that orders alone can meet is on, and all are far away. */
const limits: LimitsOptions = {
  orderQtyMax: '100',
  orderNotionalQuoteMax: '1000000',
  positionQtyMax: '100000',
  positionNotionalQuoteMax: '100000000',
  positionFracMax: '50',
  grossExposureFracMax: '100',
  netExposureFracMax: '100',
  assetExposureFracMax: '50',
  groupExposureFracMax: '90',
  concentrationFracMax: '0.99',
  leverageMax: '100',
  buyingPowerFracMax: '0.95',
  marginCoverFracMin: '1.1',
  openOrdersMax: '110000',
  messagesPerSecondMax: '100000',
  strategyMessagesPerSecondMax: '100000',
  cancelReserveFracMin: '0.1',
  duplicateWindowMsMin: '1',
  executionsMax: '100000',
  executionsWindowMsMin: '60000',
  priceBandFracMax: '0.1',
  priceCollarFracMax: '0.5',
  priceCollarWindowMsMin: '300000',
  ordersPerMinuteMax: '100000',
  dailyTradesMax: '1000000000',
  dailyLossFracMax: '0.5',
  weeklyLossFracMax: '0.5',
  totalLossFracMax: '0.5',
  drawdownSoftFracMax: '0.3',
  drawdownFracMax: '0.5',
  consecutiveLossesMax: '1000',
  stopLossRequired: true,
  stopUncoveredMsMax: '600000',
  priceAgeMsMax: '600000',
  accountAgeMsMax: '600000',
  intentAgeMsMax: '600000',
  clockDriftMsMax: '1000',
  groups: {
    even: Array.from({ length: INSTRUMENTS / 2 }, (_, index) => `S${index * 2}`),
    odd: Array.from({ length: INSTRUMENTS / 2 }, (_, index) => `S${index * 2 + 1}`),
  },
};

/** One gate with its open orders, and a way to send a batch through it. */
interface Subject {
  readonly name: string;
  readonly submit: () => void;
  /** Voids the batch, feeds a price again and lets time pass. */
  readonly settle: () => void;
}

/** Orders differ in quantity and price, so that none repeats another. */
const lotsOf = (count: number) => 1 + (count % 997);
const ticksOf = (count: number) => 10_000 + (count % 499);

type Form = 'numbers' | 'texts' | 'checks';

function orderOf(count: number, form: Form): GateOrder {
  const side = count % 2 === 0 ? 'buy' : 'sell';
  const [quantity, price] = [lotsOf(count) / 1_000, ticksOf(count) / 100];
  const stop = side === 'buy' ? 90 : 120;
  const instrument = count % INSTRUMENTS;
  if (form !== 'texts') return { instrument, side, quantity, limitPrice: price, stopLoss: stop };
  const [quantityText, limitPrice] = [quantity.toFixed(3), price.toFixed(2)];
  return { instrument, side, quantity: quantityText, limitPrice, stopLoss: `${stop}.00` };
}

function holdfast(openOrders: number, form: Form): Subject {
  let nowNs = 1_700_000_000_000_000_000n;
  const gate = Gate.create({
    fuse: OPEN_FUSE,
    limits,
    instruments: Array.from({ length: INSTRUMENTS }, (_, index) => ({
      symbol: `S${index}`,
      baseCurrency: `B${index}`,
      tickSize: '0.01',
      lotSize: '0.001',
      minQuantity: '0.001',
      maxQuantity: '1000',
      percentPriceFrac: '0.2',
    })),
    account: { cash: '1000000000' },
    orders: { maxOpenOrders: 110_000 },
    clock: () => nowNs,
  });
  const feed = () => {
    for (let index = 0; index < INSTRUMENTS; index += 1) gate.price(index, '100');
    gate.signals.accountConfirmed();
    gate.signals.clockMeasured(0);
  };
  feed();
  const sent = (order: GateOrder): number => {
    const verdict = gate.submit(order);
    if (!verdict.allowed) throw new Error(gate.explain(verdict));
    return verdict.id;
  };
  for (let count = 0; count < openOrders; count += 1) {
    nowNs += 1_000_000n;
    gate.accepted(sent(orderOf(count, form)));
  }
  const ids = new Float64Array(BATCH);
  const orders: GateOrder[] = [];
  const prepare = (from: number) => {
    for (let slot = 0; slot < BATCH; slot += 1) orders[slot] = orderOf(from + slot, form);
  };
  prepare(openOrders);
  let next = openOrders;
  return {
    name: `Holdfast, ${form === 'checks' ? 'check' : `submit of ${form}`}`,
    submit: () => {
      for (let slot = 0; slot < BATCH; slot += 1) {
        const order = orders[slot];
        if (order === undefined) continue;
        if (form !== 'checks') ids[slot] = sent(order);
        else if (!gate.check(order).allowed) throw new Error('a check denied');
      }
    },
    settle: () => {
      if (form !== 'checks') for (const id of ids) gate.rejected(id);
      next += BATCH;
      prepare(next);
      nowNs += BigInt(BATCH) * 1_000_000n;
      feed();
    },
  };
}

function plain(openOrders: number): Subject {
  let nowMs = 1_700_000_000_000;
  const gate = new PlainGate(INSTRUMENTS);
  const feed = () => {
    for (let index = 0; index < INSTRUMENTS; index += 1) gate.price(index, 100, nowMs);
  };
  feed();
  const orderOf = (count: number) => {
    const side = count % 2 === 0 ? ('buy' as const) : ('sell' as const);
    const stopLoss = side === 'buy' ? 90 : 120;
    const [quantity, limitPrice] = [lotsOf(count) / 1_000, ticksOf(count) / 100];
    return { instrument: count % INSTRUMENTS, side, quantity, limitPrice, stopLoss };
  };
  const sent = (count: number): number => {
    const id = gate.submit(orderOf(count), nowMs);
    if (typeof id === 'string') throw new Error(id);
    return id;
  };
  for (let count = 0; count < openOrders; count += 1) {
    nowMs += 1;
    sent(count);
  }
  const ids = new Float64Array(BATCH);
  let next = openOrders;
  return {
    name: REFERENCE,
    submit: () => {
      for (let slot = 0; slot < BATCH; slot += 1) ids[slot] = sent(next + slot);
    },
    settle: () => {
      for (const id of ids) gate.rejected(id);
      next += BATCH;
      nowMs += BATCH;
      feed();
    },
  };
}

/** Runs subjects in turn, so that a drift of the machine meets all of them alike. */
function measured(name: string, subjects: readonly Subject[]): Suite['rows'] {
  const samples = subjects.map(() => [] as number[]);
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const start = process.hrtime.bigint();
      subject.submit();
      const taken = Number(process.hrtime.bigint() - start) / BATCH;
      subject.settle();
      if (round >= WARM_UPS) samples[index]?.push(taken);
    }
  }
  const reference = median(samples.at(-1) ?? []);
  return subjects.map((subject, index) => {
    const own = samples[index] ?? [];
    return {
      case: name,
      subject: subject.name,
      unit: 'ns/order',
      median: median(own),
      p99: percentile(own, 0.99),
      samples: own.length,
      reference: REFERENCE,
      ratio: reference / median(own),
    };
  });
}

/** Orders through the gate from JavaScript with every control on, beside a bot's own gate. */
export function gateSuite(): Suite {
  const rows = OPEN_ORDERS.flatMap((openOrders) =>
    measured(`every control on, ${INSTRUMENTS} instruments, ${openOrders} open orders`, [
      holdfast(openOrders, 'numbers'),
      holdfast(openOrders, 'texts'),
      holdfast(openOrders, 'checks'),
      plain(openOrders),
    ]),
  );
  return { suite: 'gate', rows };
}

if (isStartedDirectly(import.meta.url)) printSuite(gateSuite());
