import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What a user downloads stays small; today it is a fifth of this. */
const UNPACKED_BYTES_MAX = 12_000_000;
/** Few enough that each can be looked at: five are there for a reason that CONTRIBUTING.md gives. */
const DEPENDENCIES_MAX = 5;

interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

describe('the package', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  let packed: Packed;
  let paths: readonly string[];

  beforeAll(() => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // npm 11 gives a list, and later ones an object by name.
    const report = JSON.parse(output);
    packed = Array.isArray(report) ? report[0] : report.holdfast;
    paths = packed.files.map(({ path }) => path);
  });

  it('brings its native code and needs no toolchain', () => {
    const target = `${process.platform}-${process.arch}`;
    expect(paths).toContain(`dist/bin/${target}/engine.node`);
    expect(paths).toContain(`dist/bin/${target}/market.node`);
    expect(Object.keys(manifest.scripts)).not.toContain('install');
    expect(Object.keys(manifest.scripts)).not.toContain('postinstall');
    expect(manifest.gypfile).toBe(false);
  });

  it('holds the program, the entry points and the assets of the report', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/cli/main.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/engine/report/report-page.js',
        'dist/engine/report/report-page.css',
      ]),
    );
  });

  it('holds nothing that a user does not need, and stays small', () => {
    const stray = paths.filter((path) =>
      /\.map$|^(?:ts|native|build|benches)\/|\.test\./.test(path),
    );
    expect(stray).toEqual([]);
    expect(packed.unpackedSize).toBeLessThan(UNPACKED_BYTES_MAX);
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(DEPENDENCIES_MAX);
  });

  it('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: ROOT, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('gives types to every way of importing it', () => {
    const attw = join(ROOT, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    const { status, stdout } = spawnSync(
      process.execPath,
      [attw, '--pack', ROOT, '--profile', 'esm-only', '--no-emoji', '--no-color'],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(status, stdout).toBe(0);
  });
});
