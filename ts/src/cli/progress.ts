import type { BacktestProgress } from '../engine/backtest-options.js';

const BAR_WIDTH = 30;
/** A terminal is redrawn ten times a second; a log gets a line every two seconds. */
const REDRAW_MS = { terminal: 100, lines: 2_000 } as const;

export interface ProgressOutput {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** Progress of a run: a bar on a terminal, plain lines otherwise. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(output: ProgressOutput, nowMs: () => number) {
    this.#output = output;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  update(progress: BacktestProgress): void {
    const now = this.#nowMs();
    const every = this.#output.isTerminal ? REDRAW_MS.terminal : REDRAW_MS.lines;
    if (now - this.#shownMs < every) return;
    this.#shownMs = now;
    const text = progressText(progress, (now - this.#startMs) / 1_000);
    if (this.#output.isTerminal)
      this.#output.write(`\r${text.slice(0, this.#output.columns - 1)}\u001b[K`);
    else this.#output.write(`${text}\n`);
  }

  /** Clears the bar. */
  end(): void {
    if (this.#output.isTerminal) this.#output.write('\r\u001b[K');
  }
}

/** One line that says how far a run has come. */
export function progressText(
  { events, doneFrac, tsMs, equity }: BacktestProgress,
  elapsedS: number,
): string {
  if (events === 0) return 'reading the first events';
  const rate = elapsedS > 0 ? Math.round(events / elapsedS) : 0;
  const day = new Date(tsMs).toISOString().slice(0, 10);
  const figures =
    `${events.toLocaleString('en-US')} events to ${day}, equity ${equity.toFixed(2)}, ` +
    `${rate.toLocaleString('en-US')} events/s`;
  if (Number.isNaN(doneFrac)) return figures;
  const filled = Math.round(Math.min(1, doneFrac) * BAR_WIDTH);
  const percent = `${Math.floor(Math.min(1, doneFrac) * 100)}`.padStart(3);
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${percent} %  ${figures}`;
}
