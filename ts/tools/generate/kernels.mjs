import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../repository.mjs';

const FOLDER = 'gpu-kernels';
/** Made for each task when it runs. */
const MADE_LATER = 'model';

const IMPORT = /^#import (\w+)\n/gm;
const BINDING =
  /^@group\(0\) @binding\((\d+)\) var<(uniform|storage, read|storage, read_write)> \w+/gm;
const OVERRIDE = /^override (\w+): u32 = (\d+)u;/gm;
const PARAMS = /^struct Params \{([^}]*)\}/m;
const FIELD = /^\s*(\w+): ([\w<>]+),/gm;

/** Bytes and alignment of what a `Params` may hold. */
const SIZES = { u32: 4, f32: 4, 'vec2<u32>': 8 };

/** @param {string} file @returns {string} */
const read = (file) => readFileSync(join(ROOT, FOLDER, file), 'utf8');

/**
 * Takes a shader's imports apart: the names of what it needs, each once, in the order in which they are needed, and its own
 * text.
 *
 * @param {string} text
 * @param {(name: string) => string} shared
 * @param {Set<string>} [done]
 * @returns {{ readonly imports: readonly string[], readonly text: string, readonly wantsModel: boolean }}
 */
export function joinImports(text, shared, done = new Set()) {
  const names = [...text.matchAll(IMPORT)].map(([, name = '']) => name);
  /** @type {string[]} */
  const imports = [];
  for (const name of names) {
    if (name === MADE_LATER || done.has(name)) continue;
    done.add(name);
    imports.push(...joinImports(shared(name), shared, done).imports, name);
  }
  const wantsModel = names.includes(MADE_LATER);
  return { imports, text: text.replace(IMPORT, ''), wantsModel };
}

/**
 * Reads a kernel's interface from its text.
 *
 * @param {string} text
 */
export function kernelInterface(text) {
  const bindings = [...text.matchAll(BINDING)].map(([, index, kind], place) => {
    if (Number(index) !== place)
      throw new Error(`bindings must be declared in order, found ${index}`);
    return kind;
  });
  const overrides = Object.fromEntries(
    [...text.matchAll(OVERRIDE)].map(([, name = '', value]) => [name, Number(value)]),
  );
  /** @type {Record<string, number>} */
  const fields = {};
  let bytes = 0;
  for (const [, name = '', type = ''] of (PARAMS.exec(text)?.[1] ?? '').matchAll(FIELD)) {
    const size = SIZES[/** @type {keyof typeof SIZES} */ (type)];
    if (size === undefined) throw new Error(`Params must hold u32, f32 or vec2<u32>, has ${type}`);
    bytes = Math.ceil(bytes / size) * size;
    if (!name.startsWith('_pad')) fields[name] = bytes;
    bytes += size;
  }
  if (bytes % 16 !== 0) throw new Error(`Params must fill whole 16 bytes, has ${bytes}`);
  return { bindings, overrides, params: { bytes, fields } };
}

/** Returns the module of all kernels. @returns {string} */
export function kernelsModule() {
  const files = readdirSync(join(ROOT, FOLDER))
    .filter((file) => file.endsWith('.wgsl'))
    .sort();
  const part = (/** @type {string} */ name) => read(`shared/${name}.wgsl`);
  /** @type {Set<string>} */
  const used = new Set();
  const entries = files.map((file) => {
    const name = file.replace('.wgsl', '');
    const { imports, text, wantsModel } = joinImports(read(file), part);
    for (const imported of imports) used.add(imported);
    const whole = [...imports.map(part), text].join('\n');
    const kernel = JSON.stringify({ ...kernelInterface(whole), wantsModel }).slice(0, -1);
    const source = [...imports.map((imported) => `PARTS.${imported}`), JSON.stringify(text)];
    return `${name}: ${kernel},"source":${source.join(' + ')}},`;
  });
  const parts = [...used].sort().map((name) => {
    const text = part(name).replace(IMPORT, '');
    return `${name}: ${JSON.stringify(`${text}\n`)},`;
  });
  return `// Generated from ${FOLDER} by \`npm run generate\`. Do not edit.

/** What kernels share. */
const PARTS = {
${parts.join('\n')}
};

/** Every kernel with its interface: bindings in their order, override constants, fields of \`Params\` with their offsets. */
export const KERNELS = {
${entries.join('\n')}
} as const;

export type KernelName = keyof typeof KERNELS;
`;
}
