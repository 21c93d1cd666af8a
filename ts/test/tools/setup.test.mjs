import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashInputs, listFiles } from '../../tools/setup/input-hash.mjs';
import { withLock } from '../../tools/setup/lock-file.mjs';
import { isSameInstallation } from '../../tools/setup/npm-packages.mjs';
import { judgeVersion, oldestVersions } from '../../tools/setup/prerequisites.mjs';
import { describeProblems } from '../../tools/setup/remedies.mjs';
import { readState, writeState } from '../../tools/setup/state-file.mjs';
import { runTool, ToolFailure } from '../../tools/setup/tool-process.mjs';
import { findVersion, isAtLeast } from '../../tools/setup/version.mjs';
import { ROOT } from '../../tools/repository.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast tools-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('versions', () => {
  it.each([
    ['v20.19.0', [20, 19, 0]],
    ['cmake version 3.25.1\n\nCMake suite', [3, 25, 1]],
    ['rustc 1.95.0 (59807616e 2026-04-14)', [1, 95, 0]],
    ['nothing', undefined],
  ])('are found in %j', (text, version) => expect(findVersion(text)).toEqual(version));

  it.each([
    [[20, 19], [20, 19], true],
    [[20, 9], [20, 19], false],
    [[21], [20, 19], true],
    [[1, 88], [1, 88, 0], true],
    [[1, 87, 9], [1, 88], false],
  ])('%j against the bound %j is enough: %s', (version, bound, enough) => {
    expect(isAtLeast(version, bound)).toBe(enough);
  });
});

describe('prerequisites', () => {
  const cmake = { tool: 'cmake', name: 'CMake', oldest: '3.20' };

  it('are read from the files that state them', () => {
    const { node, rust, cmake: oldest } = oldestVersions(ROOT);
    expect([node, rust, oldest].every((text) => /^\d+\.\d+/.test(text))).toBe(true);
  });

  it('are judged: found, too old or missing', () => {
    expect(judgeVersion({ ...cmake, output: 'cmake version 3.20.0' })).toBeUndefined();
    expect(judgeVersion({ ...cmake, output: 'cmake version 3.9.1' })?.text).toBe(
      'CMake 3.20 or later is needed, and this is 3.9.1',
    );
    expect(judgeVersion({ ...cmake, output: undefined })?.text).toBe(
      'CMake 3.20 or later is needed, and was not found',
    );
  });

  it('are told all at once, each with the command that installs it', () => {
    const problems = ['cmake', 'rust', 'compiler'].map((tool) => ({
      tool,
      text: `${tool} is gone`,
    }));
    const text = describeProblems(problems);
    expect(text.match(/ is gone/g)).toHaveLength(3);
    expect(text).toContain('sudo apt-get install cmake');
    expect(text).toContain('brew install cmake');
    expect(text).toContain('https://cmake.org/download/');
  });
});

describe('the hash of inputs', () => {
  const inputs = { paths: ['src', 'one.txt'], leftOut: /\/tests\//, facts: ['linux'] };
  beforeEach(() => {
    mkdirSync(join(folder, 'src', 'tests'), { recursive: true });
    writeFileSync(join(folder, 'src', 'a.rs'), 'a');
    writeFileSync(join(folder, 'src', 'tests', 't.rs'), 't');
    writeFileSync(join(folder, 'one.txt'), '1');
  });

  it('lists files in one order, and none for a path that is not there', () => {
    expect(listFiles(folder, 'src')).toEqual(['src/a.rs', 'src/tests/t.rs']);
    expect(listFiles(folder, 'gone')).toEqual([]);
  });

  it('depends on content, names and facts, and not on times or what is left out', () => {
    const before = hashInputs(folder, inputs);
    writeFileSync(join(folder, 'src', 'a.rs'), 'a');
    writeFileSync(join(folder, 'src', 'tests', 't.rs'), 'changed');
    expect(hashInputs(folder, inputs)).toBe(before);
    expect(hashInputs(folder, { ...inputs, facts: ['darwin'] })).not.toBe(before);
    writeFileSync(join(folder, 'src', 'a.rs'), 'b');
    expect(hashInputs(folder, inputs)).not.toBe(before);
    writeFileSync(join(folder, 'src', 'a.rs'), 'a');
    writeFileSync(join(folder, 'src', 'new.rs'), '');
    expect(hashInputs(folder, inputs)).not.toBe(before);
  });
});

describe('the state', () => {
  it('is what was written, and empty when the file is missing or torn', () => {
    const path = join(folder, 'build', 'setup.json');
    expect(readState(path)).toEqual({});
    writeState(path, { rust: { key: 'k', outputs: ['engine.node'] } });
    expect(readState(path)).toEqual({ rust: { key: 'k', outputs: ['engine.node'] } });
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 20));
    expect(readState(path)).toEqual({});
    writeFileSync(path, '{"version":0,"steps":{"rust":{}}}');
    expect(readState(path)).toEqual({});
  });
});

describe('the lock', () => {
  it('is held during the work only, also when it fails', async () => {
    const path = join(folder, 'setup.lock');
    const work = () => Promise.resolve(existsSync(path));
    expect(await withLock(path, () => undefined, work)).toBe(true);
    const failure = withLock(
      path,
      () => undefined,
      () => Promise.reject(new Error('no')),
    );
    await expect(failure).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  it('is taken over when its holder is gone', async () => {
    const path = join(folder, 'setup.lock');
    // No system gives a process this number.
    for (const left of ['4194999\n', 'torn', `${process.pid}\n`]) {
      writeFileSync(path, left);
      expect(
        await withLock(
          path,
          () => undefined,
          () => Promise.resolve('done'),
        ),
      ).toBe('done');
    }
  });

  it('makes a second one wait for a holder that lives', async () => {
    const path = join(folder, 'setup.lock');
    writeFileSync(path, `${process.ppid}\n`);
    /** @type {number[]} */
    const waited = [];
    const second = withLock(
      path,
      (holder) => {
        waited.push(holder);
        rmSync(path);
      },
      () => Promise.resolve('done'),
    );
    expect(await second).toBe('done');
    expect(waited).toEqual([process.ppid]);
  });
});

describe('an installation', () => {
  const locked = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b-darwin': { version: '1.0.0', optional: true },
  };

  it('is the same with or without the optional packages of other systems', () => {
    expect(
      isSameInstallation(locked, { 'node_modules/a': { version: '1.0.0', integrity: 'x' } }),
    ).toBe(true);
  });

  it.each([
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/a': { version: '1.0.1', integrity: 'x' } }],
    ['a content differs', { 'node_modules/a': { version: '1.0.0', integrity: 'y' } }],
    [
      'a package is there too much',
      {
        'node_modules/a': { version: '1.0.0', integrity: 'x' },
        'node_modules/c': { version: '1.0.0' },
      },
    ],
  ])('is another when %s', (_, installed) => {
    expect(isSameInstallation(locked, installed)).toBe(false);
  });
});

describe('a tool', () => {
  it('gives its output, and its last line while it runs', async () => {
    /** @type {string[]} */
    const lines = [];
    const script = 'console.log("one"); console.error("two");';
    const output = await runTool({
      command: [process.execPath, '--eval', script],
      cwd: folder,
      onLine: (line) => lines.push(line),
    });
    expect(output).toContain('one');
    expect(lines).toContain('two');
  });

  it('that fails tells its exit code and its whole output', async () => {
    const command = /** @type {const} */ ([
      process.execPath,
      '--eval',
      'console.log("why"); process.exit(7)',
    ]);
    const failure = await runTool({ command, cwd: folder }).catch((error) => error);
    expect(failure).toBeInstanceOf(ToolFailure);
    expect([failure.exitCode, failure.output]).toEqual([7, 'why\n']);
  });

  it('that does not exist is a failure as well', async () => {
    const failure = await runTool({ command: ['no-such-tool'], cwd: folder }).catch(
      (error) => error,
    );
    expect(failure.exitCode).toBe(127);
  });
});
