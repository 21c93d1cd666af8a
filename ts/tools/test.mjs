import { setUp } from './setup/set-up.mjs';
import { addCounts, closingLine, NO_COUNTS } from './test/counts.mjs';
import { testRunners } from './test/runners.mjs';

/** Runs every test of the tree. @returns {Promise<number>} an exit code */
async function runTests() {
  let total = NO_COUNTS;
  const summary = [];
  for (const { name, run } of testRunners(process.argv.slice(2))) {
    process.stdout.write(`\n== ${name}\n`);
    const counts = await run();
    total = addCounts(total, counts);
    summary.push(`${name}: ${closingLine(counts)}\n`);
  }
  process.stdout.write(`\n${summary.join('')}${closingLine(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

const setUpCode = await setUp();
if (setUpCode !== 0) process.stdout.write(`${closingLine({ ...NO_COUNTS, failed: 1 })}\n`);
process.exitCode = setUpCode || (await runTests());
