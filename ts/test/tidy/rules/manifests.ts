import { fileAt, type SourceFile } from '../source-tree.js';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

function manifestOf(files: readonly SourceFile[]): Manifest {
  return JSON.parse(fileAt(files, 'package.json').text) as Manifest;
}

/** Finds C++ sources that the one source list leaves out, or names in vain. */
export function sourceListDifferences(files: readonly SourceFile[]): readonly string[] {
  const list = 'native/cpp/sources.txt';
  const listed = new Set(
    fileAt(files, list)
      .text.split('\n')
      .filter((line) => line !== ''),
  );
  const onDisk = new Set(
    files.flatMap(({ path }) => {
      const [, source] = /^native\/cpp\/(src\/.*\.cpp)$/.exec(path) ?? [];
      return source === undefined ? [] : [source];
    }),
  );
  return [
    ...[...onDisk].filter((file) => !listed.has(file)).map((file) => `${list}: must list ${file}`),
    ...[...listed]
      .filter((file) => !onDisk.has(file))
      .map((file) => `${list}: must not list ${file}, which does not exist`),
  ];
}

/** Finds entry points of the package that no source is compiled to. */
export function deadExports(files: readonly SourceFile[]): readonly string[] {
  const { exports, bin } = manifestOf(files);
  const paths = new Set(files.map(({ path }) => path));
  const targets = [...Object.values(exports), ...Object.values(bin)].flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  return targets.flatMap((target) => {
    const file = target.replace(/^\.\//, '');
    const source = file.replace(/^dist\//, 'ts/src/').replace(/(?:\.d\.ts|\.js)$/, '.ts');
    return paths.has(source) ? [] : [`package.json: must not name ${target}, ${source} is missing`];
  });
}

/** Finds scripts of package.json that start a tool which does not exist. */
export function deadScripts(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  return Object.entries(manifestOf(files).scripts).flatMap(([name, command]) => {
    const [, tool] = /^node (?:--import tsx )?(\S+)/.exec(command) ?? [];
    if (tool !== undefined && paths.has(tool)) return [];
    return [`package.json: script ${name} must start a tool of the project, is "${command}"`];
  });
}

/** Returns the packages and crates that the project names itself. */
export function directDependencies(files: readonly SourceFile[]): ReadonlySet<string> {
  const { dependencies = {}, devDependencies = {} } = manifestOf(files);
  const crates = files
    .filter(({ path }) => /(?:^|\/)Cargo\.toml$/.test(path))
    .flatMap(({ text }) => {
      const tables = text.matchAll(
        /^\[(?:workspace\.|dev-|build-)?dependencies\]\n((?:(?!^\[)[\s\S])*)/gm,
      );
      return [...tables].flatMap(([, table = '']) =>
        [...table.matchAll(/^([\w-]+)(?:\.workspace)? *=/gm)].map(([, name = '']) => name),
      );
    })
    .filter((name) => !name.startsWith('holdfast-'));
  return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies), ...crates]);
}

/**
 * Finds dependencies that CONTRIBUTING.md gives no reason for, and reasons without a dependency. A
 * reason is a line of a list: `* name, other name: why`, with the names in backticks.
 */
export function unexplainedDependencies(files: readonly SourceFile[]): readonly string[] {
  const document = fileAt(files, 'CONTRIBUTING.md').text;
  const [, section = ''] = /^## Dependencies\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(document) ?? [];
  const explained = new Set(
    [...section.matchAll(/^[*-] (`.*?`): \S/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    ),
  );
  const direct = directDependencies(files);
  return [
    ...[...direct]
      .filter((name) => !explained.has(name))
      .map((name) => `CONTRIBUTING.md: must say what ${name} is for`),
    ...[...explained]
      .filter((name) => !direct.has(name))
      .map((name) => `CONTRIBUTING.md: must not explain ${name}, which is no dependency`),
  ];
}
