import { spawn } from 'node:child_process';
import { ROOT } from '../repository.mjs';

/** A runner that prints more than this is read from its end, where the counts stand. */
const OUTPUT_CHARACTERS_MAX = 20_000_000;

/**
 * Runs a command, shows its output as it comes and returns it with the exit code.
 *
 * @param {readonly [string, ...string[]]} command
 * @returns {Promise<{ readonly exitCode: number, readonly output: string }>}
 */
export function runStreamed([program, ...args]) {
  return new Promise((resolve) => {
    // Colours would stand between the words that are counted, unless the output is a pipe anyway.
    const env = { ...process.env, CARGO_TERM_COLOR: 'never' };
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {NodeJS.WriteStream} target */
    const forward = (target) => (/** @type {string} */ chunk) => {
      output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX);
      target.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', forward(process.stdout));
    child.stderr.setEncoding('utf8').on('data', forward(process.stderr));
    child.on('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}\n`);
      resolve({ exitCode: 127, output });
    });
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
