import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const MB_MAX = 10;
const RUNS = 3;

/** Starts the risk engine in a process that has done nothing else and prints the megabytes that its first figures took. */
const PROGRAM = `
const { RiskMonitor } = await import(process.argv[1]);
const symbols = Array.from({ length: 10 }, (_, asset) => 'S' + asset);
const covariance = symbols.map((_, row) => symbols.map((__, column) => 1e-4 * (row === column ? 1 : 0.3)));
const before = process.memoryUsage.rss();
const monitor = new RiskMonitor({ symbols, covariance, covarianceTsMs: 0 });
monitor.onEquity(1e6);
for (const symbol of symbols) {
  monitor.onPrice(symbol, 100, 0);
  monitor.onPosition(symbol, 10, 0);
}
const { score } = monitor.state();
process.stdout.write(JSON.stringify({ megabytes: (process.memoryUsage.rss() - before) / 1e6, score }));
`;

function start(): { readonly megabytes: number; readonly score: number } {
  const index = new URL('../../../dist/quant/index.js', import.meta.url).href;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', PROGRAM, index], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as ReturnType<typeof start>;
}

describe('the start of the risk engine', () => {
  it('PRISK-10: native code and the first figures take less than 10 MB', () => {
    const found = Array.from({ length: RUNS }, start);
    for (const { score } of found) expect(score).toBeGreaterThan(0);
    // A collection of garbage in between may show in one of them.
    const megabytes = found.map((run) => run.megabytes).toSorted((one, other) => one - other);
    expect(megabytes[1]).toBeGreaterThan(0.5);
    expect(megabytes[1]).toBeLessThan(MB_MAX);
  }, 200_000);
});
