import { fileAt, type SourceFile } from '../source-tree.js';

const CODES_MODULE = 'ts/src/core/codes.generated.ts';
const CODES_PAGE = 'ts/docs/codes.md';
const CONTROLS_TABLE = 'native/rust/risk/src/control.rs';

/** Returns the names of the generated table. */
export function codeNames(files: readonly SourceFile[]): readonly string[] {
  const table = fileAt(files, CODES_MODULE).text;
  return [...table.matchAll(/^ {2}([A-Z][A-Z_0-9]+): \{/gm)].map(([, name = '']) => name);
}

/** Finds codes that the documentation does not explain. */
export function undocumentedCodes(files: readonly SourceFile[]): readonly string[] {
  const page = fileAt(files, CODES_PAGE).text;
  return codeNames(files)
    .filter((name) => !page.includes(`\`${name}\``))
    .map((name) => `${name}: must be explained in ${CODES_PAGE}`);
}

/** `PRICE_OFF_TICK` is `PriceOffTick` in Rust, and `kPriceOffTick` in C++. */
function variantOf(name: string): string {
  return name
    .split('_')
    .map((part) => part.slice(0, 1) + part.slice(1).toLowerCase())
    .join('');
}

/** The part of a file that tests behaviour; a Rust module has it at its end. */
function testText({ path, text }: SourceFile): string {
  if (/^ts\/test\/(?:tidy|support)\//.test(path)) return '';
  if (/^(?:ts\/test|native\/rust\/\w+\/tests|native\/cpp\/test)\//.test(path)) return text;
  if (/^native\/rust\/.*\.rs$/.test(path)) return text.split(/^#\[cfg\(test\)\]$/m)[1] ?? '';
  return '';
}

/** Returns the control of the gate that denies with a code, by the code's variant. */
function controlsByCode(files: readonly SourceFile[]): ReadonlyMap<string, string> {
  const table = files.find(({ path }) => path === CONTROLS_TABLE)?.text ?? '';
  const rows = [...table.matchAll(/^ {4}(\w+) = \d+ (\w+) \w+ "/gm)];
  return new Map(rows.map(([, control = '', code = '']) => [code, control]));
}

/** Finds codes that no test of any language expects, not by the name of their control either. */
export function untestedCodes(files: readonly SourceFile[]): readonly string[] {
  const tests = files.map(testText).join('\n');
  const controls = controlsByCode(files);
  return codeNames(files)
    .filter((name) => {
      const variant = variantOf(name);
      const native = `\\bCode::${variant}\\b|\\bk${variant}\\b`;
      const control = controls.has(variant) ? `|\\bControl::${controls.get(variant)}\\b` : '';
      return !new RegExp(`['"\`]${name}['"\`]|${native}${control}`).test(tests);
    })
    .map((name) => `${name}: must be raised in a test`);
}
