import { describe, expect, it } from 'vitest';
import {
  deadExports,
  deadScripts,
  sourceListDifferences,
  unexplainedDependencies,
} from './rules/manifests.js';
import { sampleFile, TREE } from './source-tree.js';

describe('the manifests', () => {
  it('list the C++ sources on disk', () => expect(sourceListDifferences(TREE)).toEqual([]));
  it('export what is compiled', () => expect(deadExports(TREE)).toEqual([]));
  it('start tools that exist', () => expect(deadScripts(TREE)).toEqual([]));
  it('depend on what CONTRIBUTING.md explains', () =>
    expect(unexplainedDependencies(TREE)).toEqual([]));
});

describe('the rules of manifests', () => {
  it('find differences of the source list', () => {
    const files = [
      sampleFile('native/cpp/sources.txt', 'src/a.cpp\nsrc/gone.cpp\n'),
      sampleFile('native/cpp/src/a.cpp'),
      sampleFile('native/cpp/src/binding/b.cpp'),
    ];
    expect(sourceListDifferences(files)).toEqual([
      'native/cpp/sources.txt: must list src/binding/b.cpp',
      'native/cpp/sources.txt: must not list src/gone.cpp, which does not exist',
    ]);
  });

  it('find entry points without a source', () => {
    const manifest = {
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './risk': { types: './dist/risk/index.d.ts', default: './dist/risk/index.js' },
      },
      bin: { holdfast: 'dist/cli/main.js' },
    };
    const files = [
      sampleFile('package.json', JSON.stringify(manifest)),
      sampleFile('ts/src/index.ts'),
    ];
    expect(deadExports(files)).toHaveLength(3);
  });

  it('find scripts without a tool', () => {
    const scripts = { start: 'node ts/tools/start.mjs', lint: 'eslint .', go: 'node gone.mjs' };
    const files = [
      sampleFile('package.json', JSON.stringify({ scripts })),
      sampleFile('ts/tools/start.mjs'),
    ];
    expect(deadScripts(files)).toHaveLength(2);
  });

  it('find dependencies without a reason, and reasons without a dependency', () => {
    const files = [
      sampleFile('package.json', JSON.stringify({ dependencies: { zod: '4', ws: '8' } })),
      sampleFile(
        'native/rust/core/Cargo.toml',
        '[dependencies]\nholdfast-risk.workspace = true\nblake3 = "1"\n\n[dev-dependencies]\nproptest.workspace = true\n',
      ),
      sampleFile(
        'CONTRIBUTING.md',
        '# C\n\n## Dependencies\n\n- `zod`: schemas.\n- `blake3`, `gone`: hashes.\n\n## Next\n\n- `ws`: no.\n',
      ),
    ];
    expect(unexplainedDependencies(files)).toEqual([
      'CONTRIBUTING.md: must say what ws is for',
      'CONTRIBUTING.md: must say what proptest is for',
      'CONTRIBUTING.md: must not explain gone, which is no dependency',
    ]);
  });
});
