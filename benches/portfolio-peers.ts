import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Subject } from './measure.js';

/** A portfolio as the peers read it. */
interface PeerPortfolio {
  readonly exposures: readonly number[];
  readonly drifts: readonly number[];
  /** Rows of the Cholesky factor. */
  readonly factor: readonly Float64Array[];
  readonly steps: number;
}

/** Programs of other languages, run as processes that time themselves. */
interface Peers {
  readonly subjects: readonly Subject[];
  readonly close: () => void;
}

const COMPILER = process.env['CXX'] ?? 'c++';
/** A Python that has numpy, and QuantLib for the other peer. */
const PYTHON = process.env['HOLDFAST_BENCH_PYTHON'] ?? 'python3';

/** Paths of one sample; a path of QuantLib goes through Python one by one. */
const SCENARIOS = { cpp: 262_144, numpy: 131_072, quantlib: 2_048 };

/**
 * Finds the peers that this machine can run: C++ in double precision where there is a compiler, numpy and QuantLib where
 * Python has them. One that is absent is named on the error output and left out.
 */
export function portfolioPeers(portfolio: PeerPortfolio): Peers {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const program = join(folder, 'portfolio-peer');
  const source = join(import.meta.dirname, 'portfolio_peer.cpp');
  const script = join(import.meta.dirname, 'portfolio_peer.py');
  const compiled = spawnSync(COMPILER, ['-std=c++20', '-O3', '-pthread', source, '-o', program]);
  const candidates = [
    {
      name: 'C++ in double precision with libm (every core)',
      command: [program],
      scenarios: SCENARIOS.cpp,
      needs: COMPILER,
    },
    {
      name: 'numpy (one thread of normals)',
      command: [PYTHON, script, 'numpy'],
      scenarios: SCENARIOS.numpy,
      needs: `numpy for ${PYTHON}`,
    },
    {
      name: 'QuantLib path generator (one thread, from Python)',
      command: [PYTHON, script, 'quantlib'],
      scenarios: SCENARIOS.quantlib,
      needs: `QuantLib for ${PYTHON}`,
    },
  ];
  const subjects = candidates.flatMap(({ name, command, scenarios, needs }) => {
    const isBuilt = command[0] !== program || compiled.status === 0;
    if (!isBuilt || timed(command, portfolio, 1_024) === null) {
      process.stderr.write(`not measured: ${name}, for want of ${needs}\n`);
      return [];
    }
    return [{ name, run: () => timed(command, portfolio, scenarios) ?? Number.NaN }];
  });
  return { subjects, close: () => rmSync(folder, { recursive: true }) };
}

/** Nanoseconds a path that a peer reports; null where it cannot run. */
function timed(
  [program = '', ...args]: readonly string[],
  { exposures, drifts, factor, steps }: PeerPortfolio,
  scenarios: number,
): number | null {
  const entries = factor.flatMap((row) => [...row]);
  const input = [exposures.length, steps, scenarios, ...exposures, ...drifts, ...entries].join(' ');
  const { status, stdout } = spawnSync(program, args, { input, encoding: 'utf8' });
  // A program that is not there has no output either.
  if (status !== 0) return null;
  const took = Number(stdout.split(' ')[0]);
  return took > 0 ? took : null;
}
