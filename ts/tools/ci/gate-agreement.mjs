import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageProgram, ROOT } from '../repository.mjs';
import { demand } from './trial.mjs';

/**
 * Plays generated sequences, and every short one in small worlds, to the native gate and to the slow reference of the tests,
 * on every core, and fails where they differ in a verdict or a suggested quantity. A failure names the sequence or the steps;
 * `--first N --sequences 1 --steps 0` plays a sequence again, `--sequences 1000000` is for a long night.
 */

const SEQUENCES_DEFAULT = 10_000;
/** Sequences of one process: short enough that a run ends soon after a failure. */
const SHARE = 500;
const STEPS_DEFAULT = 4;
/** Number of worlds in `ts/test/support/small-world-cases.ts`. */
const WORLDS = 6;
const SCRIPT = join(ROOT, 'ts', 'test', 'support', 'gate-sequences.ts');

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: String(SEQUENCES_DEFAULT) },
    first: { type: 'string', default: '1' },
    steps: { type: 'string', default: String(STEPS_DEFAULT) },
  },
});
const [sequences, first] = [Number(values.sequences), Number(values.first)];
demand(Number.isInteger(sequences) && sequences > 0, '--sequences must be a whole number above 0');
demand(Number.isInteger(first) && first >= 0, '--first must be a whole number');

/** @typedef {{ orders: number, approved: number, suggestions: number, codes: Record<string, number> }} Played */
/** @typedef {{ name: string, sequences: number, approved: number, denied: number }} World */

/**
 * Runs the script of the tests with arguments, and returns what it told.
 *
 * @param {Readonly<Record<string, number>>} options
 * @returns {Promise<unknown>}
 */
function play(options) {
  return new Promise((resolve, reject) => {
    const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const args = [packageProgram('tsx'), SCRIPT, ...named];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (part) => (text += String(part)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`the gates did not agree on ${named.join(' ')}`));
    });
  });
}

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** @type {Played} */
const total = { orders: 0, approved: 0, suggestions: 0, codes: {} };
let next = first;
let world = 0;
async function work() {
  while (Number(values.steps) > 0 && world < WORLDS) {
    world += 1;
    const told = await play({ world: world - 1, steps: Number(values.steps) });
    const { name, sequences: all, approved, denied } = /** @type {World} */ (told);
    say(
      `${all} sequences of ${values.steps} steps, ${approved} approved, ${denied} denied: ${name}`,
    );
    demand(approved > 0 && denied > 0, `a world must approve and deny: ${name}`);
  }
  while (next < first + sequences) {
    const from = next;
    next = Math.min(from + SHARE, first + sequences);
    const played = /** @type {Played} */ (await play({ first: from, count: next - from }));
    total.orders += played.orders;
    total.approved += played.approved;
    total.suggestions += played.suggestions;
    for (const [code, times] of Object.entries(played.codes)) {
      total.codes[code] = (total.codes[code] ?? 0) + times;
    }
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
const { orders, approved, suggestions, codes } = total;
say(`${sequences} sequences from ${first}, ${orders} orders, ${approved} approved`);
say(`${suggestions} suggested quantities, ${Object.keys(codes).length} codes:`);
for (const [code, times] of Object.entries(codes)) say(`  ${code} ${times}`);
demand(sequences === 1 || (approved > 0 && suggestions > 0), 'some orders must pass');
