/* oxlint-disable no-await-in-loop -- one measurement runs at a time */
import { simulatePortfolio } from 'holdfast/quant';

import { measureCase } from './measure.js';
import { optionRows } from './option-book.js';
import { parametricRows } from './parametric-risk.js';
import { portfolioPeers } from './portfolio-peers.js';
import { riskStartRows } from './risk-start-rows.js';
import { isStartedDirectly, printSuite, type Suite, type SuiteRow } from './suite.js';

const ASSETS = 16;
const SCENARIOS = 1_048_576;
const SAMPLES = 15;
/** One plain thread needs five seconds for ten steps. */
const LONG_SAMPLES = 7;
/** Each sample of a peer is a process. */
const PEER_SAMPLES = 7;

const index = Array.from({ length: ASSETS }, (_, asset) => asset);
const exposures = index.map((asset) => (asset % 4 === 3 ? -50_000 : 100_000));
const volatility = 0.01;
const covariance = index.map((row) =>
  index.map((column) => volatility ** 2 * (row === column ? 1 : 0.3)),
);

/** Rows of the factor of the covariance. */
function cholesky(): readonly Float64Array[] {
  const rows: Float64Array[] = [];
  for (const row of index) {
    const entries = new Float64Array(row + 1);
    for (let column = 0; column <= row; column += 1) {
      let rest = covariance[row]?.[column] ?? 0;
      const other = column === row ? entries : (rows[column] ?? entries);
      for (let k = 0; k < column; k += 1) rest -= (entries[k] ?? 0) * (other[k] ?? 0);
      entries[column] = column === row ? Math.sqrt(rest) : rest / (other[column] ?? 1);
    }
    rows.push(entries);
  }
  return rows;
}

/** What a bot would write: Math.random, Box–Muller, a sorted array. */
function plainJavaScript(scenarios: number, steps: number): number {
  const rows = cholesky();
  const normals = new Float64Array(ASSETS);
  const sums = new Float64Array(ASSETS);
  const outcomes = new Float64Array(scenarios);
  for (let scenario = 0; scenario < scenarios; scenario += 1) {
    sums.fill(0);
    for (let step = 0; step < steps; step += 1) {
      for (let asset = 0; asset < ASSETS; asset += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
        const angle = 2 * Math.PI * Math.random();
        normals[asset] = radius * Math.cos(angle);
        normals[asset + 1] = radius * Math.sin(angle);
      }
      for (let asset = 0; asset < ASSETS; asset += 1) {
        const row = rows[asset] as Float64Array;
        let shock = 0;
        for (let k = 0; k <= asset; k += 1) shock += (row[k] as number) * (normals[k] as number);
        sums[asset] = (sums[asset] as number) + shock - volatility ** 2 / 2;
      }
    }
    let total = 0;
    for (let asset = 0; asset < ASSETS; asset += 1) {
      total += (exposures[asset] as number) * Math.expm1(sums[asset] as number);
    }
    outcomes[scenario] = total;
  }
  return -(outcomes.sort()[Math.floor(scenarios / 100)] ?? 0);
}

async function nsPerPath(paths: number, run: () => unknown, calls = 1): Promise<number> {
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) await run();
  return Number(process.hrtime.bigint() - start) / paths / calls;
}

/** A call that follows other work also pays for cores that slept; both are shown. */
const CALLS_IN_A_ROW = 8;

async function rowsOf(steps: number): Promise<readonly SuiteRow[]> {
  const simulate = () => simulatePortfolio({ exposures, covariance, steps, scenarios: SCENARIOS });
  return await measureCase({
    case: `VaR and CVaR, 16 assets, ${steps} step${steps === 1 ? '' : 's'}`,
    unit: 'ns/path',
    samples: steps === 1 ? SAMPLES : LONG_SAMPLES,
    warmUps: 1,
    references: ['plain JavaScript (one thread)'],
    subjects: [
      {
        name: 'Holdfast (1,048,576 paths)',
        run: () => nsPerPath(SCENARIOS, simulate, CALLS_IN_A_ROW),
      },
      {
        name: 'plain JavaScript (one thread)',
        run: () => nsPerPath(SCENARIOS, () => plainJavaScript(SCENARIOS, steps)),
      },
      {
        name: 'Holdfast (one call after other work)',
        run: () => nsPerPath(SCENARIOS, simulate),
      },
    ],
  });
}

/** The same beside programs of other languages; no row where none of them can run here. */
async function peerRows(steps: number): Promise<readonly SuiteRow[]> {
  const drifts = index.map(() => -(volatility ** 2) / 2);
  const { subjects, close } = portfolioPeers({ exposures, drifts, factor: cholesky(), steps });
  try {
    if (subjects.length === 0) return [];
    return await measureCase({
      case: `VaR and CVaR, 16 assets, ${steps} step${steps === 1 ? '' : 's'}, beside other languages`,
      unit: 'ns/path',
      samples: PEER_SAMPLES,
      warmUps: 1,
      references: subjects.map(({ name }) => name),
      subjects: [
        {
          name: 'Holdfast (1,048,576 paths)',
          run: () =>
            nsPerPath(SCENARIOS, () =>
              simulatePortfolio({ exposures, covariance, steps, scenarios: SCENARIOS }),
            ),
        },
        ...subjects,
      ],
    });
  } finally {
    close();
  }
}

/** Value at risk of 16 correlated assets, from the options to the answer, a path. */
export async function portfolioSuite(): Promise<Suite> {
  const rows: SuiteRow[] = [];
  for (const steps of [1, 10]) rows.push(...(await rowsOf(steps)));
  for (const steps of [1, 10]) rows.push(...(await peerRows(steps)));
  rows.push(...(await optionRows()));
  rows.push(...(await parametricRows()));
  rows.push(...(await riskStartRows()));
  return { suite: 'portfolio', rows };
}

if (isStartedDirectly(import.meta.url)) printSuite(await portfolioSuite());
