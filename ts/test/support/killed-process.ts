import { spawn } from 'node:child_process';

import { expect } from 'vitest';

/**
 * Runs a program that prints a line for each thing it acknowledges, kills it once so many lines came, and returns the numbers
 * that were printed. A line that was torn is of something that nobody was told of.
 */
export async function killedAfter(
  program: string,
  args: readonly string[],
  acknowledged: number,
): Promise<readonly number[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part: string) => {
    text += part;
    if (text.split('\n').length > acknowledged) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.once('close', (_, ended) => resolve(ended)));
  expect(signal).toBe('SIGKILL');
  return text.split('\n').slice(0, -1).map(Number);
}
