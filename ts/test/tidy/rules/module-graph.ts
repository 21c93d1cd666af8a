import { posix } from 'node:path';
import type { SourceFile } from '../source-tree.js';

interface Import {
  /** Path of the imported source. */
  readonly target: string;
  /** Whether only types are imported, so that nothing of it is left when the program runs. */
  readonly isType: boolean;
}

/** For each module of `ts/src` the modules that it imports. */
export type ModuleGraph = ReadonlyMap<string, readonly Import[]>;

/**
 * Folders of `ts/src` from the ground up; a folder imports from the lines below its own and from
 * its own line. What stands at the root of `ts/src` joins everything but the programs on top.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['native'],
  ['core'],
  ['orders', 'risk', 'breaker', 'fees', 'quant', 'gpu', 'ml', 'safety', 'store'],
  ['strategies', 'decision', 'venues', 'market', 'intelligence'],
  ['engine'],
  ['testing'],
  ['(root)'],
  ['cli', 'server'],
];

/** Errors, how they write a value, and the words of the records are under everything; they import nothing themselves. */
const GROUND = /^ts\/src\/core\/(?:holdfast-error|shown-value|\w+\.generated)\.ts$/;

/** What judges orders must not depend on what guesses. */
const NEVER_GUESSES = new Set(['risk', 'safety', 'orders']);
const GUESSES = new Set(['ml', 'decision', 'intelligence']);

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b( type\b)?[^'";]*?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/g;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** Reads the relative imports of every module of `ts/src`. */
export function readModuleGraph(files: readonly SourceFile[]): ModuleGraph {
  const modules = files.filter(({ path }) => /^ts\/src\/.*\.ts$/.test(path));
  return new Map(
    modules.map(({ path, text }) => {
      const imports = [...withoutComments(text).matchAll(IMPORT)].map(([, type, one, other]) => {
        const target = posix.join(posix.dirname(path), one ?? other ?? '');
        return { target: target.replace(/\.js$/, '.ts'), isType: type !== undefined };
      });
      return [path, imports];
    }),
  );
}

function folderOf(module: string): string {
  const parts = module.split('/');
  return parts.length > 3 ? (parts[2] ?? '') : '(root)';
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder));
}

/** Finds imports that point up, folders without a layer, and judgement that depends on guesses. */
export function wrongDirections(graph: ModuleGraph): readonly string[] {
  return [...graph].flatMap(([module, imports]) => {
    const from = folderOf(module);
    if (layerOf(from) < 0) return [`${module}: its folder must have a layer in this rule`];
    return imports.flatMap(({ target }) => {
      const to = folderOf(target);
      if (NEVER_GUESSES.has(from) && GUESSES.has(to))
        return [`${module}: must not import ${target}`];
      if (GROUND.test(target) || layerOf(to) <= layerOf(from)) return [];
      return [`${module}: must not import ${target}, which lies above it`];
    });
  });
}

/** Finds the modules of the ground that import anything, and so are none. */
export function groundImports(graph: ModuleGraph): readonly string[] {
  return [...graph].flatMap(([module, imports]) =>
    imports
      .filter(({ target }) => GROUND.test(module) && !GROUND.test(target))
      .map(({ target }) => `${module}: must not import ${target}, everything stands on it`),
  );
}

/** Finds a cycle of running code for each module that closes one, as the chain of its modules. */
export function cycles(graph: ModuleGraph): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const chain: string[] = [];
  const visit = (module: string): void => {
    if (chain.includes(module)) {
      found.push([...chain.slice(chain.indexOf(module)), module].join(' -> '));
      return;
    }
    if (done.has(module)) return;
    done.add(module);
    chain.push(module);
    for (const { target, isType } of graph.get(module) ?? []) if (!isType) visit(target);
    chain.pop();
  };
  for (const module of graph.keys()) visit(module);
  return found;
}

/** Finds imports of files that do not exist. */
export function missingTargets(graph: ModuleGraph): readonly string[] {
  return [...graph].flatMap(([module, imports]) =>
    imports
      .filter(({ target }) => !graph.has(target))
      .map(({ target }) => `${module}: must not import ${target}, which does not exist`),
  );
}
