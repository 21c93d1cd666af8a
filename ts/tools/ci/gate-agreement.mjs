import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageProgram, ROOT } from '../repository.mjs';
import { demand } from './trial.mjs';

/**
 * Plays generated sequences, of a session and of a gate that is told everything, and every short one in small worlds, to the
 * native gate and to the slow reference of the tests, on every core, and fails where they differ in a verdict or a suggestion. A failure names the sequence or the steps;
 * `--first N --sequences 1 --steps 0` plays a sequence again, `--sequences 1000000` is for a long night.
 */

const SEQUENCES_DEFAULT = 10_000;
/** Sequences of one process: short enough that a run ends soon after a failure. */
const SHARE = 500;
const STEPS_DEFAULT = 4;
/** Number of worlds in `ts/test/support/small-world-cases.ts`. */
const WORLDS = 6;
/** Sequences of a gate that is told everything, for each of the others. */
const TOLD_SHARE = 0.2;
const script = (/** @type {string} */ name) => join(ROOT, 'ts', 'test', 'support', `${name}.ts`);
const SIMULATED = script('gate-sequences');
const TOLD = script('told-sequences');

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
 * Runs a script of the tests with arguments, and returns what it told.
 *
 * @param {string} path
 * @param {Readonly<Record<string, number>>} options
 * @returns {Promise<unknown>}
 */
function play(path, options) {
  return new Promise((resolve, reject) => {
    const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const args = [packageProgram('tsx'), path, ...named];
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
const toldSequences = Math.ceil(sequences * TOLD_SHARE);
const next = { [SIMULATED]: first, [TOLD]: first };
const ends = { [SIMULATED]: first + sequences, [TOLD]: first + toldSequences };

/** The next sequences that no process plays; null when all are played. */
function nextShare() {
  for (const path of [SIMULATED, TOLD]) {
    const [from = 0, end = 0] = [next[path], ends[path]];
    if (from >= end) continue;
    next[path] = Math.min(from + SHARE, end);
    return { path, first: from, count: Math.min(SHARE, end - from) };
  }
  return null;
}

let world = 0;
async function work() {
  while (Number(values.steps) > 0 && world < WORLDS) {
    world += 1;
    const told = await play(SIMULATED, { world: world - 1, steps: Number(values.steps) });
    const { name, sequences: all, approved, denied } = /** @type {World} */ (told);
    say(
      `${all} sequences of ${values.steps} steps, ${approved} approved, ${denied} denied: ${name}`,
    );
    demand(approved > 0 && denied > 0, `a world must approve and deny: ${name}`);
  }
  for (let share = nextShare(); share !== null; share = nextShare()) {
    const { path, ...counts } = share;
    const played = /** @type {Played} */ (await play(path, counts));
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
say(
  `${sequences} sequences of a session and ${toldSequences} of a gate that is told, from ${first}:`,
);
say(`${orders} orders, ${approved} approved`);
say(`${suggestions} suggested quantities, ${Object.keys(codes).length} codes:`);
for (const [code, times] of Object.entries(codes)) say(`  ${code} ${times}`);
demand(sequences === 1 || (approved > 0 && suggestions > 0), 'some orders must pass');
