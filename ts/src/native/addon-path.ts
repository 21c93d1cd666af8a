import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { HoldfastError } from '../core/holdfast-error.js';

export type AddonName = 'engine' | 'market';

const PACKAGE_NAME = 'holdfast';

/** Tells whether a folder is the package's own root, and not that of a package around it. */
function isPackageRoot(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return false;
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return (
    typeof parsed === 'object' &&
    parsed !== null &&
    'name' in parsed &&
    parsed.name === PACKAGE_NAME
  );
}

function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (isPackageRoot(folder)) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new HoldfastError(
    'NATIVE_MISSING',
    `the package root of ${PACKAGE_NAME} must lie above ${start}, found none; ` +
      'do not bundle holdfast, mark it as external',
    { context: { start } },
  );
}

/**
 * Returns the path of a native addon for this platform.
 *
 * Errors: `NATIVE_MISSING` when the file does not exist.
 */
export function addonPath(name: AddonName): string {
  const target = `${process.platform}-${process.arch}`;
  const path = join(packageRoot(), 'dist', 'bin', target, `${name}.node`);
  if (existsSync(path)) return path;
  throw new HoldfastError(
    'NATIVE_MISSING',
    `the native addon ${name} must be built for ${target}, found no ${path}; run \`npm run setup\``,
    { context: { addon: name, target, path } },
  );
}

/** The package's version, for the first record of a journal. */
export function packageVersion(): string {
  const manifest = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
