import { expect, it } from 'vitest';

import { runCommand } from '../../support/command-line.js';

it('TST-12: explains itself', async () => {
  const { stdout, error } = await runCommand('demo', '--help');
  expect(error).toBeNull();
  expect(stdout).toContain('20 years of S&P 500 daily bars');
  expect(stdout).toContain('--out <dir>');
  expect(stdout).toContain('trend-following-sp500');
});
