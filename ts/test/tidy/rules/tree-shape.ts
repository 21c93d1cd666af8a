import { productText } from './words.js';
import type { SourceFile } from '../source-tree.js';

const LINES_MAX = 400;
const TEST_LINES_MAX = 600;
const FILE_BYTES_MAX = 512 * 1024;

/** Beside dot files; the list of architecture.md. */
const ROOT_FOLDERS = 'native gpu-kernels ts examples benches';
const ROOT_FILES =
  'Cargo.toml Cargo.lock package.json package-lock.json tsconfig.json binding.gyp README.md CONTRIBUTING.md LICENSE';
const ROOT_ENTRIES = new Set(`${ROOT_FOLDERS} ${ROOT_FILES}`.split(' '));

const EMPTY_NAMES = 'util utils helper helpers common misc stuff manager manager2 super smart';
const SECOND_NAMES =
  'enhanced advanced ultimate unified simplified improved legacy old new temp tmp final v2 v3';
const BANNED_NAME_PARTS = new Set(`${EMPTY_NAMES} ${SECOND_NAMES}`.split(' '));

const SOURCE_FILE = /\.(?:ts|mjs|rs|cpp|hpp|h|wgsl)$/;

function isGenerated(path: string): boolean {
  return /\.generated\.\w+$/.test(path);
}

function isTest(path: string): boolean {
  return /(?:^|\/)tests?\//.test(path);
}

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

/** Finds source files that are too long to be read in one go; a Rust module's own tests come on top. */
export function tooLongFiles(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const { path, text } = file;
    if (!SOURCE_FILE.test(path) || isGenerated(path)) return [];
    const [lines, bound] =
      isTest(path) || lineCount(text) > TEST_LINES_MAX
        ? [lineCount(text), TEST_LINES_MAX]
        : [lineCount(productText(file)), LINES_MAX];
    return lines > bound ? [`${path}: must have at most ${bound} lines, has ${lines}`] : [];
  });
}

/** Finds files that belong into a package or a release, and not into the history. */
export function tooLargeFiles(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ bytes }) => bytes > FILE_BYTES_MAX)
    .map(({ path, bytes }) => `${path}: must have at most ${FILE_BYTES_MAX} bytes, has ${bytes}`);
}

/** Finds what stands beside the fixed folders of the root. */
export function strayRootEntries(files: readonly SourceFile[]): readonly string[] {
  const entries = new Set(files.map(({ path }) => path.split('/')[0] ?? ''));
  return [...entries]
    .filter((entry) => !entry.startsWith('.') && !ROOT_ENTRIES.has(entry))
    .map((entry) => `${entry}: must not stand in the root folder`);
}

const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.(?:ts|mjs)$/;
const SNAKE_CASE = /^[a-z0-9]+(?:_[a-z0-9]+)*\.(?:rs|cpp|hpp|h|wgsl)$/;

/** Finds source files whose name is not in the case of their language, and `mod.rs` beside code. */
export function miscasedNames(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path }) => {
    const name = path.split('/').at(-1) ?? '';
    if (/\.(?:ts|mjs)$/.test(name) && !KEBAB_CASE.test(name))
      return [`${path}: must be kebab-case`];
    if (/\.(?:rs|cpp|hpp|h|wgsl)$/.test(name) && !SNAKE_CASE.test(name)) {
      return [`${path}: must be snake_case`];
    }
    // Below tests/ a mod.rs is how cargo is told that a folder is no test of its own.
    if (name === 'mod.rs' && !isTest(path)) return [`${path}: must be named as its folder`];
    return [];
  });
}

/** Finds names of files and folders that say nothing, or that something else should be gone. */
export function emptyNames(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path }) => {
    const parts = path.toLowerCase().split(/[/._-]/);
    return parts
      .filter((part) => BANNED_NAME_PARTS.has(part))
      .map((part) => `${path}: must name its idea, not "${part}"`);
  });
}
