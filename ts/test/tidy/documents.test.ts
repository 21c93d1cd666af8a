import { describe, expect, it } from 'vitest';
import {
  deadCommands,
  deadLinks,
  longReadme,
  missingNotices,
  titleCounts,
} from './rules/documents.js';
import { sampleFile, TREE } from './source-tree.js';

describe('the documents', () => {
  it('have one title each', () => expect(titleCounts(TREE)).toEqual([]));
  it('begin with a short README', () => expect(longReadme(TREE)).toEqual([]));
  it('link to what exists', () => expect(deadLinks(TREE)).toEqual([]));
  it('name commands that exist', () => expect(deadCommands(TREE)).toEqual([]));
  it('ARC-21: give the licence and the risks', () => expect(missingNotices(TREE)).toEqual([]));
});

describe('the rules of documents', () => {
  it('count titles outside of code', () => {
    const files = [
      sampleFile('a.md', '# A\n\n```sh\n# a comment\n```\n'),
      sampleFile('b.md', '# A\n\n# B\n'),
      sampleFile('c.md', '## C\n'),
    ];
    expect(titleCounts(files)).toEqual([
      'b.md: must have one title, has 2',
      'c.md: must have one title, has 0',
    ]);
  });

  it('find a long README', () => {
    expect(longReadme([sampleFile('README.md', 'x\n'.repeat(119))])).toEqual([]);
    expect(longReadme([sampleFile('README.md', 'x\n'.repeat(120))])).toHaveLength(1);
  });

  it('find a licence or a notice of risk that is missing', () => {
    const licence = sampleFile('LICENSE', 'MIT License\n');
    const notice =
      'For education and research. Substantial risk of loss. Complying is your duty.\n';
    expect(missingNotices([licence, sampleFile('README.md', notice)])).toEqual([]);
    expect(missingNotices([sampleFile('LICENSE'), sampleFile('README.md', 'Buy.\n')])).toEqual([
      'LICENSE: must be the MIT licence',
      'README.md: must say: education and research',
      'README.md: must say: substantial risk of loss',
      'README.md: must say: your duty',
    ]);
  });

  it('find commands that do not exist', () => {
    const manifest = sampleFile('package.json', '{ "scripts": { "check": "node check.mjs" } }');
    const text = 'Run `npm run check`, then `npm run lint -- --fix`, then npm run check again.\n';
    expect(deadCommands([manifest, sampleFile('a.md', text)])).toEqual([
      'a.md: must not name `npm run lint`, there is no such script',
    ]);
  });

  it('find links into nothing', () => {
    const text = '[a](./b.md) [c](../ts/src/c.ts#d) [e](../ts) [w](https://example.com) [f](#g)\n';
    const files = [sampleFile('docs/a.md', text), sampleFile('ts/src/x.ts')];
    expect(deadLinks(files)).toEqual([
      'docs/a.md: must not link to ./b.md, which does not exist',
      'docs/a.md: must not link to ../ts/src/c.ts, which does not exist',
    ]);
  });
});
