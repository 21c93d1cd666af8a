import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

import { temporaryFolder, writeInto } from '../support/temporary-folder.js';

const urlOf = (module: string) => JSON.stringify(pathToFileURL(resolve('dist', module)).href);

/** Plays a session with its journal over as many minutes as are named, and prints its peak of memory in KiB. */
const PROGRAM = `
import { defineStrategy, Instrument, presetLimits, runBacktest, sma } from ${urlOf('index.js')};
import { randomWalkBars } from ${urlOf('testing/index.js')};
const [bars, out] = [Number(process.argv[2]), process.argv[3]];
const strategy = defineStrategy({
  name: 'crossing',
  indicators: () => ({ fast: sma(10), slow: sma(50) }),
  onBar(_, context) {
    const { fast, slow } = context.indicators;
    if (fast > slow && context.position().isFlat) context.buy(1);
    else if (fast < slow) context.closePosition();
  },
});
const instruments = [Instrument.create({ symbol: 'X', tickSize: '0.01', lotSize: '1' })];
const data = { instruments, chunks: randomWalkBars({ seed: 1, bars }) };
const { period } = await runBacktest({ strategy, data, limits: presetLimits('lightning'), out });
console.log(JSON.stringify({ bars: period.bars, peakKib: process.resourceUsage().maxRSS }));
`;

it('ARC-06: a session of ten times as many bars takes no more than 64 MB more', () => {
  const folder = temporaryFolder();
  const program = writeInto(folder, 'session.mjs', PROGRAM);
  const peakKib = (bars: number) => {
    const run = spawnSync(
      process.execPath,
      [program, String(bars), resolve(folder, `out-${bars}`)],
      { encoding: 'utf8' },
    );
    const outcome = JSON.parse(run.stdout) as { bars: number; peakKib: number };
    expect(outcome.bars).toBe(bars);
    return outcome.peakKib;
  };
  const [few, many] = [peakKib(100_000), peakKib(1_000_000)];
  expect(many - few).toBeLessThan(64 * 1_024);
});
