import { productText } from './words.js';
import type { SourceFile } from '../source-tree.js';

/** The crates of the workspace that each crate may depend on. */
const CRATE_DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  risk: ['core', 'batch'],
  engine: ['core', 'risk', 'batch'],
  sim: ['core', 'risk', 'engine'],
  quant: ['core'],
  batch: [],
  safety: ['core'],
  binding: ['core', 'risk', 'engine', 'sim', 'quant', 'safety'],
};

interface Boundary {
  readonly what: string;
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly home: RegExp;
}

const BOUNDARIES: readonly Boundary[] = [
  {
    what: 'a .node file',
    files: /^(?:ts\/src|ts\/dashboard|examples|benches)\/.*\.ts$/,
    pattern: /\.node\b['"`]|process\.dlopen/,
    home: /^ts\/src\/native\//,
  },
  {
    what: 'napi',
    files: /^native\/rust\/.*(?:\.rs|Cargo\.toml)$/,
    pattern: /\bnapi(?:_derive|_build|-derive|-build)?\b/,
    home: /^native\/rust\/binding\//,
  },
  {
    what: '<napi.h>',
    files: /^native\/cpp\/.*\.[ch]pp$/,
    pattern: /#include\s*[<"](?:napi|node_api|js_native_api)\.h/,
    home: /^native\/cpp\/src\/binding\//,
  },
];

/** Finds what crosses into JavaScript outside the one folder of its language for that. */
export function strayBoundaries(files: readonly SourceFile[]): readonly string[] {
  return BOUNDARIES.flatMap(({ what, files: kind, pattern, home }) =>
    files
      .filter((file) => kind.test(file.path) && !home.test(file.path))
      .filter((file) => pattern.test(productText(file)))
      .map(({ path }) => `${path}: must not name ${what}, ${home.source} does`),
  );
}

/** Finds dependencies between crates that point the wrong way; tests may look further. */
export function wrongCrateDirections(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const [, crate] = /^native\/rust\/(\w+)\/Cargo\.toml$/.exec(path) ?? [];
    if (crate === undefined) return [];
    const allowed = CRATE_DEPENDENCIES[crate];
    if (allowed === undefined) return [`${path}: the crate must have an entry in this rule`];
    const [, dependencies = ''] =
      /^\[dependencies\]\n([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text) ?? [];
    return [...dependencies.matchAll(/^holdfast-(\w+)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => !allowed.includes(name))
      .map((name) => `${path}: must not depend on holdfast-${name}`);
  });
}
