/**
 * Risk of a portfolio of five shares from monthly prices: VaR and CVaR by several methods, what each position adds, and
 * how it would have come through 2008. Run it with `npx tsx examples/portfolio-var.ts`; the prices are those of the
 * package vega-datasets.
 */
import { readFileSync } from 'node:fs';
import {
  alignedReturns,
  groupContributions,
  ledoitWolf,
  profitDistribution,
  type RiskMethod,
  scenarioContributions,
  simulatePortfolio,
  stressPositions,
} from 'holdfast/quant';

const HELD = [
  { symbol: 'MSFT', money: 40_000, desk: 'software' },
  { symbol: 'IBM', money: 30_000, desk: 'software' },
  { symbol: 'AMZN', money: -15_000, desk: 'retail' },
  { symbol: 'GOOG', money: 25_000, desk: 'software' },
  { symbol: 'AAPL', money: 20_000, desk: 'devices' },
];

const file = new URL('../node_modules/vega-datasets/data/stocks.csv', import.meta.url);
const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
const series = HELD.map(({ symbol }) => ({
  symbol,
  points: rows
    .map((row) => row.split(','))
    .filter(([name]) => name === symbol)
    .map(([, date = '', price = '']) => ({
      tsMs: Date.parse(`${date} UTC`),
      price: Number(price),
    })),
}));

// Google came to the market in 2004: months that not all have are left out, and counted.
const { rows: returns, dropped } = alignedReturns(series, { missing: 'intersect' });
const exposures = HELD.map(({ money }) => money);
const profits = returns.map((row) =>
  row.reduce((sum, move, asset) => sum + move * (exposures[asset] ?? 0), 0),
);
console.log(`${returns.length} months in common, ${dropped} left out`);

const level = 0.95;
for (const method of ['historical', 'age_weighted', 'normal', 'student_t'] as RiskMethod[]) {
  const { figures, basis } = profitDistribution(profits, method);
  const { var: atRisk, cvar } = figures(level);
  console.log(`${method.padEnd(14)} VaR ${atRisk.toFixed(0)}  CVaR ${cvar.toFixed(0)}  (${basis})`);
}

const { covariance, shrinkageFrac } = ledoitWolf(returns);
const { tails } = await simulatePortfolio({ exposures, covariance, levels: [level], seed: 1 });
console.log(
  `monte_carlo    VaR ${tails[0]?.var.toFixed(0)}  CVaR ${tails[0]?.cvar.toFixed(0)}  ` +
    `(covariance shrunk by ${(100 * shrinkageFrac).toFixed(0)} %)`,
);

const { total, positions } = scenarioContributions({ rows: returns, exposures, level });
positions.forEach(({ componentCvar }, index) => {
  console.log(`  ${HELD[index]?.symbol.padEnd(5)} adds ${componentCvar.toFixed(0)} to the CVaR`);
});
for (const { group, componentCvar } of groupContributions(
  positions,
  HELD.map(({ desk }) => desk),
)) {
  console.log(`  ${group}: ${((100 * componentCvar) / total.cvar).toFixed(0)} % of it`);
}

const crisis = stressPositions(
  HELD.map(({ symbol, money }) => ({ symbol, exposure: money, betas: { us_equity: 1 } })),
  { name: 'October 2008', moves: { us_equity: -0.0903 } },
);
console.log(`${crisis.name}, one to one with the index: ${crisis.profit.toFixed(0)}`);
