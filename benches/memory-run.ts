import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomWalkBars } from 'holdfast/testing';

import { runSmaCross } from './sma-cross.js';

/** Runs the strategy over the given number of streamed bars and prints the process's peak memory in bytes. */
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
try {
  await runSmaCross(
    randomWalkBars({ seed: 1, bars: Number(process.argv[2]) }),
    join(folder, 'run'),
  );
} finally {
  rmSync(folder, { recursive: true });
}
// The operating system gives kilobytes.
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));
