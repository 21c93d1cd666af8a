import { formatters } from './check/checks.mjs';
import { runChecks } from './check/run-checks.mjs';
import { setUp } from './setup/set-up.mjs';

/** Writes every file the way the checks want it. @returns {Promise<number>} an exit code */
async function format() {
  const counts = await runChecks(formatters());
  return counts.failed === 0 ? 0 : 1;
}

process.exitCode = (await setUp()) || (await format());
