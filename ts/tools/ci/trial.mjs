import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Runs a command, shows what it is and returns its outcome; the output is in the log either way.
 *
 * @param {readonly [string, ...string[]]} command
 * @param {{ readonly cwd: string, readonly env?: NodeJS.ProcessEnv }} options
 */
export function tryCommand([program, ...args], { cwd, env = process.env }) {
  process.stdout.write(`$ ${[program, ...args].join(' ')}\n`);
  const result = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (result.error !== undefined) throw result.error;
  process.stdout.write(`${result.stdout}${result.stderr}`);
  return { exitCode: result.status ?? 1, stdout: result.stdout, stderr: result.stderr };
}

/**
 * Runs a command that must succeed, and returns its output.
 *
 * @param {readonly [string, ...string[]]} command
 * @param {{ readonly cwd: string, readonly env?: NodeJS.ProcessEnv }} options
 */
export function runCommand(command, options) {
  const { exitCode, stdout } = tryCommand(command, options);
  demand(exitCode === 0, `${command.join(' ')} must succeed, its exit code was ${exitCode}`);
  return stdout;
}

/**
 * Ends the trial when a condition does not hold.
 *
 * @param {boolean} holds
 * @param {string} rule
 */
export function demand(holds, rule) {
  if (!holds) throw new Error(rule);
}

/**
 * Runs work in an empty folder outside of the repository, and removes it afterwards.
 *
 * @template T
 * @param {string} name
 * @param {(folder: string) => T} work
 * @returns {T}
 */
export function inEmptyFolder(name, work) {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
