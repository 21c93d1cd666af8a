import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from './prerequisites.mjs';
import { runTool } from './tool-process.mjs';

/** npm writes this file last, so it tells of a complete installation only. */
export const INSTALLED_LIST = 'node_modules/.package-lock.json';

/**
 * @typedef {{ readonly version?: string, readonly integrity?: string, readonly optional?: boolean }} LockEntry
 * @typedef {Readonly<Record<string, LockEntry>>} LockEntries
 */

/**
 * Tells whether exactly the packages of the lock file are installed. Optional ones may be absent:
 * they are the binaries of other systems.
 *
 * @param {LockEntries} locked
 * @param {LockEntries} installed
 * @returns {boolean}
 */
export function isSameInstallation(locked, installed) {
  /** @type {(entry: LockEntry) => string} */
  const identity = (entry) => `${entry.version} ${entry.integrity}`;
  for (const [path, entry] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined ? entry.optional !== true : identity(found) !== identity(entry)) {
      return false;
    }
  }
  return Object.keys(installed).every((path) => locked[path] !== undefined);
}

/** @param {string} path @returns {LockEntries | undefined} */
function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/**
 * Installs what the lock file says. No package may run a script of its own: none of them needs one,
 * and a script is where a download or worse would happen. Someone's own `npm install` is left alone
 * when it gave the same packages.
 *
 * @param {string} root
 * @param {(line: string) => void} onLine
 */
export async function installPackages(root, onLine) {
  const locked = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, INSTALLED_LIST));
  if (locked && installed && isSameInstallation(locked, installed)) return;
  const [npm, ...args] = npmCommand();
  const options = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runTool({ command: [npm, ...args, 'ci', ...options], cwd: root, onLine });
}
