import { describe, expect, it } from 'vitest';
import { bannedWords, emoji, machineTraces, productText } from './rules/words.js';
import { sampleFile, TREE } from './source-tree.js';

describe('the text', () => {
  it('ARC-04, ARC-05: promises, excuses and advertises nothing', () =>
    expect(bannedWords(TREE)).toEqual([]));
  it('has no emoji', () => expect(emoji(TREE)).toEqual([]));
  it('holds no trace of a machine', () => expect(machineTraces(TREE)).toEqual([]));
});

describe('the rules of the text', () => {
  it.each([
    '// TODO: later',
    'const fakeVenue = 1; // a fake venue',
    '// simplified model',
    '// good enough for now',
    '/** Blazing fast. */',
    'throw new Error("not implemented");',
  ])('find %s in product source', (line) => {
    expect(bannedWords([sampleFile('ts/src/a.ts', `${line}\n`)])).toHaveLength(1);
    expect(bannedWords([sampleFile('ts/test/unit/a.ts', `${line}\n`)])).toEqual([]);
  });

  it('find macros in Rust, with file and line, and only above the tests', () => {
    const text = 'fn a() {\n    println!("x");\n}\n\n#[cfg(test)]\nmod tests { dbg!(1); }\n';
    expect(bannedWords([sampleFile('native/rust/core/src/a.rs', text)])).toEqual([
      'native/rust/core/src/a.rs:2: must not say "println!": return what is to be shown',
    ]);
  });

  it('let words stand that only look alike', () => {
    const text = 'a stubborn faker; the mockery of a todoist; for nowhere\n';
    expect(bannedWords([sampleFile('ts/src/a.ts', text)])).toEqual([]);
  });

  it('cut the tests off a Rust file only', () => {
    const text = 'a\n#[cfg(test)]\nb\n';
    expect(productText(sampleFile('a.rs', text))).toBe('a\n');
    expect(productText(sampleFile('a.ts', text))).toBe(text);
  });

  it('find emoji, and let signs stand', () => {
    const rocket = String.fromCodePoint(0x1f680);
    expect(emoji([sampleFile('README.md', `go ${rocket}\n`)])).toHaveLength(1);
    expect(emoji([sampleFile('README.md', '≥ → × © · ‖ 10⁻¹⁸\n')])).toEqual([]);
  });

  it.each(['/work/', '/root/', '/home/me/', '/Users/me/'])('find the machine path %s', (path) => {
    expect(machineTraces([sampleFile('README.md', `see ${path}x\n`)])).toHaveLength(1);
    expect(machineTraces([sampleFile('README.md', `see a${path}x\n`)])).toEqual([]);
  });

  it('find the host of a registry', () => {
    const text = '"resolved": "https://registry.npmjs.org/zod"\n';
    expect(machineTraces([sampleFile('package-lock.json', text)])).toHaveLength(1);
  });
});
