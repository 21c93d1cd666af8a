import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, it } from 'vitest';

it('examples/engine-by-hand.ts prints what ts/docs/orders.md shows', () => {
  const example = resolve('examples', 'engine-by-hand.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', example], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('same state: true');
  expect(readFileSync(resolve('ts', 'docs', 'orders.md'), 'utf8')).toContain(
    `\`\`\`\n${stdout}\`\`\``,
  );
});
