import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { npmCommand } from '../setup/prerequisites.mjs';
import { ROOT } from '../repository.mjs';
import { demand, inEmptyFolder, runCommand } from './trial.mjs';

/** What an installed package may use: Node.js with its npm, and the shell that npm starts. */
const PROGRAMS = ['node', 'npm', 'npx', 'sh', 'env'];
const TOOLCHAIN = [
  'cargo',
  'rustc',
  'cmake',
  'cc',
  'c++',
  'gcc',
  'g++',
  'make',
  'ninja',
  'python3',
];

const STRATEGY = `
import { defineStrategy, sma } from 'holdfast';

export default defineStrategy({
  name: 'sma-cross',
  indicators: () => ({ fast: sma(3), slow: sma(8) }),
  onBar(bar, context) {
    const { fast, slow } = context.indicators;
    if (fast <= slow) context.closePosition();
    else if (context.position().isFlat) context.buy(10, { stopLoss: context.instrument.floorPrice(bar.close * 0.9) });
  },
});
`;

/** Sixty daily bars that rise and fall, so that there is something to buy and to sell. */
function prices() {
  const rows = ['date,open,high,low,close,volume'];
  for (let day = 0; day < 60; day += 1) {
    const close = 100 + Math.round(10 * Math.sin(day / 5));
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    rows.push(`${date},${close},${close + 2},${close - 2},${close + 1},100000`);
  }
  return `${rows.join('\n')}\n`;
}

/**
 * Makes a folder of links to the allowed programs, and an environment that knows no other.
 *
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
function bareEnvironment(folder) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const places = (process.env['PATH'] ?? '').split(delimiter);
  for (const program of PROGRAMS) {
    const place = places.find((candidate) => existsSync(join(candidate, program)));
    if (place !== undefined) symlinkSync(join(place, program), join(bin, program));
  }
  const found = TOOLCHAIN.filter((program) => existsSync(join(bin, program)));
  demand(found.length === 0, `the environment must have no toolchain, has ${found.join(', ')}`);
  const home = join(folder, 'home');
  mkdirSync(home);
  return { PATH: bin, HOME: home, CI: 'true' };
}

/** @param {string} folder @returns {number} bytes of all files in it */
function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? folderBytes(path) : statSync(path).size);
  }, 0);
}

/**
 * Imports every entry point that package.json exports.
 *
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env
 */
function importExports(project, env) {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const name of Object.keys(exports).filter((key) => key !== './package.json')) {
    const entry = name.replace(/^\./, 'holdfast');
    const script = `const names = Object.keys(await import('${entry}'));
      if (names.length === 0) throw new Error('${entry} must export something');
      console.log('${entry} exports', names.length, 'names');`;
    runCommand(['node', '--input-type=module', '--eval', script], { cwd: project, env });
  }
}

/** Installs the tarball as a user does on a machine without any toolchain, and uses it. */
inEmptyFolder('package', (folder) => {
  const [npm, ...npmArgs] = npmCommand();
  execFileSync(npm, [...npmArgs, 'pack', '--pack-destination', folder], { cwd: ROOT });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const env = bareEnvironment(folder);
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(
    join(project, 'package.json'),
    '{ "name": "bot", "private": true, "type": "module" }\n',
  );
  const install = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'];
  runCommand(['npm', ...install, join(folder, tarball)], { cwd: project, env });

  importExports(project, env);
  runCommand(['npx', 'holdfast', '--help'], { cwd: project, env });
  writeFileSync(join(project, 'strategy.mjs'), STRATEGY);
  writeFileSync(join(project, 'prices.csv'), prices());
  const backtest = ['backtest', '--strategy', 'strategy.mjs', '--data', 'prices.csv', '--json'];
  const output = runCommand(['npx', 'holdfast', ...backtest, '--out', 'out'], {
    cwd: project,
    env,
  });
  demand(output.includes('"'), 'the backtest must print its summary');
  const results = readdirSync(join(project, 'out')).sort();
  for (const name of [
    'journal',
    'report.html',
    'summary.json',
    'orders.csv',
    'fills.csv',
    'equity.csv',
  ]) {
    demand(results.includes(name), `the backtest must write ${name}, wrote ${results.join(', ')}`);
  }
  const lock = JSON.parse(
    readFileSync(join(project, 'node_modules', '.package-lock.json'), 'utf8'),
  );
  const count = Object.keys(lock.packages).length;
  const megabytes = (folderBytes(join(project, 'node_modules')) / 1e6).toFixed(1);
  process.stdout.write(`installed: ${megabytes} MB in ${count} packages\n`);
});
