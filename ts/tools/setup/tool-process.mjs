import { spawn } from 'node:child_process';

/** A step's output is kept for the case that it fails; the end says why, so the start is dropped. */
const OUTPUT_CHARACTERS_MAX = 1_000_000;

/**
 * A tool of a step that exited with an error, or could not be started.
 */
export class ToolFailure extends Error {
  /**
   * @param {readonly string[]} command
   * @param {number} exitCode
   * @param {string} output
   */
  constructor(command, exitCode, output) {
    super(`${command.join(' ')} failed with exit code ${exitCode}`);
    this.name = 'ToolFailure';
    this.exitCode = exitCode;
    this.output = output;
  }
}

/**
 * Runs a command, shows its last line while it works and returns its output.
 *
 * @param {{
 *   readonly command: readonly [string, ...string[]],
 *   readonly cwd: string,
 *   readonly env?: Readonly<Record<string, string>>,
 *   readonly onLine?: (line: string) => void,
 * }} run
 * @returns {Promise<string>}
 * @throws ToolFailure
 */
export function runTool({ command, cwd, env = {}, onLine = () => undefined }) {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', CARGO_TERM_COLOR: 'never', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    /** @param {string} chunk */
    const take = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX);
      const line = chunk
        .trimEnd()
        .split(/[\r\n]/)
        .at(-1)
        ?.trim();
      if (line) onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.on('error', (error) => reject(new ToolFailure(command, 127, `${error.message}\n`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      if (signal !== null) output += `ended by ${signal}\n`;
      return reject(new ToolFailure(command, code ?? 1, output));
    });
  });
}
