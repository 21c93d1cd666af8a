import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './repository.mjs';
import { setUp } from './setup/set-up.mjs';

/** Runs the demo session; further arguments go to it. @returns {Promise<number>} an exit code */
function runDemo() {
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  const args = [main, 'demo', ...process.argv.slice(2)];
  // The folder of the caller: `--out` and other paths mean what they mean in the shell.
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: 'inherit' });
    // The terminal sends its interrupt to the child as well, which then closes its journal.
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
      process.on(signal, () => child.kill(signal));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

process.exitCode = (await setUp()) || (await runDemo());
