import { spawnSync } from 'node:child_process';
import { packageProgram, ROOT } from '../repository.mjs';
import { listFiles } from '../setup/input-hash.mjs';

/**
 * One check: what it runs, and for a tool that not everybody has, its name.
 *
 * @typedef {{
 *   readonly name: string,
 *   readonly command: readonly [string, ...string[]],
 *   readonly optionalTool?: string,
 * }} Check
 */

const CPP_FILE = /^native\/cpp\/(?:include|src|test)\/.*\.[ch]pp$/;

/**
 * A panic is how a test fails, also in the functions around it that clippy cannot tell from product
 * code; and a table of cases is a long tuple.
 */
const ALLOWED_IN_TESTS = [
  'unwrap_used',
  'expect_used',
  'panic',
  'print_stdout',
  'print_stderr',
  'type_complexity',
];

/** @returns {readonly string[]} */
const cppFiles = () => listFiles(ROOT, 'native/cpp').filter((file) => CPP_FILE.test(file));

/** @param {string} name @param {readonly string[]} args @param {string} [program] */
const npmTool = (name, args, program) =>
  /** @type {const} */ ([process.execPath, packageProgram(name, program), ...args]);

/** @param {readonly string[]} targets @param {readonly string[]} lints */
const clippy = (targets, lints) =>
  /** @type {const} */ (['cargo', 'clippy', '--quiet', '--workspace', ...targets, '--', ...lints]);

/** @returns {readonly Check[]} */
export function sourceChecks() {
  const allowed = ALLOWED_IN_TESTS.map((lint) => `-Aclippy::${lint}`);
  const linted = ['ts', 'examples', 'benches'];
  return [
    { name: 'format of TypeScript and documents', command: npmTool('prettier', ['--check', '.']) },
    { name: 'oxlint', command: npmTool('oxlint', ['--type-aware', '--deny-warnings', ...linted]) },
    { name: 'types', command: npmTool('typescript', ['--noEmit'], 'tsc') },
    { name: 'types of the tools', command: npmTool('typescript', ['-p', 'ts/tools'], 'tsc') },
    { name: 'unused files, exports and packages', command: npmTool('knip', [], 'knip') },
    { name: 'format of Rust', command: ['cargo', 'fmt', '--all', '--check'] },
    {
      name: 'clippy',
      command: clippy(
        ['--lib', '--bins', '--examples'],
        ['-Dwarnings', '-Dclippy::too_many_lines'],
      ),
    },
    {
      name: 'clippy in tests',
      command: clippy(
        ['--exclude', 'holdfast-binding', '--tests', '--benches'],
        ['-Dwarnings', ...allowed],
      ),
    },
    {
      name: 'format of C++',
      command: ['clang-format', '--dry-run', '-Werror', ...cppFiles()],
      optionalTool: 'clang-format',
    },
    {
      name: 'tidy',
      command: npmTool('vitest', ['run', '--config', 'ts/vitest.config.ts', 'ts/test/tidy']),
    },
  ];
}

/** @returns {readonly Check[]} the commands that write what the checks above ask for */
export function formatters() {
  return [
    { name: 'prettier', command: npmTool('prettier', ['--write', '--log-level=warn', '.']) },
    { name: 'cargo fmt', command: ['cargo', 'fmt', '--all'] },
    {
      name: 'clang-format',
      command: ['clang-format', '-i', ...cppFiles()],
      optionalTool: 'clang-format',
    },
  ];
}

/** @param {Check} check @returns {boolean} */
export function isToolMissing({ optionalTool }) {
  return optionalTool !== undefined && spawnSync(optionalTool, ['--version']).error !== undefined;
}
