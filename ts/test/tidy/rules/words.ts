import type { SourceFile } from '../source-tree.js';

/** What product source must not hold, and what to do instead. */
const BANNED_WORDS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:TODO|FIXME|XXX|HACK)\b/, 'file an issue, or do it'],
  [
    /\b(?:placeholder|for now|not (?:yet )?implemented|coming soon)\b/i,
    'leave out what is unbuilt',
  ],
  [/\b(?:mock|fake|dummy|stub)(?:s|ed|bed)?\b/i, 'keep it in the tests'],
  [/\bsimplified\b/i, 'say what is assumed'],
  [
    /\b(?:blazing(?:ly)?|revolutionary|cutting[- ]edge|state[- ]of[- ]the[- ]art|world[- ]class|enterprise[- ]grade|best[- ]in[- ]class|seamless(?:ly)?|ultra[- ]fast|lightning[- ]fast|next[- ]gen)\b/i,
    'give the measured figure',
  ],
];

/** Calls that a Rust library must not make, and what to do instead. */
const BANNED_MACROS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:todo|unimplemented)!/, 'leave out what is unbuilt'],
  [/\be?print(?:ln)?!/, 'return what is to be shown'],
  [/\bdbg!/, 'remove it'],
];

const PRODUCT =
  /^(?:ts\/(?:src|dashboard|tools)|native\/(?:rust\/\w+|cpp|firmware|wire)\/(?:src|include|examples)|gpu-kernels|examples)\//;

/** The text without the test module of a Rust file, which stands at its end. */
export function productText({ path, text }: SourceFile): string {
  return path.endsWith('.rs') ? (text.split(/^#\[cfg\(test\)\]$/m)[0] ?? '') : text;
}

function findLines(
  { path, text }: SourceFile,
  patterns: readonly (readonly [pattern: RegExp, instead: string])[],
): readonly string[] {
  return text.split('\n').flatMap((line, index) =>
    patterns.flatMap(([pattern, instead]) => {
      const [word] = pattern.exec(line) ?? [];
      return word === undefined ? [] : [`${path}:${index + 1}: must not say "${word}": ${instead}`];
    }),
  );
}

/** Finds words in product source that promise, excuse or advertise. */
export function bannedWords(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => PRODUCT.test(path))
    .flatMap((file) => {
      const product = { ...file, text: productText(file) };
      const macros = file.path.endsWith('.rs') ? BANNED_MACROS : [];
      return findLines(product, [...BANNED_WORDS, ...macros]);
    });
}

/** Finds emoji anywhere; arrows and signs such as ≥ or © are letters of the trade. */
export function emoji(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    findLines(file, [[/\p{Emoji_Presentation}|\uFE0F/u, 'use a word']]),
  );
}

const MACHINE_PATH = /(?<![\w.])\/(?:work|root|home\/\w+|Users\/\w+)\//;
const REGISTRY_HOST =
  /registry\.npmjs|index\.crates|static\.crates|pypi\.org|repo1?\.maven|deb\.debian/;

/** Finds what works on one machine only: its folders, and the registry that it used. */
export function machineTraces(files: readonly SourceFile[]): readonly string[] {
  // The tests of this rule hold what it looks for.
  const others = files.filter(({ path }) => !path.startsWith('ts/test/tidy/'));
  return others.flatMap((file) =>
    findLines(file, [
      [MACHINE_PATH, 'use a path relative to the project'],
      [REGISTRY_HOST, 'leave the registry to the client’s settings'],
    ]),
  );
}
