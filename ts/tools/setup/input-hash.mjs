import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a step's result depends on: files and folders of the repository, and facts such as the
 * platform. `leftOut` matches paths inside the folders that do not matter.
 *
 * @typedef {{
 *   readonly paths: readonly string[],
 *   readonly leftOut?: RegExp,
 *   readonly facts: readonly string[],
 * }} Inputs
 */

/**
 * Lists the files under a path with `/` between the parts, sorted, so that every system gives the
 * same list. A path that does not exist has no files.
 *
 * @param {string} root
 * @param {string} path
 * @returns {readonly string[]}
 */
export function listFiles(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) => {
      const child = `${path}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, child) : [child];
    })
    .sort();
}

/**
 * Returns a hash of names and contents. Contents alone decide, not times: a checkout touches every
 * file, and the whole tree is read in a few hundredths of a second.
 *
 * @param {string} root
 * @param {Inputs} inputs
 * @returns {string}
 */
export function hashInputs(root, inputs) {
  const hash = createHash('sha256');
  for (const fact of inputs.facts) hash.update(`fact ${fact}\n`);
  for (const path of inputs.paths) {
    for (const file of listFiles(root, path)) {
      if (inputs.leftOut?.test(file)) continue;
      const content = readFileSync(join(root, file));
      hash.update(`file ${file} ${content.length}\n`).update(content);
    }
  }
  return hash.digest('hex');
}
