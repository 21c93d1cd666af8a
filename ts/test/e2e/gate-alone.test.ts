import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const page = readFileSync(resolve('ts', 'docs', 'gate.md'), 'utf8');

it('the first lines of ts/docs/gate.md run and print what stands below them', () => {
  const [, code = '', output = ''] =
    /```js\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(page) ?? [];
  const program = ['--input-type=module', '--eval', code];
  expect(execFileSync(process.execPath, program, { encoding: 'utf8' })).toBe(output);
});

it('examples/guarded-ccxt-bot.ts prints what ts/docs/gate.md shows', () => {
  const example = resolve('examples', 'guarded-ccxt-bot.ts');
  const output = execFileSync(process.execPath, ['--import', 'tsx', example], { encoding: 'utf8' });
  expect(page).toContain(output);
});
