import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { buildSync } from 'esbuild';

import { measureCase } from './measure.js';
import type { SuiteRow } from './suite.js';

const SAMPLES = 7;
const POSITIONS = [10, 100];

interface Start {
  readonly tookMs: number;
  readonly memoryMb: number;
}

/** The start as plain JavaScript: what reads TypeScript takes memory of its own. It stands where the package is found. */
function startProgram(): string {
  const outfile = resolve('build', 'risk-start.mjs');
  const entry = new URL('./risk-start.ts', import.meta.url).pathname;
  const form = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  buildSync({ ...form, entryPoints: [entry], outfile });
  return outfile;
}

function start(program: string, positions: number): Start {
  const child = spawnSync(process.execPath, [program, String(positions)], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`start of the risk engine failed: ${child.stderr}`);
  return JSON.parse(child.stdout) as Start;
}

/** Start of the risk engine in a fresh process: native code loaded, first figures given. */
export async function riskStartRows(): Promise<readonly SuiteRow[]> {
  const program = startProgram();
  const rowsOf = (what: string, unit: string, figure: (start: Start) => number) =>
    measureCase({
      case: `start of the risk engine to its first figures: ${what}`,
      unit,
      samples: SAMPLES,
      warmUps: 1,
      references: [`Holdfast, ${POSITIONS[0]} positions`],
      subjects: POSITIONS.map((positions) => ({
        name: `Holdfast, ${positions} positions`,
        run: () => figure(start(program, positions)),
      })),
    });
  return [
    ...(await rowsOf('time', 'ms', ({ tookMs }) => tookMs)),
    ...(await rowsOf('memory', 'MB', ({ memoryMb }) => memoryMb)),
  ];
}
