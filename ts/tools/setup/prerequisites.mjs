import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findVersion, isAtLeast } from './version.mjs';

/**
 * A tool that is missing or too old; `tool` is its key in the table of remedies.
 *
 * @typedef {{ readonly tool: string, readonly text: string }} Problem
 * @typedef {import('./version.mjs').Version} Version
 */

/** npm 9 is the first that reads this lock file without download addresses. */
const NPM_VERSION_MIN = '9';

/** Fails to compile before C++20, and where the standard library lags behind the compiler. */
const CPP_PROBE = `
#include <atomic>
#include <bit>
#include <concepts>
#include <span>
static_assert(__cplusplus >= 202002L);
template <std::unsigned_integral T> constexpr bool one_bit(T value) { return std::has_single_bit(value); }
static_assert(one_bit(64u));
int main() { int values[2] = {0, 0}; return std::span<int>(values)[0]; }
`;

/**
 * Runs a command and returns its output; undefined when it does not exist or fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [input]
 * @returns {Promise<string | undefined>}
 */
function outputOf(command, args, input) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? output : undefined));
    // A command that is missing or reads nothing closes the pipe; that is told by its exit already.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/**
 * Reads the oldest versions that work from the files that state them.
 *
 * @param {string} root
 * @returns {{ node: string, rust: string, cmake: string }}
 */
export function oldestVersions(root) {
  /** @type {(file: string, pattern: RegExp) => string} */
  const stated = (file, pattern) => {
    const found = pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1];
    if (found === undefined) throw new Error(`${file} must state a version as ${pattern}`);
    return found;
  };
  return {
    node: stated('package.json', /"node": ">=([\d.]+)"/),
    rust: stated('Cargo.toml', /rust-version = "([\d.]+)"/),
    cmake: stated('native/cpp/CMakeLists.txt', /cmake_minimum_required\(VERSION ([\d.]+)/),
  };
}

/**
 * Compares the output of `--version` with a bound.
 *
 * @param {{ tool: string, name: string, output: string | undefined, oldest: string }} found
 * @returns {Problem | undefined}
 */
export function judgeVersion({ tool, name, output, oldest }) {
  if (output === undefined) {
    return { tool, text: `${name} ${oldest} or later is needed, and was not found` };
  }
  const version = findVersion(output);
  const bound = findVersion(oldest);
  if (version !== undefined && bound !== undefined && isAtLeast(version, bound)) return undefined;
  const shown = version === undefined ? output.trim() : version.join('.');
  return { tool, text: `${name} ${oldest} or later is needed, and this is ${shown}` };
}

/**
 * npm tells where it is when it runs a script; otherwise it is looked up on the path.
 *
 * @returns {readonly [string, ...string[]]}
 */
export function npmCommand() {
  const path = process.env['npm_execpath'];
  if (path !== undefined && /npm-cli\.c?js$/.test(path)) return [process.execPath, path];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** @returns {Promise<Problem | undefined>} */
async function findCompilerProblem() {
  // On Windows CMake finds Visual Studio by itself, where no compiler is on the path.
  if (process.platform === 'win32') return undefined;
  const own = process.env['CXX'];
  // CXX may hold arguments as well, such as `ccache g++`.
  const candidates = own === undefined ? ['c++', 'g++', 'clang++'] : [own];
  let exists = false;
  for (const candidate of candidates) {
    const [command = candidate, ...args] = candidate.trim().split(/\s+/);
    const version = await outputOf(command, [...args, '--version']);
    if (version === undefined) continue;
    exists = true;
    const probe = ['-std=c++20', '-fsyntax-only', '-x', 'c++', '-'];
    const compiled = await outputOf(command, [...args, ...probe], CPP_PROBE);
    if (compiled !== undefined) return undefined;
  }
  const state = exists ? 'and this one does not compile C++20' : 'and was not found';
  const names = candidates.join(', ');
  return { tool: 'compiler', text: `a C++20 compiler is needed (${names}), ${state}` };
}

/** @returns {Promise<Problem | undefined>} */
async function findGeneratorProblem() {
  if (process.platform === 'win32') return undefined;
  const found = await Promise.all([outputOf('ninja', ['--version']), outputOf('make', ['-v'])]);
  if (found.some((output) => output !== undefined)) return undefined;
  return { tool: 'generator', text: 'make or ninja is needed, and neither was found' };
}

/**
 * Returns every tool that is missing or too old. The optional ones (GoogleTest, clang-format, a
 * browser) are for tests and checks, which say by themselves what they leave out.
 *
 * @param {string} root
 * @returns {Promise<readonly Problem[]>}
 */
export async function findProblems(root) {
  const oldest = oldestVersions(root);
  const [npm, ...npmArgs] = npmCommand();
  const [npmVersion, cargo, rustc, cmake, compiler, generator] = await Promise.all([
    outputOf(npm, [...npmArgs, '--version']),
    outputOf('cargo', ['--version']),
    outputOf('rustc', ['--version']),
    outputOf('cmake', ['--version']),
    findCompilerProblem(),
    findGeneratorProblem(),
  ]);
  const problems = [
    judgeVersion({ tool: 'node', name: 'Node.js', output: process.version, oldest: oldest.node }),
    judgeVersion({ tool: 'npm', name: 'npm', output: npmVersion, oldest: NPM_VERSION_MIN }),
    judgeVersion({ tool: 'rust', name: 'Rust (cargo)', output: cargo, oldest: oldest.rust }),
    judgeVersion({ tool: 'rust', name: 'Rust (rustc)', output: rustc, oldest: oldest.rust }),
    judgeVersion({ tool: 'cmake', name: 'CMake', output: cmake, oldest: oldest.cmake }),
    compiler,
    generator,
  ].filter((problem) => problem !== undefined);
  // cargo and rustc come together, so one remedy is enough.
  return problems.filter(({ tool }, index) => problems[index - 1]?.tool !== tool);
}
