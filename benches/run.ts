import { writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';

import { printSuite, type Suite } from './suite.js';

/** Loaded when asked for, so that one suite does not pay for the peers of another. */
const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  boundary: async () => (await import('./boundary.bench.js')).boundarySuite(),
  ring: async () => (await import('./ring.bench.js')).ringSuite(),
  decimals: async () => (await import('./decimals.bench.js')).decimalsSuite(),
  backtest: async () => (await import('./backtest.bench.js')).backtestSuite(),
};

const HELP = `Usage: npm run bench [-- NAME…] [--json FILE]

Measures Holdfast beside its peers: medians, p99, sample counts and ratios within one run.
Suites: ${Object.keys(SUITES).join(', ')} (all when none is named)

Examples:
  npm run bench
  npm run bench -- decimals ring
  npm run bench -- --json benches/baseline.json && npm run bench:readme
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help === true) {
  process.stdout.write(HELP);
} else {
  const unknown = positionals.filter((name) => SUITES[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(
      `no suite ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}\n`,
    );
    process.exitCode = 1;
  } else {
    await run(positionals.length > 0 ? positionals : Object.keys(SUITES), values.json);
  }
}

async function run(names: readonly string[], json: string | undefined): Promise<void> {
  const suites: Suite[] = [];
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    // oxlint-disable-next-line no-await-in-loop -- one suite is measured at a time
    const suite = await SUITES[name]?.();
    if (suite === undefined) continue;
    printSuite(suite);
    suites.push(suite);
  }
  if (json === undefined) return;
  const processors = cpus();
  const machine = {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    os: type(),
    arch: process.arch,
    node: process.versions.node,
  };
  writeFileSync(json, `${JSON.stringify({ machine, suites }, null, 2)}\n`);
}
