import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ROOT } from '../repository.mjs';
import { demand, runCommand } from './trial.mjs';

const SECOND_START_MS_MAX = 30_000;
const SUMMARY = join(ROOT, 'out', 'trend-following-sp500', 'summary.json');

/** Runs the demo as a newcomer does, and returns its summary byte for byte. */
function runDemo() {
  runCommand(['npm', 'start'], { cwd: ROOT });
  return readFileSync(SUMMARY, 'utf8');
}

const first = runDemo();
const startMs = performance.now();
const second = runDemo();
const elapsedMs = performance.now() - startMs;
demand(first === second, 'two runs must give the same summary.json, byte for byte');
demand(
  elapsedMs < SECOND_START_MS_MAX,
  `a second start must build nothing, and took ${Math.round(elapsedMs)} ms`,
);
