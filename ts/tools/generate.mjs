import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, staleFiles } from './generate/generated-files.mjs';
import { readVocabulary } from './generate/vocabulary.mjs';
import { ROOT } from './repository.mjs';
import { setUp } from './setup/set-up.mjs';

/** With `--check` nothing is written: stale files are named, and are a failure. */
async function generate() {
  const files = await generatedFiles(await readVocabulary());
  const stale = staleFiles(files);
  const check = process.argv.includes('--check');
  for (const file of stale) {
    process.stdout.write(`${file}: ${check ? 'stale, run `npm run generate`' : 'written'}\n`);
    if (check) continue;
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), files.get(file) ?? '');
  }
  process.stdout.write(`${files.size} generated files, ${stale.length} of them were stale\n`);
  return check && stale.length > 0 ? 1 : 0;
}

// The declarations of the addon come from its build. Where they are stale, the set-up fails after it, at the compiler.
const failed = await setUp();
const isRepairing = failed !== 0 && !process.argv.includes('--check');
if (failed === 0 || isRepairing) process.exitCode = await generate();
if (isRepairing) process.exitCode = await setUp();
