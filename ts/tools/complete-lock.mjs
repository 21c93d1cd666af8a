import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingOptionals, platformEntry } from './lock/missing-optionals.mjs';
import { ROOT } from './repository.mjs';

/**
 * npm writes an optional package into the lock file only if the registry offers its version at that
 * moment, and `npm ci` then refuses the file for what is missing. This adds the missing entries;
 * they have no integrity hash, because nothing was fetched.
 */
const path = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const missing = missingOptionals(lock.packages);
for (const found of missing) lock.packages[found.path] = platformEntry(found);
const { '': root, ...packages } = lock.packages;
const inOrder = Object.entries(packages).sort(([left], [right]) => left.localeCompare(right, 'en'));
lock.packages = { '': root, ...Object.fromEntries(inOrder) };
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`package-lock.json: added ${missing.length} optional packages\n`);
