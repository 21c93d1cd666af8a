import { sourceChecks } from './check/checks.mjs';
import { runChecks } from './check/run-checks.mjs';
import { setUp } from './setup/set-up.mjs';
import { closingLine } from './test/counts.mjs';

/** Checks the sources without running them. @returns {Promise<number>} an exit code */
async function check() {
  const counts = await runChecks(sourceChecks());
  process.stdout.write(`${closingLine(counts)}\n`);
  return counts.failed === 0 ? 0 : 1;
}

process.exitCode = (await setUp()) || (await check());
