import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const OUTPUT_BYTES_MAX = 2 ** 27;

/** Builds an example of a crate, and returns how to run it: what it is given, it gets; what it prints, is returned. */
export function nativeExample(crate: string, example: string): (...args: string[]) => string {
  const cargo = ['build', '--quiet', '--release', '--package', crate, '--example', example];
  execFileSync('cargo', cargo, { stdio: 'inherit' });
  const program = resolve('target', 'release', 'examples', example);
  return (...args) =>
    execFileSync(program, args, {
      encoding: 'utf8',
      maxBuffer: OUTPUT_BYTES_MAX,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
}
