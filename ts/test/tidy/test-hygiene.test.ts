import { describe, expect, it } from 'vitest';
import { focusedTests, silentSkips } from './rules/test-hygiene.js';
import { sampleFile, TREE } from './source-tree.js';

describe('the tests', () => {
  it('all run', () => expect(focusedTests(TREE)).toEqual([]));
  it('are skipped for a reason only', () => expect(silentSkips(TREE)).toEqual([]));
});

describe('the rules of tests', () => {
  it('find focused tests', () => {
    const text = `it('a', f);\ndescribe.only('b', f);\n`;
    expect(focusedTests([sampleFile('ts/test/a.test.ts', text)])).toEqual([
      'ts/test/a.test.ts:2: must not keep other tests from running',
    ]);
  });

  it.each([
    ['ts/test/a.test.ts', `it.skip('a', f);`],
    ['ts/test/a.test.ts', `it.skipIf(!existsSync(FILE))('a', f);`],
    ['native/rust/core/src/a.rs', '#[ignore]'],
    ['native/cpp/test/a.cpp', `  GTEST_SKIP();`],
  ])('find a silent skip in %s', (path, line) => {
    expect(silentSkips([sampleFile(path, `x\n${line}\n`)])).toHaveLength(1);
  });

  it.each([
    ['ts/test/a.test.ts', `// Only Linux lists the open files of a process.\nit.skip('a', f);`],
    ['ts/test/a.test.ts', `it.skipIf(!hasSharedData)('a', f);`],
    ['native/rust/core/src/a.rs', `#[ignore = "takes a minute"]`],
    ['native/cpp/test/a.cpp', `  GTEST_SKIP() << "no device";`],
  ])('accept a reason in %s', (path, text) => {
    expect(silentSkips([sampleFile(path, `${text}\n`)])).toEqual([]);
  });
});
