import { describe, expect, it } from 'vitest';
import {
  emptyNames,
  miscasedNames,
  strayRootEntries,
  tooLargeFiles,
  tooLongFiles,
} from './rules/tree-shape.js';
import { ignoredNames, sampleFile, TREE } from './source-tree.js';

describe('the tree', () => {
  it('has files that can be read in one go', () => expect(tooLongFiles(TREE)).toEqual([]));
  it('holds no large file', () => expect(tooLargeFiles(TREE)).toEqual([]));
  it('has a fixed root folder', () => expect(strayRootEntries(TREE)).toEqual([]));
  it('names files in the case of their language', () => expect(miscasedNames(TREE)).toEqual([]));
  it('names files by their idea', () => expect(emptyNames(TREE)).toEqual([]));
});

describe('the rules of the tree', () => {
  it('find files that are too long, and exempt generated ones', () => {
    const long = 'x\n'.repeat(401);
    const files = [
      sampleFile('ts/src/a.ts', long),
      sampleFile('native/rust/core/src/b.rs', `${'x\n'.repeat(400)}#[cfg(test)]\n`),
      sampleFile('native/rust/core/src/f.rs', `${'x\n'.repeat(400)}#[cfg(test)]\n`.repeat(2)),
      sampleFile('ts/test/unit/c.test.ts', long),
      sampleFile('native/cpp/test/d.cpp', 'x\n'.repeat(601)),
      sampleFile('ts/src/e.generated.ts', long),
    ];
    expect(tooLongFiles(files)).toEqual([
      'ts/src/a.ts: must have at most 400 lines, has 401',
      'native/rust/core/src/f.rs: must have at most 600 lines, has 802',
      'native/cpp/test/d.cpp: must have at most 600 lines, has 601',
    ]);
  });

  it('find a large file', () => {
    const files = [{ path: 'a.csv', text: '', bytes: 524_289 }, sampleFile('b.csv', 'x')];
    expect(tooLargeFiles(files)).toEqual(['a.csv: must have at most 524288 bytes, has 524289']);
  });

  it('find what is stray in the root, and let dot files stand', () => {
    const files = ['ts/src/a.ts', '.ci/run', 'notes.md', 'scripts/x.sh'].map((path) =>
      sampleFile(path),
    );
    expect(strayRootEntries(files)).toEqual([
      'notes.md: must not stand in the root folder',
      'scripts: must not stand in the root folder',
    ]);
  });

  it.each(['ts/src/Order.ts', 'ts/src/order_state.ts', 'native/rust/core/src/Order.rs'])(
    'find the case of %s',
    (path) => expect(miscasedNames([sampleFile(path)])).toHaveLength(1),
  );

  it.each(['ts/src/a-b2.generated.ts', 'ts/vitest.config.ts', 'native/cpp/src/spsc_ring.cpp'])(
    'accept the case of %s',
    (path) => expect(miscasedNames([sampleFile(path)])).toEqual([]),
  );

  it('find mod.rs, except where cargo needs it', () => {
    const files = ['native/rust/core/src/a/mod.rs', 'native/rust/sim/tests/support/mod.rs'];
    expect(miscasedNames(files.map((path) => sampleFile(path)))).toEqual([
      'native/rust/core/src/a/mod.rs: must be named as its folder',
    ]);
  });

  it('find names without an idea', () => {
    const files = ['ts/src/utils/a.ts', 'native/rust/core/src/order_manager.rs', 'ts/src/news.ts'];
    expect(emptyNames(files.map((path) => sampleFile(path)))).toEqual([
      'ts/src/utils/a.ts: must name its idea, not "utils"',
      'native/rust/core/src/order_manager.rs: must name its idea, not "manager"',
    ]);
  });

  it('know what .gitignore leaves out', () => {
    const isIgnored = ignoredNames('node_modules/\n# a comment\n\n*.tgz\n');
    const names = ['node_modules', 'a.tgz', 'src', '# a comment'];
    expect(names.filter((name) => isIgnored(name))).toEqual(['node_modules', 'a.tgz']);
  });
});
