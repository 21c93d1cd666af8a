import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { BUILD_FOLDER, ROOT } from '../repository.mjs';
import { codesPage } from './codes-page.mjs';
import { kernelsModule } from './kernels.mjs';
import { limitKeysModule, limitsJsonSchema } from './limits.mjs';
import { limitsPage } from './limits-page.mjs';
import { orderStatesPage } from './order-states-page.mjs';
import { codesModule, controlsModule, vocabularyModule } from './typescript.mjs';

/** The set-up leaves the declarations of the addon it built here. */
const ADDON_DECLARATIONS = join(BUILD_FOLDER, 'engine-addon', 'engine-addon.d.ts');

/** @returns {string} */
function addonDeclarations() {
  if (existsSync(ADDON_DECLARATIONS)) return readFileSync(ADDON_DECLARATIONS, 'utf8');
  throw new Error(`${ADDON_DECLARATIONS} must have been built, run \`npm run setup\``);
}

/**
 * Returns every generated file with its text. The formatter has the last word on the modules, so
 * that they pass the same check as what is written by hand.
 *
 * @param {import('./vocabulary.mjs').Vocabulary} vocabulary
 * @returns {Promise<ReadonlyMap<string, string>>}
 */
export async function generatedFiles(vocabulary) {
  const options = await resolveConfig(join(ROOT, 'package.json'));
  const modules = {
    'ts/src/core/codes.generated.ts': codesModule(vocabulary),
    'ts/src/core/controls.generated.ts': controlsModule(vocabulary),
    'ts/src/core/limit-keys.generated.ts': limitKeysModule(vocabulary),
    'ts/src/core/vocabulary.generated.ts': vocabularyModule(vocabulary),
    'ts/src/gpu/kernels.generated.ts': kernelsModule(),
    'ts/src/native/engine-addon.generated.ts': addonDeclarations(),
  };
  const formatted = Object.entries(modules).map(
    async ([file, text]) =>
      /** @type {const} */ ([file, await format(text, { ...options, parser: 'typescript' })]),
  );
  /** @param {string} text @param {'json' | 'markdown'} parser */
  const document = (text, parser) => format(text, { ...options, parser });
  return new Map([
    ...(await Promise.all(formatted)),
    ['ts/docs/limits.schema.json', await document(limitsJsonSchema(vocabulary), 'json')],
    ['ts/docs/limits.md', await document(limitsPage(vocabulary), 'markdown')],
    ['ts/docs/codes.md', codesPage(vocabulary)],
    ['ts/docs/order-states.md', orderStatesPage(vocabulary)],
  ]);
}

/**
 * Returns the files that differ from what the sources say.
 *
 * @param {ReadonlyMap<string, string>} files
 * @param {string} [root]
 * @returns {readonly string[]}
 */
export function staleFiles(files, root = ROOT) {
  return [...files]
    .filter(([file, text]) => {
      const path = join(root, file);
      return !existsSync(path) || readFileSync(path, 'utf8') !== text;
    })
    .map(([file]) => file);
}
