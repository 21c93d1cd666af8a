import { packageProgram } from './repository.mjs';
import { setUp } from './setup/set-up.mjs';
import { runStreamed } from './test/streamed-process.mjs';

/** Runs the TypeScript tests and demands the share of lines that the configuration names. */
async function measureCoverage() {
  const vitest = packageProgram('vitest');
  const options = ['run', '--config', 'ts/vitest.config.ts', '--coverage', 'ts/test/unit'];
  const { exitCode } = await runStreamed([process.execPath, vitest, ...options]);
  return exitCode;
}

process.exitCode = (await setUp()) || (await measureCoverage());
