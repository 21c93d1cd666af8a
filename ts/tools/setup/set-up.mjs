import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { BUILD_FOLDER, ROOT } from '../repository.mjs';
import { hashInputs } from './input-hash.mjs';
import { withLock } from './lock-file.mjs';
import { findProblems } from './prerequisites.mjs';
import { Progress } from './progress.mjs';
import { describeProblems } from './remedies.mjs';
import { readState, writeState } from './state-file.mjs';
import { SETUP_STEPS } from './steps.mjs';
import { ToolFailure } from './tool-process.mjs';

/**
 * @typedef {import('./steps.mjs').Step} Step
 * @typedef {import('./state-file.mjs').SetupState} SetupState
 */

const STATE_FILE = join(BUILD_FOLDER, 'setup.json');
const LOCK_FILE = join(BUILD_FOLDER, 'setup.lock');

/** @param {string} file @returns {boolean} */
const exists = (file) => existsSync(join(ROOT, file));

/**
 * Tells whether a step's inputs are those of its last run and its outputs are there.
 *
 * @param {Step} step
 * @param {SetupState} state
 * @returns {boolean}
 */
export function isUpToDate(step, state) {
  const done = state[step.name];
  return (
    done !== undefined &&
    done.key === hashInputs(ROOT, step.inputs()) &&
    step.outputs().every((file) => exists(file))
  );
}

/**
 * Runs a step and records it. The record is taken away first: whatever happens on the way, only a
 * step that came to its end counts as done.
 *
 * @param {Step} step
 * @param {SetupState} state
 * @param {(line: string) => void} onLine
 */
async function runStep(step, state, onLine) {
  const before = state[step.name]?.outputs ?? [];
  delete state[step.name];
  writeState(STATE_FILE, state);
  const key = hashInputs(ROOT, step.inputs());
  await step.work(onLine);
  const outputs = step.outputs();
  const missing = outputs.filter((file) => !exists(file));
  if (missing.length > 0) {
    throw new ToolFailure([step.name], 1, `the step must make ${missing.join(', ')}\n`);
  }
  // What the sources no longer make would otherwise stay in the package.
  for (const file of before.filter((output) => !outputs.includes(output))) {
    for (const left of [file, `${file}.map`]) rmSync(join(ROOT, left), { force: true });
  }
  state[step.name] = { key, outputs };
  writeState(STATE_FILE, state);
}

/**
 * Runs the steps in the order of their needs, and side by side where they need nothing of each
 * other. Steps that already run come to their end after a failure, so that their work is kept.
 *
 * @param {SetupState} state
 * @param {Progress} progress
 * @returns {Promise<number>} an exit code
 */
async function runSteps(state, progress) {
  let exitCode = 0;
  /** @type {Map<string, Promise<boolean>>} whether the step may be built upon */
  const results = new Map();
  /** @param {Step} step @param {number} index */
  const run = async (step, index) => {
    const needs = await Promise.all(step.after.map(async (name) => results.get(name)));
    const label = `[${index + 1}/${SETUP_STEPS.length}] ${step.name}`;
    if (needs.includes(false)) return false;
    if (isUpToDate(step, state)) {
      progress.write(`${label}: unchanged\n`);
      return true;
    }
    const onLine = progress.start(label);
    try {
      await runStep(step, state, onLine);
      progress.end(label, 'done');
      return true;
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      progress.end(label, 'failed');
      progress.write(`${error.output}\n${error.message}\n`);
      exitCode ||= error.exitCode;
      return false;
    }
  };
  for (const [index, step] of SETUP_STEPS.entries()) results.set(step.name, run(step, index));
  await Promise.all(results.values());
  return exitCode;
}

/**
 * Brings the tree to where everything in it can run. All messages go to the error stream: what a
 * command prints on its output stays its own.
 *
 * @returns {Promise<number>} an exit code, 0 when all is built
 */
export async function setUp() {
  const startMs = performance.now();
  const progress = new Progress(process.stderr);
  const seconds = () => ((performance.now() - startMs) / 1000).toFixed(2);
  const first = readState(STATE_FILE);
  if (SETUP_STEPS.every((step) => isUpToDate(step, first))) {
    progress.write(`set-up: nothing changed (${seconds()} s)\n`);
    return 0;
  }
  const problems = await findProblems(ROOT);
  if (problems.length > 0) {
    progress.write(describeProblems(problems));
    return 1;
  }
  const onWait = (/** @type {number} */ holder) =>
    progress.write(`set-up: waiting for process ${holder}, which sets up this tree already\n`);
  // Another process may have done it all while this one waited, so the state is read anew.
  const exitCode = await withLock(LOCK_FILE, onWait, () =>
    runSteps(readState(STATE_FILE), progress),
  );
  progress.write(exitCode === 0 ? `set-up: done in ${seconds()} s\n` : 'set-up: failed\n');
  return exitCode;
}
