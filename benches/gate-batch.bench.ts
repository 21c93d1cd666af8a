import { Instrument, type LimitsOptions } from 'holdfast';
import { Engine } from 'holdfast/orders';

import { type Figure, rowsOf } from './figures.js';
import { nativeExample } from './native-example.js';
import { PlainCandidates } from './plain-candidates.js';
import { OPEN_FUSE } from './open-fuse.js';
import { isStartedDirectly, printSuite, type Suite } from './suite.js';

/** Orders of a batch, and batches that are measured after as many that are not. */
const BATCH = 4_096;
const BATCHES = 200;

const COMPARED = 'orders compared with every bound, native';
const CHECKED = `orders checked from JavaScript, batches of ${BATCH}, 4 instruments`;
const PLAIN = 'plain JavaScript (numbers, the same limits)';
const BASELINE = 'Holdfast, baseline vectors';
const ONE_BY_ONE = 'Holdfast, native, one by one';

interface Compared extends Figure {
  readonly reference: string;
}

const instruments = ['A', 'B', 'C', 'D'].map((symbol) =>
  Instrument.create({ symbol, tickSize: '0.01', lotSize: '0.001', baseCurrency: symbol }),
);
const limits: LimitsOptions = {
  orderQtyMax: '100',
  orderNotionalQuoteMax: '10000',
  positionQtyMax: '150',
  positionNotionalQuoteMax: '15000',
  positionFracMax: '0.02',
  grossExposureFracMax: '0.05',
  netExposureFracMax: '0.05',
  leverageMax: '1',
  concentrationFracMax: '0.02',
  priceBandFracMax: '0.1',
  ordersPerMinuteMax: 'unlimited',
  dailyTradesMax: 'unlimited',
  dailyLossFracMax: '0.5',
  drawdownFracMax: '0.5',
  stopLossRequired: false,
  priceAgeMsMax: 'unlimited',
};

/** Of the order at a place of the batch; about every third breaks a limit. */
const orderAt = (slot: number) => ({
  instrument: slot % instruments.length,
  side: slot % 3 === 0 ? ('sell' as const) : ('buy' as const),
  lots: 1 + ((slot * 37) % 150_000),
  limitTicks: 8_900 + ((slot * 13) % 2_200),
});
const orders = Array.from({ length: BATCH }, (_, slot) => orderAt(slot));

function openEngine(): Engine {
  const engine = Engine.open({
    fuse: OPEN_FUSE,
    instruments,
    limits,
    account: { cash: '1000000' },
    clock: () => 1_000_000_000n,
  });
  for (const { symbol } of instruments) {
    engine.quote({ instrument: symbol, bid: '99.99', bidQty: '1', ask: '100.01', askQty: '1' });
  }
  return engine;
}

function checkAll(engine: Engine): number {
  const { checks } = engine;
  checks.clear();
  for (const order of orders) checks.add(order);
  return engine.checkBatch().passing;
}

function checkOneByOne(engine: Engine): number {
  const { checks } = engine;
  let passing = 0;
  for (const order of orders) {
    checks.clear();
    checks.add(order);
    passing += engine.checkBatch().passing;
  }
  return passing;
}

/** Runs subjects in turn, so that a drift of the machine meets all of them alike; all must count the same orders. */
function measured(): readonly Compared[] {
  const engine = openEngine();
  const plain = new PlainCandidates();
  const subjects: Readonly<Record<string, () => number>> = {
    'Holdfast from JavaScript, batch': () => checkAll(engine),
    'Holdfast from JavaScript, one by one': () => checkOneByOne(engine),
    [PLAIN]: () => orders.reduce((count, order) => count + (plain.check(order) === 0 ? 1 : 0), 0),
  };
  const samples = Object.keys(subjects).map((): number[] => []);
  for (let round = 0; round < 2 * BATCHES; round += 1) {
    const passing = Object.values(subjects).map((run, index) => {
      const start = process.hrtime.bigint();
      const count = run();
      const ns = Number(process.hrtime.bigint() - start) / BATCH;
      if (round >= BATCHES) samples[index]?.push(ns);
      return count;
    });
    if (new Set(passing).size > 1) throw new Error(`subjects disagree: ${passing.join(', ')}`);
  }
  engine.close();
  return Object.keys(subjects).map((subject, index) => ({
    case: CHECKED,
    subject,
    unit: 'ns/order',
    reference: PLAIN,
    samples: samples[index] ?? [],
  }));
}

function widthFigures(): readonly Compared[] {
  const { widths } = JSON.parse(nativeExample('holdfast-batch', 'compare_rate')()) as {
    readonly widths: readonly { readonly width: string; readonly ns_per_order: number[] }[];
  };
  return widths.map(({ width, ns_per_order: samples }, index) => ({
    case: COMPARED,
    subject: index === 0 ? BASELINE : `Holdfast, ${width}`,
    unit: 'ns/order',
    reference: BASELINE,
    samples,
  }));
}

function gateFigures(): readonly Compared[] {
  const { cases } = JSON.parse(nativeExample('holdfast-engine', 'gate_rate')()) as {
    readonly cases: readonly Figure[];
  };
  return cases.map((figure) => {
    const isBatch = cases.some((each) => each.case === figure.case && each.subject === ONE_BY_ONE);
    return { ...figure, reference: isBatch ? ONE_BY_ONE : figure.subject };
  });
}

/** The gate order by order and many at once, natively in each width of vectors and from JavaScript. */
export function gateBatchSuite(): Suite {
  const figures = [...widthFigures(), ...gateFigures(), ...measured()];
  const rows = rowsOf(
    figures,
    (other, figure) => other.case === figure.case && other.subject === figure.reference,
  );
  return { suite: 'gate-batch', rows };
}

if (isStartedDirectly(import.meta.url)) printSuite(gateBatchSuite());
