import { productText } from './words.js';
import type { SourceFile } from '../source-tree.js';

/** Nouns that the glossary gives another name, and parts that name nothing. */
const AVOIDED: Readonly<Record<string, string>> = {
  Symbol: 'Instrument',
  Ticker: 'Instrument',
  Coin: 'Instrument',
  Pair: 'Instrument',
  Exchange: 'Venue',
  Broker: 'Venue',
  Candle: 'Bar',
  Holding: 'Position',
  Guardrail: 'Limits',
  Execution: 'Fill',
};
const EMPTY_PARTS =
  /(?:Util|Utils|Helper|Helpers|Manager\d?|Enhanced|Advanced|Ultimate|Unified|Simplified|Legacy|Smart)(?=[A-Z]|$)/;

const TYPESCRIPT = /^export (?:declare )?(?:abstract )?(?:class|interface|type|enum) (\w+)/gm;
const RUST = /^pub (?:struct|enum|union|trait|type) (\w+)/gm;
const CPP = /^(?:class|struct|enum class) (\w+)[^;]*\{/gm;

interface Definition {
  readonly name: string;
  readonly path: string;
}

function definitionsOf({ path, ...file }: SourceFile): readonly Definition[] {
  // Declarations of the addon repeat what Rust defines; TypeScript wraps them under the same name.
  if (path.startsWith('ts/src/native/') && path.includes('.generated.')) return [];
  const pattern = /^ts\/src\/.*\.ts$/.test(path)
    ? TYPESCRIPT
    : /^native\/rust\/\w+\/src\/.*\.rs$/.test(path)
      ? RUST
      : /^native\/cpp\/(?:include|src)\/.*\.[ch]pp$/.test(path)
        ? CPP
        : undefined;
  if (pattern === undefined) return [];
  const text = productText({ path, ...file });
  return [...text.matchAll(pattern)].map(([, name = '']) => ({ name, path }));
}

function languageOf(path: string): string {
  return path.startsWith('native/rust/') ? 'Rust' : path.startsWith('ts/') ? 'TypeScript' : 'C++';
}

/** Finds types that are defined twice in one language: each noun has one owner. */
export function repeatedTypes(files: readonly SourceFile[]): readonly string[] {
  const owners = new Map<string, Definition>();
  return files.flatMap(definitionsOf).flatMap((definition) => {
    const key = `${languageOf(definition.path)} ${definition.name}`;
    const owner = owners.get(key);
    owners.set(key, owner ?? definition);
    if (owner === undefined) return [];
    return [`${definition.path}: ${definition.name} is defined in ${owner.path} already`];
  });
}

/** Finds types whose name the glossary avoids. */
export function avoidedTypes(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(definitionsOf).flatMap(({ name, path }) => {
    const [part] = EMPTY_PARTS.exec(name) ?? [];
    if (part !== undefined) return [`${path}: ${name} must say what it is, not "${part}"`];
    const noun = Object.hasOwn(AVOIDED, name) ? AVOIDED[name] : undefined;
    return noun === undefined ? [] : [`${path}: ${name} must be called ${noun}`];
  });
}

/** Finds nouns of the glossary that no type of TypeScript stands for. */
export function missingTypes(
  files: readonly SourceFile[],
  nouns: readonly string[],
): readonly string[] {
  const defined = new Set(
    files
      .flatMap(definitionsOf)
      .filter(({ path }) => path.startsWith('ts/'))
      .map(({ name }) => name),
  );
  return nouns.filter((noun) => !defined.has(noun)).map((noun) => `${noun}: must be a type`);
}
