import { closingLine } from '../test/counts.mjs';
import { runCppTests } from '../test/runners.mjs';

/** Runs the C++ tests under the sanitizers that are named, such as `address,undefined`. */
const [, , sanitizer = ''] = process.argv;
const counts = await runCppTests(sanitizer);
process.stdout.write(`${closingLine(counts)}\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
