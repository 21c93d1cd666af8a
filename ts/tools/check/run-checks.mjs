import { performance } from 'node:perf_hooks';
import { ROOT } from '../repository.mjs';
import { runTool, ToolFailure } from '../setup/tool-process.mjs';
import { addCounts, NO_COUNTS } from '../test/counts.mjs';
import { isToolMissing } from './checks.mjs';

/** @typedef {import('../test/counts.mjs').Counts} Counts */

/**
 * Runs one check; its output is shown when it fails.
 *
 * @param {import('./checks.mjs').Check} check
 * @returns {Promise<Counts>}
 */
async function runCheck(check) {
  const startMs = performance.now();
  /** @param {string} outcome */
  const say = (outcome) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    process.stdout.write(`${outcome}  ${check.name} (${seconds} s)\n`);
  };
  if (isToolMissing(check)) {
    say(`skip (${check.optionalTool} is not installed)`);
    return { ...NO_COUNTS, skipped: 1 };
  }
  try {
    await runTool({ command: check.command, cwd: ROOT });
    say('pass');
    return { ...NO_COUNTS, passed: 1 };
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    say('FAIL');
    process.stdout.write(`${error.output}\n`);
    return { ...NO_COUNTS, failed: 1 };
  }
}

/**
 * Runs checks one after the other, all of them whatever the first ones say.
 *
 * @param {readonly import('./checks.mjs').Check[]} checks
 * @returns {Promise<Counts>}
 */
export async function runChecks(checks) {
  let total = NO_COUNTS;
  for (const check of checks) total = addCounts(total, await runCheck(check));
  return total;
}
