import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageProgram, ROOT } from '../repository.mjs';
import { demand, inEmptyFolder, runCommand } from './trial.mjs';

const PRICES = join(ROOT, 'node_modules', 'vega-datasets', 'data', 'sp500-2000.csv');
const DATA = ['--data', PRICES, '--symbol', 'SP500', '--tick', '0.01', '--round'];

/** Runs every example: a strategy through the command line, and a script by itself. */
const examples = readdirSync(join(ROOT, 'examples')).filter((name) => /\.[cm]?[jt]s$/.test(name));
demand(examples.length > 0, 'there must be an example');
for (const name of examples) {
  const file = join(ROOT, 'examples', name);
  const isStrategy = /^export default /m.test(readFileSync(file, 'utf8'));
  inEmptyFolder('example', (folder) => {
    const main = join(ROOT, 'dist', 'cli', 'main.js');
    const backtest = [main, 'backtest', '--strategy', file, ...DATA, '--out', join(folder, 'out')];
    const script = [packageProgram('tsx'), file];
    runCommand([process.execPath, ...(isStrategy ? backtest : script)], { cwd: ROOT });
  });
}
