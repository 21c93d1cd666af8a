/**
 * Risk of a portfolio of shares: VaR and CVaR by several methods, what each position adds, and how it would have come through
 * 2008 and its own worst month. Run it with `npx tsx examples/portfolio-var.ts`. The prices are the monthly ones of the package
 * vega-datasets, or daily ones of eleven US equities where LEAN's sample data is in `../shared/data` (`HOLDFAST_SHARED_DATA`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import {
  alignedReturns,
  groupContributions,
  ledoitWolf,
  type PriceSeries,
  profitDistribution,
  type RiskMethod,
  scenarioContributions,
  simulatePortfolio,
  stressPositions,
  worstWindows,
} from 'holdfast/quant';

const MONTHLY = [
  { symbol: 'MSFT', money: 40_000, desk: 'software' },
  { symbol: 'IBM', money: 30_000, desk: 'software' },
  { symbol: 'AMZN', money: -15_000, desk: 'retail' },
  { symbol: 'GOOG', money: 25_000, desk: 'software' },
  { symbol: 'AAPL', money: 20_000, desk: 'devices' },
];
const DAILY = [
  ...['SPY', 'QQQ', 'IWM', 'EEM'].map((symbol) => ({ symbol, money: 20_000, desk: 'indices' })),
  ...['AAPL', 'GOOG', 'IBM'].map((symbol) => ({ symbol, money: 15_000, desk: 'technology' })),
  ...['AIG', 'BAC'].map((symbol) => ({ symbol, money: -10_000, desk: 'banks' })),
  ...['USO', 'WM'].map((symbol) => ({ symbol, money: 10_000, desk: 'other' })),
];
const folder = join(process.env['HOLDFAST_SHARED_DATA'] ?? '../shared/data', 'us-equity-daily');

function monthlySeries(symbol: string): PriceSeries {
  const file = new URL('../node_modules/vega-datasets/data/stocks.csv', import.meta.url);
  const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const points = rows
    .map((row) => row.split(','))
    .filter(([name]) => name === symbol)
    .map(([, date = '', price = '']) => ({
      tsMs: Date.parse(`${date} UTC`),
      price: Number(price),
    }));
  return { symbol, points };
}

/** The one file of a zip archive: its header says how long name and extra field are, and what it was packed to. */
function unzipped(file: string): string {
  const bytes = readFileSync(file);
  const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  return inflateRawSync(bytes.subarray(start)).toString('utf8');
}

/** Daily closes, made comparable by the factors of splits and dividends that hold up to a date. */
function dailySeries(symbol: string): PriceSeries {
  const name = symbol.toLowerCase();
  const factors = readFileSync(join(folder, `${name}.factors.csv`), 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(','))
    .map(([until = '', price, split]) => ({ until, factor: Number(price) * Number(split) }));
  const points = unzipped(join(folder, `${name}.zip`))
    .trim()
    .split('\n')
    .map((row) => {
      const [instant = '', , , , close] = row.split(',');
      const day = instant.slice(0, 8);
      const factor = factors.find(({ until }) => day <= until)?.factor ?? 1;
      const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
      return { tsMs: Date.parse(date), price: Number(close) * 1e-4 * factor };
    });
  return { symbol, points };
}

const isDaily = existsSync(folder);
const HELD = isDaily ? DAILY : MONTHLY;
const series = HELD.map(({ symbol }) => (isDaily ? dailySeries(symbol) : monthlySeries(symbol)));

// Not all came to the market at once: dates that not all have are left out, and counted.
const aligned = alignedReturns(series, { missing: 'intersect' });
const { rows: returns, dropped } = aligned;
const exposures = HELD.map(({ money }) => money);
const profits = returns.map((row) =>
  row.reduce((sum, move, asset) => sum + move * (exposures[asset] ?? 0), 0),
);
console.log(
  `${HELD.length} shares, ${returns.length} ${isDaily ? 'days' : 'months'} in common, ${dropped} dates left out`,
);

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

const profitOf = (moves: readonly number[]) =>
  moves.reduce((sum, move, asset) => sum + move * (exposures[asset] ?? 0), 0);
const [worst] = worstWindows(aligned, profitOf, { periods: isDaily ? 21 : 1 });
if (worst !== undefined) {
  const dates = [worst.fromTsMs, worst.toTsMs].map((tsMs) => new Date(tsMs).toISOString());
  const [from, to] = dates.map((date) => date.slice(0, 10));
  console.log(`worst month, ${from} to ${to}: ${worst.profit.toFixed(0)}`);
}
