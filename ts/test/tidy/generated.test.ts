import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from './source-tree.js';

it('generated files are what their sources say', () => {
  const command = ['ts/tools/generate.mjs', '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
});
