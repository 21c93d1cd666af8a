import { describe, expect, it } from 'vitest';

import { Progress, progressText } from '#ts/cli/progress.js';

const STATE = { events: 12_345, doneFrac: 0.5, tsMs: Date.UTC(2020, 0, 2), equity: 101_000.456 };

function outputOf(isTerminal: boolean, columns = 200) {
  const written: string[] = [];
  let nowMs = 1_000;
  const output = { isTerminal, columns, write: (text: string) => void written.push(text) };
  const progress = new Progress(output, () => nowMs);
  return { written, progress, wait: (ms: number) => (nowMs += ms) };
}

describe('progressText', () => {
  it('says how far, to when, with what and how fast', () => {
    const text = progressText(STATE, 2);
    expect(text).toBe(
      `[${'█'.repeat(15)}${'░'.repeat(15)}]  50 %  12,345 events to 2020-01-02, equity 101000.46, 6,173 events/s`,
    );
  });

  it('has no bar for data of unknown length, and never runs over', () => {
    expect(progressText({ ...STATE, doneFrac: Number.NaN }, 0)).toMatch(
      /^12,345 events .* 0 events\/s$/,
    );
    expect(progressText({ ...STATE, doneFrac: 1.2 }, 1)).toContain(`[${'█'.repeat(30)}] 100 %`);
    expect(progressText({ ...STATE, events: 0, tsMs: 0 }, 1)).toBe('reading the first events');
  });
});

describe('NAT-28: Progress', () => {
  it('redraws one line on a terminal, ten times a second, cut to its width', () => {
    const { written, progress, wait } = outputOf(true, 20);
    progress.update(STATE);
    wait(99);
    progress.update(STATE);
    wait(1);
    progress.update(STATE);
    expect(written).toHaveLength(2);
    for (const text of written) expect(text).toMatch(/^\r.{19}\u001b\[K$/u);
    progress.end();
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('writes a line every two seconds where there is no terminal, and leaves nothing to clear', () => {
    const { written, progress, wait } = outputOf(false);
    for (let step = 0; step < 50; step += 1) {
      progress.update(STATE);
      wait(100);
    }
    progress.end();
    expect(written).toHaveLength(3);
    for (const text of written) expect(text).toMatch(/^[^\r\u001b]+\n$/u);
  });
});
