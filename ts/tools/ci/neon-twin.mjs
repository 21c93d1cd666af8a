import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../repository.mjs';
import { demand } from './trial.mjs';

/**
 * Compiles the batch comparison with its NEON twin for ARM, warnings being errors, and runs its tests, among them that every
 * width gives the same bits, where an emulator and a libc to link with are there: `qemu-aarch64-static` of Debian's
 * qemu-user-static, and the Rust target below, which brings its own libc and needs no cross compiler.
 */

const COMPILED_FOR = 'aarch64-unknown-linux-gnu';
const RUN_AS = 'aarch64-unknown-linux-musl';
const EMULATORS = ['qemu-aarch64-static', 'qemu-aarch64'];

/**
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} more
 */
function cargo(args, more) {
  const env = { ...process.env, ...more };
  const { status } = spawnSync('cargo', args, { cwd: ROOT, stdio: 'inherit', env });
  demand(status === 0, `cargo ${args.join(' ')} must pass`);
}

const lint = ['clippy', '--target', COMPILED_FOR, '--package', 'holdfast-batch', '--all-targets'];
cargo([...lint, '--', '--deny', 'warnings'], {});
const folders = (process.env.PATH ?? '').split(delimiter);
const emulator = EMULATORS.flatMap((name) => folders.map((folder) => join(folder, name))).find(
  (path) => existsSync(path),
);
const { stdout } = spawnSync('rustup', ['target', 'list', '--installed'], { encoding: 'utf8' });
const has = stdout.split('\n').includes(RUN_AS);
if (emulator === undefined || !has) {
  const missing = [...(emulator === undefined ? [EMULATORS[0]] : []), ...(has ? [] : [RUN_AS])];
  process.stdout.write(`compiled, not run: ${missing.join(' and ')} must be installed\n`);
} else {
  const key = `CARGO_TARGET_${RUN_AS.toUpperCase().replaceAll('-', '_')}`;
  cargo(['test', '--target', RUN_AS, '--package', 'holdfast-batch'], {
    [`${key}_LINKER`]: 'rust-lld',
    [`${key}_RUNNER`]: emulator,
  });
  process.stdout.write(`compiled, and run under ${emulator}\n`);
}
