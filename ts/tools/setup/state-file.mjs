import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What was built: for each step the hash of its inputs and the files that came out.
 *
 * @typedef {{ readonly key: string, readonly outputs: readonly string[] }} StepState
 * @typedef {Record<string, StepState>} SetupState
 */

/** Another layout of the file is no state at all: everything is built once more. */
const STATE_VERSION = 1;

/**
 * Returns the state, or an empty one when the file is missing, torn or of another version.
 *
 * @param {string} path
 * @returns {SetupState}
 */
export function readState(path) {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8'));
    return content.version === STATE_VERSION ? content.steps : {};
  } catch {
    // Nothing is lost: without a state each step runs, and finds its own tool's cache.
    return {};
  }
}

/**
 * Replaces the file as a whole, so that an interruption leaves the old or the new one.
 *
 * @param {string} path
 * @param {SetupState} steps
 */
export function writeState(path, steps) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ version: STATE_VERSION, steps }, null, 1)}\n`);
  renameSync(temporary, path);
}
