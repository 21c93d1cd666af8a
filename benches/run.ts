import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { printSuite, type Suite } from './suite.js';

/** Loaded when asked for, so that one suite does not pay for the peers of another. */
const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  boundary: async () => (await import('./boundary.bench.js')).boundarySuite(),
  ring: async () => (await import('./ring.bench.js')).ringSuite(),
  decimals: async () => (await import('./decimals.bench.js')).decimalsSuite(),
  portfolio: async () => (await import('./portfolio.bench.js')).portfolioSuite(),
  gpu: async () => (await import('./gpu.bench.js')).gpuSuite(),
  journal: async () => (await import('./journal.bench.js')).journalSuite(),
  orders: async () => (await import('./orders.bench.js')).ordersSuite(),
  gate: async () => (await import('./gate.bench.js')).gateSuite(),
  'gate-batch': async () => (await import('./gate-batch.bench.js')).gateBatchSuite(),
  controls: async () => (await import('./controls.bench.js')).controlsSuite(),
  breaker: async () => (await import('./breaker.bench.js')).breakerSuite(),
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

/** Measures a suite in a process of its own: what another one left in the heap and the compiler would slow it. */
function runApart(name: string): Suite {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const json = join(folder, 'suite.json');
  try {
    const script = process.argv[1] ?? '';
    const options = [...process.execArgv, script, name, '--json', json];
    const child = spawnSync(process.execPath, options, { stdio: 'inherit' });
    if (child.status !== 0) throw new Error(`suite ${name} ended with ${child.status}`);
    const { suites } = JSON.parse(readFileSync(json, 'utf8')) as { suites: [Suite] };
    return suites[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runHere(name: string): Promise<Suite> {
  process.stderr.write(`${name} …\n`);
  const suite = await SUITES[name]?.();
  if (suite === undefined) throw new Error(`no suite ${name}`);
  printSuite(suite);
  return suite;
}

async function run(names: readonly string[], json: string | undefined): Promise<void> {
  const [only] = names;
  const suites =
    names.length === 1 && only !== undefined ? [await runHere(only)] : names.map(runApart);
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
