/**
 * How many tests a runner ran, by outcome.
 *
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts
 */

/** @type {Counts} */
export const NO_COUNTS = { passed: 0, failed: 0, skipped: 0 };

/** @param {Counts} left @param {Counts} right @returns {Counts} */
export function addCounts(left, right) {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/**
 * Sums the `test result:` lines of cargo, one for each test binary.
 *
 * @param {string} output
 * @returns {Counts}
 */
export function parseCargo(output) {
  const line = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm;
  let counts = NO_COUNTS;
  for (const [, passed, failed, skipped] of output.matchAll(line)) {
    const found = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
    counts = addCounts(counts, found);
  }
  return counts;
}

/**
 * Counts the line that ctest prints for each test. Whatever is neither passed nor skipped has
 * failed: crashes, time-outs and programs that could not be started each have a word of their own.
 *
 * @param {string} output
 * @returns {Counts}
 */
export function parseCtest(output) {
  const line =
    /^\s*\d+\/\d+ Test\s+#\d+: .*?(Passed|\*\*\*(?:Skipped|Not Run \(Disabled\))|\*\*\*)/gm;
  const outcomes = [...output.matchAll(line)].map(([, outcome]) => outcome);
  const passed = outcomes.filter((outcome) => outcome === 'Passed').length;
  const failed = outcomes.filter((outcome) => outcome === '***').length;
  return { passed, failed, skipped: outcomes.length - passed - failed };
}

/**
 * Reads vitest's JSON report. A file that could not even be loaded has no tests, and counts as one
 * that failed.
 *
 * @param {string} text
 * @returns {Counts}
 */
export function parseVitest(text) {
  const report = JSON.parse(text);
  /** @type {readonly { status: string, assertionResults: readonly unknown[] }[]} */
  const files = report.testResults;
  const broken = files.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Judges a runner by its counts and its exit code together: one that crashed, or ran nothing, has
 * failed even if it counted no failure.
 *
 * @param {Counts} counts
 * @param {number} exitCode
 * @returns {Counts}
 */
export function judgeRunner(counts, exitCode) {
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  if (counts.failed === 0 && (exitCode !== 0 || ranNothing)) return { ...counts, failed: 1 };
  return counts;
}

/**
 * Returns the closing line, for people and for whatever reads the log.
 *
 * @param {Counts} counts
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
