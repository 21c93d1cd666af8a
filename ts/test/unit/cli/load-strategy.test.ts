import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';

import { loadStrategy } from '#ts/cli/load-strategy.js';
import { BUY_AND_HOLD, strategySource } from '../../support/strategy-sources.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { rejectionOf } from '../../support/thrown-error.js';

const folder = temporaryFolder();

describe('loadStrategy', () => {
  it('loads the default export of a module, and hashes the file', async () => {
    const file = writeInto(folder, 'good.mjs', strategySource(BUY_AND_HOLD));
    const loaded = await loadStrategy(file);
    expect(loaded.strategy.name).toBe('buy-and-hold');
    expect(loaded.hash).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
    expect((await loadStrategy(relative('.', file))).hash).toBe(loaded.hash);
  });

  it.each([
    ['nothing', 'export const x = 1;'],
    ['a value that is no strategy', 'export default 7;'],
    ['nothing as default', 'export default null;'],
    ['a definition that was not checked', "export default { name: 'x', onBar() {} };"],
    ['a broken definition', "export default { name: 'x', definition: null };"],
  ])('STRATEGY_INVALID: refuses a file that exports %s', async (what, source) => {
    const file = writeInto(folder, `${what.replaceAll(' ', '-')}.mjs`, source);
    const error = await rejectionOf(loadStrategy(file));
    expect(error.code).toBe('STRATEGY_INVALID');
    expect(error.message).toContain('defineStrategy()');
    expect(error.context).toEqual({ file });
  });

  it('STRATEGY_INVALID: names a file that is not there', async () => {
    const error = await rejectionOf(loadStrategy('nowhere.ts'));
    expect(error.code).toBe('STRATEGY_INVALID');
    expect(error.message).toBe('strategy file nowhere.ts must exist');
  });

  it('STRATEGY_INVALID: says why a file does not load', async () => {
    const throwing = writeInto(folder, 'throwing.mjs', "throw new Error('no licence');");
    expect((await rejectionOf(loadStrategy(throwing))).message).toContain('no licence');
    const stranger = writeInto(folder, 'stranger.mjs', "import 'nobody-knows-this-package';");
    expect((await rejectionOf(loadStrategy(stranger))).message).toContain(
      'nobody-knows-this-package',
    );
    const broken = writeInto(folder, 'broken.mjs', 'export default {');
    expect((await rejectionOf(loadStrategy(broken))).code).toBe('STRATEGY_INVALID');
  });

  it('passes on what defineStrategy refuses', async () => {
    const file = writeInto(folder, 'refused.mjs', strategySource("name: 'Bad Name', onBar() {}"));
    const error = await rejectionOf(loadStrategy(file));
    expect(error.code).toBe('STRATEGY_INVALID');
    expect(error.message).toContain('name must be');
  });
});
