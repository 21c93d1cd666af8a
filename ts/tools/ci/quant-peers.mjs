import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ewmaCovariance,
  fitGarch,
  kupiecTest,
  ledoitWolf,
  nonlinearShrinkage,
  baselTrafficLight,
  normalMultipliers,
  sampleCovarianceMatrix,
  studentMultipliers,
} from 'holdfast/quant';
import { ROOT } from '../repository.mjs';
import { inEmptyFolder, runCommand } from './trial.mjs';

/** Compares estimators with independent ones of Python, installed for this check only. */
const PACKAGES = ['numpy', 'scipy', 'scikit-learn', 'arch'];
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

inEmptyFolder('quant-peers', (folder) => {
  const input = join(folder, 'figures.json');
  writeFileSync(input, JSON.stringify(found));
  runCommand(['python3', '-m', 'venv', join(folder, 'venv')], { cwd: folder });
  const python = join(folder, 'venv', 'bin', 'python');
  runCommand([python, '-m', 'pip', 'install', '--quiet', ...PACKAGES], { cwd: folder });
  runCommand([python, join(ROOT, 'ts', 'tools', 'ci', 'quant-peers.py'), input], { cwd: folder });
});
