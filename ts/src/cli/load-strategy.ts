import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import { isStrategy, type Strategy } from '../strategies/strategy.js';

export interface LoadedStrategy {
  readonly strategy: Strategy;
  /** SHA-256 of the file. */
  readonly hash: string;
}

const isTypeScript = (file: string) => /\.[cm]?ts$/.test(file);

/** Node.js strips types itself from 22.18 on; before that `tsx` does, if it is installed. */
async function importTypeScript(file: string): Promise<unknown> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const url = pathToFileURL(file).href;
  if (major > 22 || (major === 22 && minor >= 18)) return import(url);
  try {
    const { tsImport } = await import('tsx/esm/api');
    return await tsImport(url, import.meta.url);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND') {
      if (!cause.message.includes("'tsx'")) throw cause;
      throw new HoldfastError(
        'DEPENDENCY_MISSING',
        `Node.js ${process.versions.node} needs the package tsx to read ${file}: npm install tsx, or compile it to JavaScript`,
        { context: { package: 'tsx', file }, cause },
      );
    }
    throw cause;
  }
}

/**
 * Loads a strategy file: JavaScript or TypeScript with a strategy as its default export.
 *
 * @throws HoldfastError `STRATEGY_INVALID`, `DEPENDENCY_MISSING`
 */
export async function loadStrategy(path: string): Promise<LoadedStrategy> {
  const file = resolve(path);
  const context = { file: path };
  if (!existsSync(file)) {
    throw new HoldfastError('STRATEGY_INVALID', `strategy file ${path} must exist`, { context });
  }
  let loaded: unknown;
  try {
    loaded = isTypeScript(file)
      ? await importTypeScript(file)
      : await import(pathToFileURL(file).href);
  } catch (cause) {
    if (isHoldfastError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError(
      'STRATEGY_INVALID',
      `strategy file ${path} must load, it failed: ${reason}`,
      {
        context,
        cause,
      },
    );
  }
  const strategy = defaultExport(loaded);
  if (!isStrategy(strategy)) {
    throw new HoldfastError(
      'STRATEGY_INVALID',
      `strategy file ${path} must export a strategy made with defineStrategy() as default`,
      { context },
    );
  }
  return { strategy, hash: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

/** The default export; a loader of CommonJS may wrap it once more. */
function defaultExport(loaded: unknown): unknown {
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) return undefined;
  const outer = loaded.default;
  if (isStrategy(outer) || typeof outer !== 'object' || outer === null) return outer;
  return 'default' in outer ? outer.default : outer;
}
