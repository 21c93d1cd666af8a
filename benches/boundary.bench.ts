/* oxlint-disable no-await-in-loop -- one measurement runs at a time */
import { defineStrategy, presetLimits, runBacktest, type StrategyContext } from 'holdfast';
import { randomWalkBars } from 'holdfast/testing';

import { Ring } from '../dist/market/ring.js';
import { measureCase, nanosecondsPerCall } from './measure.js';
import { OPEN_FUSE } from './open-fuse.js';
import { instrument } from './sma-cross.js';
import { isStartedDirectly, printSuite, type Suite, type SuiteRow } from './suite.js';

const CALLS = 20_000;
const SAMPLES = 40;
const BARS = 200_000;
const BATCHES = [1, 64, 512] as const;

/** What a hand-written check in JavaScript does: three limits over plain numbers, no state, no record. */
function plainCheck(quantity: number, price: number, equity: number): boolean {
  const notional = quantity * price;
  return quantity <= 1_000 && notional <= 50_000 && notional <= 0.15 * equity;
}

async function barRows(): Promise<readonly SuiteRow[]> {
  const chunks = [...randomWalkBars({ seed: 2, bars: BARS })];
  const watcher = defineStrategy({
    name: 'watcher',
    state: () => ({ sum: 0 }),
    onBar: (bar, { state }) => void (state.sum += bar.close),
  });
  const nsPerBar = async () => {
    const start = process.hrtime.bigint();
    await runBacktest({
      strategy: watcher,
      data: { instruments: [instrument], chunks },
      limits: presetLimits('lightning'),
    });
    return Number(process.hrtime.bigint() - start) / BARS;
  };
  const check = () => nanosecondsPerCall(CALLS, (index) => plainCheck(index % 100, 100, 100_000));
  return await measureCase({
    case: 'one bar through ring, engine and an empty strategy',
    unit: 'ns/bar',
    samples: 15,
    warmUps: 3,
    references: ['plain JavaScript check'],
    subjects: [
      { name: 'Holdfast', run: nsPerBar },
      { name: 'plain JavaScript check', run: check },
    ],
  });
}

/** Orders are judged inside a session, where the gate has a price and an account. */
async function orderRows(): Promise<readonly SuiteRow[]> {
  const rows: SuiteRow[] = [];
  const strategy = defineStrategy({
    name: 'orders',
    state: () => ({ context: null as StrategyContext | null }),
    onBar: (_bar, context) => {
      const deny = () => nanosecondsPerCall(2_000, () => context.buy(100_000));
      const limitPrice = instrument.price('1');
      const approve = () =>
        nanosecondsPerCall(500, () => {
          const order = context.buy(1, { orderType: 'limit', limitPrice });
          context.cancel(order.clientOrderId);
        });
      samples.push([
        deny(),
        approve(),
        nanosecondsPerCall(CALLS, (index) => plainCheck(index % 100, 100, 100_000)),
      ]);
    },
  });
  const samples: [number, number, number][] = [];
  await runBacktest({
    strategy,
    data: { instruments: [instrument], chunks: randomWalkBars({ seed: 3, bars: SAMPLES }) },
    limits: {
      ...presetLimits('lightning'),
      ordersPerMinuteMax: 'unlimited',
      dailyTradesMax: 'unlimited',
    },
    fuse: OPEN_FUSE,
  });
  for (const [index, name] of [
    'an order denied, with every reason',
    'an order approved, placed and cancelled',
  ].entries()) {
    const own = samples.map((sample) => sample[index] as number).values();
    const peer = samples.map((sample) => sample[2]).values();
    rows.push(
      ...(await measureCase({
        case: name,
        unit: 'ns/order',
        samples: SAMPLES - 5,
        warmUps: 5,
        references: ['plain JavaScript check'],
        subjects: [
          { name: 'Holdfast', run: () => own.next().value ?? Number.NaN },
          { name: 'plain JavaScript check', run: () => peer.next().value ?? Number.NaN },
        ],
      })),
    );
  }
  return rows;
}

/** The same ring, in one thread: what a call costs, alone and shared by a batch. */
async function batchRows(): Promise<readonly SuiteRow[]> {
  const producer = Ring.create({ capacity: 1_024 });
  const consumer = Ring.attach(producer.memory);
  const subject = (batch: number) => ({
    name: `publish and drain, batches of ${batch}`,
    run: () =>
      nanosecondsPerCall(CALLS / batch, () => {
        producer.publish(batch);
        return consumer.drain(batch);
      }) / batch,
  });
  return await measureCase({
    case: 'native calls on 64-byte records, one thread',
    unit: 'ns/record',
    samples: SAMPLES,
    warmUps: 10,
    references: ['publish and drain, batches of 1'],
    subjects: BATCHES.map(subject),
  });
}

/** What crossing into native code costs, as seen from JavaScript. */
export async function boundarySuite(): Promise<Suite> {
  return {
    suite: 'boundary',
    rows: [...(await batchRows()), ...(await barRows()), ...(await orderRows())],
  };
}

if (isStartedDirectly(import.meta.url)) printSuite(await boundarySuite());
