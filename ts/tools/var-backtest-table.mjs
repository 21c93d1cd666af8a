// Backtests every VaR method on the S&P 500 and writes the table of ts/docs/portfolio-risk.md, or with --check compares it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RISK_METHODS, rollingBacktest } from 'holdfast/quant';
import { ROOT } from './repository.mjs';

const PAGE = join(ROOT, 'ts/docs/portfolio-risk.md');
const PRICES = join(ROOT, 'node_modules/vega-datasets/data/sp500-2000.csv');
const BEGIN = '<!-- backtests: begin -->';
const END = '<!-- backtests: end -->';
const LEVEL = 0.99;
const WINDOW = 500;

/** @param {number | null} pValue */
const probability = (pValue) => {
  if (pValue === null) return '–';
  return pValue < 0.001 ? '< 0.001' : pValue.toFixed(3);
};

/** @param {string} name @param {readonly number[]} profits */
async function rowOf(name, profits) {
  const method = /** @type {import('holdfast/quant').BacktestMethod} */ (name);
  const found = await rollingBacktest({ profits, method, level: LEVEL, window: WINDOW });
  const missing = profits.length - WINDOW - found.days.length;
  const { green, yellow, red } = found.zoneDays;
  const cells = [
    `\`${name}\``,
    `${found.days.length}${missing > 0 ? ` (${missing} without a figure)` : ''}`,
    `${found.exceptions}`,
    `${((100 * found.exceptions) / found.days.length).toFixed(2)} %`,
    probability(found.kupiec.pValue),
    probability(found.independence.pValue),
    probability(found.conditionalCoverage.pValue),
    `${green} / ${yellow} / ${red}`,
    `${found.shortfall.z1?.toFixed(2) ?? '–'} (${probability(found.shortfall.z1PValue)})`,
    `${found.shortfall.z2.toFixed(2)} (${probability(found.shortfall.z2PValue)})`,
  ];
  // A day without a figure is a day on which the method failed.
  return {
    excess: Math.abs(found.exceptions - found.expected) + missing,
    line: `| ${cells.join(' | ')} |`,
  };
}

const [, ...lines] = readFileSync(PRICES, 'utf8').trim().split('\n');
const closes = lines.map((line) => Number(line.split(',')[4]));
const profits = closes.slice(1).map((close, index) => close / (closes[index] ?? close) - 1);
const rows = [];
for (const method of [...RISK_METHODS, 'monte_carlo']) {
  rows.push(await rowOf(method, profits));
  process.stdout.write(`${rows.at(-1)?.line}\n`);
}
const table = [
  '<!-- prettier-ignore-start -->',
  '',
  '| method | days | exceptions | share | Kupiec p | independence p | conditional coverage p | days green / yellow / red | Z1 (p) | Z2 (p) |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...rows.toSorted((left, right) => left.excess - right.excess).map(({ line }) => line),
  '',
  '<!-- prettier-ignore-end -->',
].join('\n');
const page = readFileSync(PAGE, 'utf8');
const [before, rest = ''] = page.split(BEGIN);
const [, after] = rest.split(END);
if (after === undefined) throw new Error(`${PAGE} must hold ${BEGIN} and ${END}`);
const written = `${before}${BEGIN}\n${table}\n${END}${after}`;
if (!process.argv.includes('--check')) writeFileSync(PAGE, written);
else if (written !== page) {
  throw new Error(
    'the table of backtests must be current: run `node ts/tools/var-backtest-table.mjs`',
  );
}
