import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageProgram, ROOT, TARGET } from '../repository.mjs';
import { demand, inEmptyFolder, runCommand } from './trial.mjs';

/**
 * Builds the C++ addon with node-gyp, as somebody does who installs from source, and compares it
 * with the one that cmake-js built from the same source list.
 */
inEmptyFolder('gyp', (folder) => {
  for (const name of ['binding.gyp', 'package.json', 'native/cpp']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // The headers that came with Node.js, where they are; node-gyp downloads them otherwise.
  const prefix = dirname(dirname(process.execPath));
  const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node_api.h'));
  const headers = hasHeaders ? [`--nodedir=${prefix}`] : [];
  const nodeGyp = packageProgram('node-gyp');
  runCommand([process.execPath, nodeGyp, 'rebuild', ...headers], { cwd: folder });

  const load = createRequire(import.meta.url);
  const built = load(join(folder, 'build', 'Release', 'market.node')).layout();
  const shipped = load(join(ROOT, 'dist', 'bin', TARGET, 'market.node')).layout();
  const same = JSON.stringify(built) === JSON.stringify(shipped);
  demand(same, 'the addon of node-gyp must have the layout of the one of cmake-js');
});
