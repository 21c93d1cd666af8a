import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, wherever it was cloned to. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Names the folder of the native addons, and keeps one tree usable from two systems. */
export const TARGET = `${process.platform}-${process.arch}`;

/** Products that are no part of the package; the folder is ignored and may be deleted at any time. */
export const BUILD_FOLDER = join(ROOT, 'build');

/**
 * Returns the path of a program that an npm package brings. Node runs it directly: that saves the
 * start of npx, and works where the executable bit was lost.
 *
 * @param {string} packageName
 * @param {string} [program] needed when the package brings several
 * @returns {string}
 */
export function packageProgram(packageName, program) {
  const folder = join(ROOT, 'node_modules', ...packageName.split('/'));
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const path = typeof bin === 'string' ? bin : bin[program ?? packageName];
  if (typeof path !== 'string') {
    throw new Error(`package ${packageName} must bring the program ${program ?? packageName}`);
  }
  return join(folder, path);
}
