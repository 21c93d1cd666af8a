import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingOptionals, platformEntry } from '../../tools/lock/missing-optionals.mjs';
import { ROOT } from '../../tools/repository.mjs';

describe('the lock file', () => {
  it('has an entry for every optional package, so that `npm ci` takes it on every system', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    expect(missingOptionals(lock.packages).map(({ name }) => name)).toEqual([]);
  });
});

describe('missing optional packages', () => {
  it('are found where the package would look them up', () => {
    const packages = {
      '': {},
      'node_modules/a': {
        dev: true,
        optionalDependencies: {
          'a-linux-x64': '1.0.0',
          'a-darwin-x64': '1.0.0',
          'b-win32-x64': '2.0.0',
        },
      },
      'node_modules/a/node_modules/a-linux-x64': { version: '1.0.0' },
      'node_modules/b-win32-x64': { version: '2.0.0' },
    };
    expect(missingOptionals(packages)).toEqual([
      { name: 'a-darwin-x64', version: '1.0.0', dev: true, path: 'node_modules/a-darwin-x64' },
    ]);
  });

  it('get their system from their name', () => {
    const missing = { path: '', name: '@scope/a-linux-arm64-musl', version: '1.2.3', dev: true };
    expect(platformEntry(missing)).toEqual({
      version: '1.2.3',
      cpu: ['arm64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
    const windows = { ...missing, name: 'a-win32-x64-msvc', dev: false };
    expect(platformEntry(windows)).toEqual({
      version: '1.2.3',
      cpu: ['x64'],
      optional: true,
      os: ['win32'],
    });
  });

  it.each([
    ['a-native', '1.0.0'],
    ['a-linux-x64', '^1.0.0'],
  ])('are refused when %s@%s names no system or version', (name, version) => {
    expect(() => platformEntry({ path: '', name, version, dev: false })).toThrow(
      'must be locked by npm itself',
    );
  });
});
