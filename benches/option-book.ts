import { type ScenarioPosition, simulateScenarios } from 'holdfast/quant';

import { measureCase } from './measure.js';
import type { SuiteRow } from './suite.js';

const CONTRACTS = 1_000;
/** The nearest to 100,000 that replicates and lanes divide. */
const SCENARIOS = 100_000;
/** One plain thread needs half a minute for all of them. */
const PLAIN_SCENARIOS = 500;
const DAILY_VOLATILITY = 0.0126;

const contracts = Array.from({ length: CONTRACTS }, (_, index) => ({
  right: index % 2 === 0 ? ('call' as const) : ('put' as const),
  strike: 60 + (80 * index) / CONTRACTS,
  years: 0.02 + (index % 12) / 12,
  volatility: 0.15 + 0.2 * ((index % 7) / 7),
  quantity: index % 3 === 0 ? -10 : 10,
}));
const positions: readonly ScenarioPosition[] = contracts.map((contract) => ({
  kind: 'option',
  asset: 0,
  spot: 100,
  rate: 0.02,
  carry: 0.02,
  ...contract,
}));

/** Abramowitz and Stegun 26.2.17, the formula that is copied from bot to bot; exact to 7.5e-8. */
function plainNormal(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const density = 0.398_942_280_4 * Math.exp(-0.5 * x * x);
  const sum =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return x > 0 ? 1 - density * sum : density * sum;
}

function plainValue(spot: number, contract: (typeof contracts)[number], elapsed: number): number {
  const { right, strike, volatility } = contract;
  const years = contract.years - elapsed;
  const spread = volatility * Math.sqrt(years);
  const upper = (Math.log(spot / strike) + 0.02 * years) / spread + spread / 2;
  const sign = right === 'call' ? 1 : -1;
  const discounted = strike * Math.exp(-0.02 * years);
  return (
    sign * (spot * plainNormal(sign * upper) - discounted * plainNormal(sign * (upper - spread)))
  );
}

function plainJavaScript(scenarios: number): number {
  const start = contracts.map((contract) => plainValue(100, contract, 0));
  const outcomes = new Float64Array(scenarios);
  for (let scenario = 0; scenario < scenarios; scenario += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    const shock = DAILY_VOLATILITY * radius * Math.cos(2 * Math.PI * Math.random());
    const spot = 100 * Math.exp(shock - DAILY_VOLATILITY ** 2 / 2);
    let total = 0;
    for (let index = 0; index < CONTRACTS; index += 1) {
      const contract = contracts[index] as (typeof contracts)[number];
      total += contract.quantity * (plainValue(spot, contract, 1 / 252) - (start[index] as number));
    }
    outcomes[scenario] = total;
  }
  return -(outcomes.sort()[Math.floor(scenarios / 100)] ?? 0);
}

async function nsPerValue(values: number, run: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / values;
}

/** Options revalued in every scenario, of which one value is the unit. */
export async function optionRows(): Promise<readonly SuiteRow[]> {
  const model = { kind: 'brownian' as const, covariance: [[DAILY_VOLATILITY ** 2]] };
  return await measureCase({
    case: 'VaR of 1,000 options, full revaluation in 100,000 scenarios',
    unit: 'ns/value',
    samples: 9,
    warmUps: 2,
    references: ['plain JavaScript (one thread)'],
    subjects: [
      {
        name: 'Holdfast simulateScenarios',
        run: () =>
          nsPerValue(CONTRACTS * SCENARIOS, () =>
            simulateScenarios({ model, positions, scenarios: SCENARIOS }),
          ),
      },
      {
        name: 'plain JavaScript (one thread)',
        run: () => nsPerValue(CONTRACTS * PLAIN_SCENARIOS, () => plainJavaScript(PLAIN_SCENARIOS)),
      },
    ],
  });
}
