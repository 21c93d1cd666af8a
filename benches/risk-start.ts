import { RiskMonitor } from 'holdfast/quant';

/**
 * Starts the risk engine in a process that has done nothing else, for the number of positions given, and prints what it took
 * from the construction, which loads the native code, to the first figures: milliseconds, and resident memory.
 */
const positions = Number(process.argv[2]);
const covariance = Array.from({ length: positions }, (_, row) =>
  Array.from({ length: positions }, (__, column) => 1e-4 * (row === column ? 1 : 0.3)),
);
const symbols = covariance.map((_, asset) => `S${asset}`);

const before = process.memoryUsage.rss();
const start = process.hrtime.bigint();
const monitor = new RiskMonitor({ symbols, covariance, covarianceTsMs: 0 });
monitor.onEquity(1e6);
for (const symbol of symbols) {
  monitor.onPrice(symbol, 100, 0);
  monitor.onPosition(symbol, 10, 0);
}
const { score } = monitor.state();
const tookMs = Number(process.hrtime.bigint() - start) / 1e6;
const memoryMb = (process.memoryUsage.rss() - before) / 1e6;
process.stdout.write(JSON.stringify({ tookMs, memoryMb, score }));
