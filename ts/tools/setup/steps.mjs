import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD_FOLDER, packageProgram, ROOT, TARGET } from '../repository.mjs';
import { listFiles } from './input-hash.mjs';
import { INSTALLED_LIST, installPackages } from './npm-packages.mjs';
import { runTool } from './tool-process.mjs';

/**
 * One step of the set-up. It runs when the hash of its inputs changed or an output is missing,
 * and after the steps that it names.
 *
 * @typedef {{
 *   readonly name: string,
 *   readonly after: readonly string[],
 *   readonly inputs: () => import('./input-hash.mjs').Inputs,
 *   readonly outputs: () => readonly string[],
 *   readonly work: (onLine: (line: string) => void) => Promise<void>,
 * }} Step
 */

const ADDON_FOLDER = `dist/bin/${TARGET}`;

/** @param {string} name @returns {string} */
const manifestOf = (name) => `node_modules/${name}/package.json`;

/**
 * Puts a file in its place in one move: a process that has the old addon open keeps its copy.
 *
 * @param {string} from
 * @param {string} to
 */
function placeFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
}

/** The dependencies alone: a change of a script in package.json installs nothing. */
function declaredDependencies() {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifest;
  return JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides]);
}

/** @type {Step} */
const npmPackages = {
  name: 'npm packages',
  after: [],
  inputs: () => ({
    paths: ['package-lock.json', '.npmrc'],
    facts: [TARGET, process.version, declaredDependencies()],
  }),
  outputs: () => [INSTALLED_LIST],
  work: (onLine) => installPackages(ROOT, onLine),
};

/**
 * Builds the Rust addon and returns its folder, where the declarations for TypeScript lie too.
 *
 * @param {(line: string) => void} onLine
 * @returns {Promise<string>}
 */
export async function buildEngineAddon(onLine) {
  const folder = join(BUILD_FOLDER, 'engine-addon');
  const options = [
    '--release',
    '--manifest-path=native/rust/binding/Cargo.toml',
    '--package-json-path=package.json',
    `--output-dir=${folder}`,
    '--dts=engine-addon.d.ts',
    '--no-dts-header',
  ];
  // In CI a lock file that does not fit Cargo.toml is an error; a developer's is brought up to date.
  const locked = process.env['CI'] ? ['--', '--locked'] : [];
  const napi = packageProgram('@napi-rs/cli', 'napi');
  const command = /** @type {const} */ ([process.execPath, napi, 'build', ...options, ...locked]);
  await runTool({ command, cwd: ROOT, onLine });
  return folder;
}

/** @type {Step} */
const engineAddon = {
  name: 'Rust addon',
  after: [npmPackages.name],
  inputs: () => ({
    paths: ['Cargo.toml', 'Cargo.lock', 'native/rust', manifestOf('@napi-rs/cli')],
    leftOut: /\/(?:tests|examples|benches)\//,
    facts: [TARGET, process.env['RUSTFLAGS'] ?? ''],
  }),
  outputs: () => [`${ADDON_FOLDER}/engine.node`],
  work: async (onLine) => {
    const folder = await buildEngineAddon(onLine);
    placeFile(join(folder, 'engine.node'), join(ROOT, ADDON_FOLDER, 'engine.node'));
  },
};

/** @type {Step} */
const marketAddon = {
  name: 'C++ addon',
  after: [npmPackages.name],
  inputs: () => ({
    paths: [
      'native/cpp',
      ...['cmake-js', 'node-addon-api', 'node-api-headers'].map((name) => manifestOf(name)),
    ],
    leftOut: /\/test\//,
    facts: [TARGET, process.env['CXX'] ?? '', process.env['CXXFLAGS'] ?? ''],
  }),
  outputs: () => [`${ADDON_FOLDER}/market.node`],
  work: async (onLine) => {
    const folder = join(BUILD_FOLDER, 'market');
    const cmakeJs = packageProgram('cmake-js');
    const options = ['compile', '-d', 'native/cpp', '-O', folder];
    await runTool({ command: [process.execPath, cmakeJs, ...options], cwd: ROOT, onLine });
    placeFile(join(folder, 'Release', 'market.node'), join(ROOT, ADDON_FOLDER, 'market.node'));
  },
};

/** @type {Step} */
const typescript = {
  name: 'TypeScript',
  after: [npmPackages.name],
  inputs: () => ({
    paths: ['ts/src', 'tsconfig.json', 'ts/tsconfig.json', manifestOf('typescript')],
    facts: [],
  }),
  outputs: () =>
    listFiles(ROOT, 'ts/src')
      .map((file) => file.replace(/^ts\/src\//, 'dist/').replace(/\.ts$/, ''))
      .flatMap((file) => [`${file}.js`, `${file}.d.ts`]),
  work: async (onLine) => {
    const tsc = packageProgram('typescript', 'tsc');
    const command = /** @type {const} */ ([process.execPath, tsc, '-p', 'ts/tsconfig.json']);
    await runTool({ command, cwd: ROOT, onLine });
    // npm sets this bit when it links the command for the first time, not after a later build.
    chmodSync(join(ROOT, 'dist/cli/main.js'), 0o755);
  },
};

const REPORT_PAGE_BUILDER = 'ts/tools/build-report-page.mjs';

/** @type {Step} */
const reportPage = {
  name: 'report page',
  after: [typescript.name],
  inputs: () => ({
    paths: ['ts/dashboard', REPORT_PAGE_BUILDER, manifestOf('uplot'), manifestOf('esbuild')],
    facts: [],
  }),
  outputs: () => ['js', 'css'].map((kind) => `dist/engine/report/report-page.${kind}`),
  work: async (onLine) => {
    await runTool({ command: [process.execPath, REPORT_PAGE_BUILDER], cwd: ROOT, onLine });
  },
};

/** @type {readonly Step[]} */
export const SETUP_STEPS = [npmPackages, engineAddon, marketAddon, typescript, reportPage];
