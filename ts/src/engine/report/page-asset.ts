import { readFileSync } from 'node:fs';
import { HoldfastError } from '../../core/holdfast-error.js';

/**
 * Reads a style or script of a page, which `ts/tools/build-report-page.mjs` builds into the folder
 * of this module.
 *
 * @throws HoldfastError `DEPENDENCY_MISSING` when it has not been built
 */
export function pageAsset(name: string): string {
  try {
    return readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
  } catch (cause) {
    throw new HoldfastError(
      'DEPENDENCY_MISSING',
      `file ${name} of the report page must be built before a report; run \`npm run setup\``,
      { context: { file: name }, cause },
    );
  }
}
