import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageProgram, ROOT } from '../repository.mjs';
import { demand } from './trial.mjs';

/**
 * Plays hostile orders to the gate, through the TypeScript edge and as records in the native memory, on every core: it fails
 * where native code crashes or hangs, an exception has no known code, or an order passes that the slow reference of the tests
 * denies. A failure names its seed and the fewest and simplest orders that fail; `--seed N --cases 200` plays one world again,
 * and `--cases 10000000` is the full run.
 */

const CASES_DEFAULT = 250_000;
/** Cases of one world, as in `ts/test/support/gate-fuzz.ts`. */
const CASES_PER_WORLD = 200;
/** Worlds of one process: short enough that a run ends soon after a failure. */
const SHARE = 250;
/** A world takes milliseconds; one that takes this long hangs. */
const HANG_MS = 600_000;
const SCRIPT = join(ROOT, 'ts', 'test', 'support', 'gate-fuzz.ts');

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: String(CASES_DEFAULT) },
    seed: { type: 'string', default: '1' },
  },
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
demand(Number.isInteger(cases) && cases > 0, '--cases must be a whole number above 0');
demand(Number.isInteger(seed) && seed >= 0, '--seed must be a whole number');

/** @typedef {{ cases: number, done: number, denied: number, refused: number }} Counts */

/**
 * Plays worlds in a process of their own; null says that it died without a word, or hung.
 *
 * @param {number} first
 * @param {number} worlds
 * @returns {Promise<Counts | null>}
 */
function play(first, worlds) {
  return new Promise((resolve, reject) => {
    const args = [packageProgram('tsx'), SCRIPT, '--first', `${first}`, '--worlds', `${worlds}`];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: HANG_MS,
      killSignal: 'SIGKILL',
    });
    let text = '';
    child.stdout.on('data', (part) => (text += String(part)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else if (code === 1) reject(new Error(`the gate failed in worlds from ${first}`));
      else resolve(null);
    });
  });
}

/**
 * Returns the first world whose play kills its process.
 *
 * @param {number} first
 * @param {number} worlds
 * @returns {Promise<number>}
 */
async function deadly(first, worlds) {
  if (worlds === 1) return first;
  const half = Math.floor(worlds / 2);
  return (await play(first, half)) === null
    ? deadly(first, half)
    : deadly(first + half, worlds - half);
}

/** @type {Counts} */
const total = { cases: 0, done: 0, denied: 0, refused: 0 };
const worlds = Math.ceil(cases / CASES_PER_WORLD);
let next = seed;
async function work() {
  while (next < seed + worlds) {
    const first = next;
    next = Math.min(first + SHARE, seed + worlds);
    const counts = await play(first, next - first);
    if (counts === null) {
      const world = await deadly(first, next - first);
      throw new Error(`native code crashed or hung; --seed ${world} --cases 200 plays it again`);
    }
    total.cases += counts.cases;
    total.done += counts.done;
    total.denied += counts.denied;
    total.refused += counts.refused;
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
const { done, denied, refused } = total;
process.stdout.write(
  `${total.cases} cases from seed ${seed}: ${done} passed, ${denied} denied, ${refused} refused\n`,
);
demand(worlds < 10 || (done > 0 && denied > 0 && refused > 0), 'every outcome must occur');
