// Kills a process that writes a journal at random points, many times over, and reads back what it acknowledged.
import { execFileSync } from 'node:child_process';

const KILLS = 200;
const crate = ['--package', 'holdfast-engine'];
const options = {
  stdio: /** @type {const} */ ('inherit'),
  env: { ...process.env, HOLDFAST_JOURNAL_KILLS: String(KILLS) },
};

// The process that is killed is an example, which a test alone does not build.
execFileSync('cargo', ['build', ...crate, '--examples'], options);
execFileSync('cargo', ['test', ...crate, '--test', 'journal_crash'], options);
