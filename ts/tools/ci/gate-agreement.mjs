import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageProgram, ROOT } from '../repository.mjs';
import { demand } from './trial.mjs';

/**
 * Plays generated sequences to the native gate and to the slow reference of the tests, on every core, and fails where they
 * differ in a verdict or a suggested quantity. A failure names the sequence; `--first N --sequences 1` plays it again.
 */

const SEQUENCES_DEFAULT = 8_000;
/** Sequences of one process: short enough that a run ends soon after a failure. */
const SHARE = 500;
const SCRIPT = join(ROOT, 'ts', 'test', 'support', 'gate-sequences.ts');

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: String(SEQUENCES_DEFAULT) },
    first: { type: 'string', default: '1' },
  },
});
const [sequences, first] = [Number(values.sequences), Number(values.first)];
demand(Number.isInteger(sequences) && sequences > 0, '--sequences must be a whole number above 0');
demand(Number.isInteger(first) && first >= 0, '--first must be a whole number');

/** @typedef {{ orders: number, approved: number, suggestions: number, codes: Record<string, number> }} Played */

/**
 * @param {number} from
 * @param {number} count
 * @returns {Promise<Played>}
 */
function play(from, count) {
  return new Promise((resolve, reject) => {
    const args = [packageProgram('tsx'), SCRIPT, '--first', String(from), '--count', String(count)];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (part) => (text += String(part)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`sequences ${from} to ${from + count - 1} did not agree`));
    });
  });
}

/** @type {Played} */
const total = { orders: 0, approved: 0, suggestions: 0, codes: {} };
let next = first;
async function work() {
  while (next < first + sequences) {
    const from = next;
    next = Math.min(from + SHARE, first + sequences);
    const played = await play(from, next - from);
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
console.log(`${sequences} sequences from ${first}, ${orders} orders, ${approved} approved`);
console.log(`${suggestions} suggested quantities, ${Object.keys(codes).length} codes:`);
for (const [code, times] of Object.entries(codes).sort()) console.log(`  ${code} ${times}`);
demand(sequences === 1 || (approved > 0 && suggestions > 0), 'some orders must pass');
