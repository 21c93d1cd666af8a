import { performance } from 'node:perf_hooks';

const REDRAW_MS = 120;
const COLUMNS_DEFAULT = 80;
/** Without a terminal a step that takes long says so at this distance, so that a log does not look stuck. */
const REMINDER_MS = 30_000;

/**
 * @typedef {{ readonly label: string, readonly startMs: number, lastLine: string }} RunningStep
 * @typedef {import('node:tty').WriteStream} Terminal
 */

/** @param {number} startMs @returns {string} */
function elapsed(startMs) {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}

/**
 * Shows the steps that run: on a terminal one line each, redrawn with the tool's last line, and
 * otherwise a plain line at the start and the end of each.
 */
export class Progress {
  /** @type {Terminal} */
  #terminal;
  /** @type {Map<string, RunningStep>} */
  #running = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #drawnLines = 0;

  /** @param {Terminal} terminal */
  constructor(terminal) {
    this.#terminal = terminal;
  }

  /** @param {string} label @returns {(line: string) => void} takes the tool's lines */
  start(label) {
    /** @type {RunningStep} */
    const step = { label, startMs: performance.now(), lastLine: '' };
    this.#running.set(label, step);
    if (!this.#terminal.isTTY) this.#terminal.write(`${label} …\n`);
    this.#timer ??= this.#terminal.isTTY
      ? setInterval(() => this.#draw(), REDRAW_MS)
      : setInterval(() => this.#remind(), REMINDER_MS);
    return (line) => (step.lastLine = line);
  }

  /**
   * @param {string} label
   * @param {string} outcome such as `done`
   */
  end(label, outcome) {
    const step = this.#running.get(label);
    if (step === undefined) return;
    this.#running.delete(label);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.write(`${label}: ${outcome} in ${elapsed(step.startMs)}\n`);
  }

  /** Writes text above the lines of the running steps. @param {string} text */
  write(text) {
    this.#erase();
    this.#terminal.write(text);
    if (this.#terminal.isTTY) this.#draw();
  }

  #erase() {
    if (this.#drawnLines > 0) this.#terminal.write(`\x1b[${this.#drawnLines}A\x1b[J`);
    this.#drawnLines = 0;
  }

  #draw() {
    this.#erase();
    const columns = this.#terminal.columns ?? COLUMNS_DEFAULT;
    for (const { label, startMs, lastLine } of this.#running.values()) {
      // A line that wrapped would take two rows, and the next redraw would miss one of them.
      const text = `${label}  ${elapsed(startMs)}  ${lastLine}`.slice(0, columns - 1);
      this.#terminal.write(`${text}\n`);
      this.#drawnLines += 1;
    }
  }

  #remind() {
    for (const { label, startMs, lastLine } of this.#running.values()) {
      this.#terminal.write(`${label}: ${elapsed(startMs)} so far, ${lastLine}\n`);
    }
  }
}
