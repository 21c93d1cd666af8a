import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, expect, it } from 'vitest';

import { addonPath } from '#ts/native/addon-path.js';

const TARGET = `${process.platform}-${process.arch}`;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Copies the compiled modules into a package of that name without any addon. */
function copyPackage(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-addon-'));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module' }));
  for (const part of ['core', 'native']) {
    cpSync(resolve('dist', part), join(folder, 'dist', part), { recursive: true });
  }
  return folder;
}

/** Loads the addon from the copy in a process of its own; returns the error as JSON. */
function loadError(folder: string): { code: string; message: string; context: object } {
  const url = pathToFileURL(join(folder, 'dist', 'native', 'market-addon.js')).href;
  const script = `
    import { loadMarketAddon } from '${url}';
    try { loadMarketAddon(); } catch (error) { console.log(JSON.stringify(error)); }`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(output.toString());
}

it('names the file of this platform below the package root', () => {
  expect(addonPath('market')).toBe(resolve('dist', 'bin', TARGET, 'market.node'));
});

it('NATIVE_MISSING: no file for this platform, with the way to build it', () => {
  const error = loadError(copyPackage('holdfast'));
  expect(error).toMatchObject({
    code: 'NATIVE_MISSING',
    context: { addon: 'market', target: TARGET },
  });
  expect(error.message).toContain('npm run setup');
});

it('NATIVE_MISSING: a file that is no addon', () => {
  const folder = copyPackage('holdfast');
  const bin = join(folder, 'dist', 'bin', TARGET);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'market.node'), 'no library');
  expect(loadError(folder)).toMatchObject({
    code: 'NATIVE_MISSING',
    message: expect.stringContaining('must be loadable'),
  });
});

it('NATIVE_MISSING: no package root above the module, as in a bundle', () => {
  expect(loadError(copyPackage('somebody-elses-bot'))).toMatchObject({
    code: 'NATIVE_MISSING',
    message: expect.stringContaining('mark it as external'),
  });
});
