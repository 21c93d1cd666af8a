import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_FOLDER, packageProgram, ROOT } from '../repository.mjs';
import { judgeRunner, NO_COUNTS, parseCargo, parseCtest, parseVitest } from './counts.mjs';
import { runStreamed } from './streamed-process.mjs';

/**
 * @typedef {import('./counts.mjs').Counts} Counts
 * @typedef {{ readonly name: string, readonly run: () => Promise<Counts> }} Runner
 */

/** @type {Runner} */
const rustTests = {
  name: 'Rust tests',
  run: async () => {
    // The binding links against Node.js, so that only Node.js can load it: vitest tests it.
    const command = /** @type {const} */ (['cargo', 'test', '--workspace', '--no-fail-fast']);
    const options = ['--exclude', 'holdfast-binding', ...(process.env['CI'] ? ['--locked'] : [])];
    const { exitCode, output } = await runStreamed([...command, ...options]);
    return judgeRunner(parseCargo(output), exitCode);
  },
};

/**
 * Configures, builds and runs the GoogleTest suite in a folder of its own.
 *
 * @param {string} [sanitizer] such as `thread`
 * @returns {Promise<Counts>}
 */
export async function runCppTests(sanitizer = '') {
  const folder = join(
    BUILD_FOLDER,
    sanitizer === '' ? 'cpp-test' : `cpp-test-${sanitizer.replaceAll(',', '-')}`,
  );
  const options = ['-DHOLDFAST_TESTS=ON', `-DHOLDFAST_SANITIZER=${sanitizer}`];
  const source = join(ROOT, 'native', 'cpp');
  const configured = await runStreamed(['cmake', '-S', source, '-B', folder, ...options]);
  if (configured.exitCode !== 0) return judgeRunner(NO_COUNTS, configured.exitCode);
  if (configured.output.includes('GoogleTest was not found')) {
    process.stdout.write('C++ tests: skipped, GoogleTest is not installed\n');
    // A newcomer may go without; where everything is to be proven, a skipped suite is a failure.
    return { ...NO_COUNTS, [process.env['CI'] ? 'failed' : 'skipped']: 1 };
  }
  const built = await runStreamed(['cmake', '--build', folder, '--parallel', '2']);
  if (built.exitCode !== 0) return judgeRunner(NO_COUNTS, built.exitCode);
  const run = ['--test-dir', folder, '--output-on-failure', '--no-tests=error'];
  const { exitCode, output } = await runStreamed(['ctest', ...run]);
  return judgeRunner(parseCtest(output), exitCode);
}

/**
 * Runs vitest with a reporter for people and one to count by.
 *
 * @param {readonly string[]} filter
 * @returns {Promise<Counts>}
 */
async function runVitest(filter) {
  const report = join(BUILD_FOLDER, 'vitest.json');
  rmSync(report, { force: true });
  const options = ['--config', 'ts/vitest.config.ts', '--reporter=default', '--reporter=json'];
  const vitest = [packageProgram('vitest'), 'run', ...options, `--outputFile.json=${report}`];
  const { exitCode } = await runStreamed([process.execPath, ...vitest, ...filter]);
  const counts = existsSync(report) ? parseVitest(readFileSync(report, 'utf8')) : NO_COUNTS;
  return judgeRunner(counts, exitCode);
}

/**
 * Returns the runners in the order of their cost; a filter names test files of vitest, and leaves
 * the others out.
 *
 * @param {readonly string[]} filter
 * @returns {readonly Runner[]}
 */
export function testRunners(filter) {
  const vitest = { name: 'TypeScript tests', run: () => runVitest(filter) };
  if (filter.length > 0) return [vitest];
  return [rustTests, { name: 'C++ tests', run: () => runCppTests() }, vitest];
}
